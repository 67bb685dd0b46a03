#include "engine/data/sample_facts.h"

namespace burdock {

const SampleFacts& factsOf(const Dataset& data) {
    static const SampleFacts none;
    const auto* const own = dynamic_cast<const SampleFacts*>(&data);
    return own ? *own : none;
}

} // namespace burdock
