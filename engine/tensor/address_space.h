#pragma once

#include <cstdint>
#include <string>

namespace burdock {

// Where the system refuses them memory (by a limit, or because it promises no more than it has), oneDNN 2
// writes its code to address 0, OpenBLAS asks for ever and libgomp ends the program. So it is asked before
// they are.

/// Whether so many bytes could be mapped now.
bool canReserve(std::int64_t bytes);

/// The stacks of so many threads.
std::int64_t stackBytes(std::int64_t threads);

/// What the numerical libraries map of their own accord where so many kernels run on so many threads: more
/// rather than less. Most of it is never touched, and takes no memory.
std::int64_t libraryBytes(std::int64_t kernels, std::int64_t threads);

/// Why memory is refused: "The address space is limited to 500 MB (ulimit -v)."
std::string reserveLimits();

} // namespace burdock
