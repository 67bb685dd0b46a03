#pragma once

#include "picture_folder.h"
#include "picture_tree.h"

namespace burdock {

/// A folder of a part, with the class that it lies in where the parts are within the classes.
struct PartFolder {
    SamplePart part = SamplePart::Train;
    const PictureTree* folder = nullptr;
    std::string kind{};
};

/// The folders of the parts; one for training where there are none.
std::vector<PartFolder> partsOf(const PictureTree& top);

} // namespace burdock
