#pragma once

#include "engine/schema/param_table.h"
#include "picture_folder.h"
#include "pixel_masks.h"

namespace burdock {

enum class Colour { Auto, Grey, Colour };
enum class Background { White, Black };
enum class Damaged { Refuse, Skip };
enum class LabelTask { Auto, Classes, Number, Labels };

/// How a folder of pictures is read.
struct PictureOptions {
    IntPair size{0, 0};
    Colour colour = Colour::Auto;
    Background background = Background::White;
    double testShare = 0.2;
    ValidationUse validation = ValidationUse::Auto;
    std::string labels, column;
    LabelTask task = LabelTask::Auto;
    Border border = Border::Auto;
    Damaged damaged = Damaged::Refuse;
    std::int64_t memory = 0; ///< for decoded pictures, in MB; 0: half of what is free
};

const ParamTable<PictureOptions>& pictureOptions();

} // namespace burdock
