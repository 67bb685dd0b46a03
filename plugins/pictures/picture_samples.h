#pragma once

#include "decode.h"
#include "files/byte_pictures.h"

#include <array>

namespace burdock {

/// What is done where a picture cannot be read.
struct LeaveOut {
    bool damaged = false; ///< it is left out; else all are refused
    std::string orElse;   ///< the end of the refusal's mend
};

/// Takes out the files that were refused, and puts them into `left`, where damaged ones are to be left out;
/// else refuses the first.
Status leaveOut(std::vector<PictureFile>& files, const Refusals& refused, const LeaveOut& how,
                std::vector<std::string>& left);

/// How many pictures have had each bit of Remark.
using RemarkCounts = std::array<std::size_t, 8>;

/// Decodes all, with their classes; those that are left out are taken out of `files`.
Result<ByteSamples> decodeAll(std::vector<PictureFile>& files, const Decoding& how, const LeaveOut& damaged,
                              RemarkCounts& counts, std::vector<std::string>& left);

void noteRemarks(const RemarkCounts& counts, const QColor& background, std::vector<std::string>& notes);

} // namespace burdock
