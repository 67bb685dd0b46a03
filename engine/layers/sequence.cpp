#include "engine/layers/sequence.h"

#include "engine/schema/layer_registry.h"

namespace burdock {

Status checkSequence(const Shape& shape) {
    if (shape.isSequence()) return {};
    Diagnostic d;
    d.code = "sequence.shape";
    d.what = "It works on a sequence: positions with features.";
    d.why = "The input is " + toString(shape) + ": " + std::string(axesText(shape)) + ".";
    if (shape.isFlat()) {
        d.mend = "Put an Embedding before it if these are tokens.";
        d.fix = insertMaking("Insert an Embedding", shape, Shape::sequence(shape.channels, 0));
    } else if (shape.channels == 1) {
        d.mend = "Read its rows as positions: by a Reshape, or by the axes of the Input.";
        d.fix = insertMaking("Read rows as positions", shape, Shape::sequence(shape.height, shape.width));
    } else {
        d.mend = "Put a Permute or a Reshape before it that makes the channels features or positions.";
    }
    return refuse(std::move(d));
}

} // namespace burdock
