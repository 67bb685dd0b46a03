#pragma once

#include <string>

namespace burdock::fuzz {

/// Makes the checksums of a PNG's parts right, so that what mutations did to them is read; leaves all else as
/// it is.
void sealPng(std::string& bytes);

} // namespace burdock::fuzz
