#pragma once

namespace burdock {

/// Has the program's OpenMP threads sleep soon when they wait for each other, instead of spinning for
/// milliseconds, which would take the processor from the window and from other programs. libgomp reads this
/// from the environment when it is loaded, before main: so this starts the program again, once, with the
/// environment set. What the user has set himself stays. To be called first in main.
void adoptThreadPolicy(char** arguments);

} // namespace burdock
