#pragma once

#include "generators.h"

namespace burdock {

/// Pictures of circles and squares whose pixels are labelled: for networks that answer with a picture, such
/// as a U-Net.
Generator shapesGenerator();

} // namespace burdock
