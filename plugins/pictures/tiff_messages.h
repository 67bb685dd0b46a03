#pragma once

#include <string>

namespace burdock {

/// Keeps what libtiff, which Qt reads TIFF by, tells of pictures off the standard error stream: the program's
/// own message tells of them. To be called once, before any is read.
void keepTiffMessages();

/// The error that libtiff told last on this thread since it was asked before, as a sentence; empty: none.
std::string takeTiffMessage();

} // namespace burdock
