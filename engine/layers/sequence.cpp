#include "engine/layers/sequence.h"

namespace burdock {

Status checkSequence(const Shape& shape) {
    if (shape.channels == 1) return {};
    Diagnostic d;
    d.code = "sequence.shape";
    d.what = "It works on a sequence: one channel, a row for each position.";
    d.why = "The input is " + toString(shape) + " with " + std::to_string(shape.channels) + " channels.";
    if (shape.isFlat()) {
        d.mend = "Put an Embedding before it if these are tokens.";
        d.fix = Fix{Fix::Kind::InsertBefore, "Insert an Embedding", {}, {}, {}, "embedding", 0};
    } else {
        d.mend = "Bring the features of each position into the width, and give it one channel.";
    }
    return refuse(std::move(d));
}

} // namespace burdock
