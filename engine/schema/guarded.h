#pragma once

#include "engine/schema/diagnostic.h"

#include <exception>
#include <new>
#include <utility>

namespace burdock {

/// What broke off a piece of work.
struct Breakdown {
    bool outOfMemory = false;
    std::string why; ///< a sentence
};

/// `work()`, a Status or Result, with whatever it throws made the refusal that `explain` gives of a
/// Breakdown.
template <class Explain, class Work>
auto guarded(Explain&& explain, Work&& work) -> decltype(work()) {
    Breakdown broken;
    try {
        return std::forward<Work>(work)();
    } catch (const std::bad_alloc&) {
        broken = {true, "There is not enough memory."};
    } catch (const std::exception& e) {
        broken.why = std::string(e.what()) + ".";
    } catch (...) {
        broken.why = "It threw something that is no exception.";
    }
    return refuse(std::forward<Explain>(explain)(broken));
}

} // namespace burdock
