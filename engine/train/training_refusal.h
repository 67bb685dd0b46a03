#pragma once

#include "engine/schema/guarded.h"

namespace burdock {

/// How work on a network and its data that broke off is refused; `what` tells of the work: "Training cannot
/// begin".
inline auto trainingRefusal(std::string what, std::string network, std::string data, std::int64_t batch) {
    return [=](const Breakdown& broken) {
        Diagnostic d;
        d.code = broken.outOfMemory ? "memory" : "train.failed";
        d.where = broken.outOfMemory ? network : data;
        d.what = broken.outOfMemory
                     ? "The network does not fit into memory at batch size " + std::to_string(batch) + "."
                     : what + ": " + broken.why;
        d.mend = broken.outOfMemory ? "Choose a smaller batch, or a smaller network."
                                    : "Check the data set, then try again.";
        return d;
    };
}

} // namespace burdock
