#pragma once

namespace burdock {

/// Sets what the numerical libraries read from the environment when they are loaded, before main, by starting
/// the program again, once. What the user has set himself stays. To be called first in main.
///
/// libgomp: threads sleep soon when they wait for each other, instead of spinning for milliseconds, which
/// would take the processor from the window and from other programs.
/// OpenBLAS up to 0.3.21 takes processors of AMD with AVX-512 for older ones, at half the speed: they are
/// named to it.
void adoptThreadPolicy(char** arguments);

/// Opens /dev/null on those of the standard streams (0 to 2) that the program was started without: else the
/// next file that is opened, such as the notebook, would get their number, and what is printed. What is
/// written to an output (1) that was closed fails all the same. To be called first in main.
void openStandardStreams();

/// Where the user's locale has another encoding than UTF-8: takes C.UTF-8 for its characters, as Qt would,
/// which tells of it in four lines that nobody here can do anything about. Files and names are UTF-8 in any
/// case. To be called before the application is made.
void speakUtf8();

/// A file that grows beyond what the shell allows (ulimit -f) is told as any file that cannot be written; as
/// the system has it, the program would be killed without a word. To be called first in main.
void outliveFileLimits();

/// Where the address space is limited (ulimit -v, -d): lets all threads share one heap, of which each would
/// reserve 64 MB for its own. To be called first in main; and a program that calls it ends before the
/// numerical libraries begin, with exit code 1 and one line, where OpenBLAS could not have its buffers:
/// it would ask for them for ever.
void liveWithinAddressLimits();

} // namespace burdock
