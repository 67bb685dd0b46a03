#pragma once

#include "engine/data/dataset.h"
#include "engine/schema/param_spec.h"

#include <filesystem>

namespace burdock {

/// Size and colours that all pictures are brought to.
const std::vector<ParamSpec>& pictureParams();

/// Opens a folder of pictures (see findPictures). All are decoded at once and kept as bytes, of one size: the
/// option's, or that most of them have; others are scaled to cover it and cut at their longer side. What is
/// transparent becomes white. Masks are brought to the same size; each colour but black is a label of pixels.
/// Refuses a picture that cannot be decoded, naming it, and masks of too many colours or of other proportions
/// than their pictures.
Result<std::shared_ptr<const Dataset>> openPictures(const std::filesystem::path& folder,
                                                    const ParamValues& options);

} // namespace burdock
