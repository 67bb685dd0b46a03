#include "engine/tensor/shape.h"

namespace burdock {

std::string toString(const Shape& shape) {
    if (shape.isFlat()) return std::to_string(shape.channels);
    return std::to_string(shape.height) + "×" + std::to_string(shape.width) + "×" +
           std::to_string(shape.channels);
}

} // namespace burdock
