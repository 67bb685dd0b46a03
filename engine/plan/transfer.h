#pragma once

#include "engine/plan/parameter_store.h"
#include "engine/plan/weights.h"

namespace burdock {

/// What became of every array when weights were loaded into another network.
struct TransferReport {
    struct Line {
        std::string name;
        std::vector<std::int64_t> dims; ///< in the network; of what is left over, in the source
        std::string how{};              ///< of an adapted one: "rows 1 to 50 of 65"; of a fresh one why
    };
    std::vector<Line> taken;    ///< the same name and shape
    std::vector<Line> adapted;  ///< the same name, and a shape that can be made to fit
    std::vector<Line> fresh;    ///< the network's own, as they were
    std::vector<Line> leftOver; ///< the source's that the network has no place for
};
/// "12 arrays taken, 1 adapted, 2 fresh, 1 left over"
std::string summaryOf(const TransferReport& report);

/// Loads what fits, array by array, and leaves the rest of the store as it is. Arrays belong together by
/// name. One of another shape is adapted where its values mean the same in the new one: dims of 1 that come
/// or go at the end, or one before a matrix; a table with a row for each place, of which the common rows are
/// taken; filters over another number of channels where one of both is 1, which are summed or shared out (as
/// for grey pictures instead of coloured ones). Refuses what the source cannot read, and an array with more
/// or fewer values than its dims tell.
Result<TransferReport> loadPartially(ParameterStore& store, const TensorSource& source);

} // namespace burdock
