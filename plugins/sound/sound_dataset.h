#pragma once

#include "engine/data/dataset.h"
#include "engine/schema/param_spec.h"

#include <filesystem>

namespace burdock {

/// How recordings become spectrograms.
const std::vector<ParamSpec>& soundParams();

/// Opens a folder of recordings (see findClassFiles) as log-mel spectrograms (see MelSpectrogram) of one
/// shape, as grey pictures of bands × windows, the lowest band first, or as sequences of windows × bands. 0
/// is top_db below the loudest of a recording, 1 the loudest; kept as bytes. What the options leave open is
/// guessed (see planSounds). Refuses a recording that cannot be decoded, naming it.
Result<std::shared_ptr<const Dataset>> openSounds(const std::filesystem::path& folder,
                                                  const ParamValues& options);

} // namespace burdock
