#include "engine/tensor/shape.h"

namespace burdock {

std::string toString(const Shape& shape) {
    if (shape.isFlat()) return std::to_string(shape.channels);
    const std::string sides = std::to_string(shape.height) + "×" + std::to_string(shape.width);
    return shape.isSequence() ? sides : sides + "×" + std::to_string(shape.channels);
}

std::string_view axesText(const Shape& shape) {
    return shape.isSequence() ? "sequence × features"
           : shape.isFlat()   ? "features"
                              : "channels × height × width";
}

} // namespace burdock
