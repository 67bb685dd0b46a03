#pragma once

namespace burdock {

/// Gives the calling thread, and every thread it starts from now on (OpenMP's pool), a lower share of the
/// processor than the window has. It cannot be taken back: call it on a thread of its own.
void lowerThreadPriority();

} // namespace burdock
