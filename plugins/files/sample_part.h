#pragma once

#include <optional>
#include <string>

namespace burdock {

enum class SamplePart { Train, Validation, Test };

/// The part that a folder, table or word of this name is, in any case: "training_set", "Val", "test".
std::optional<SamplePart> partNamed(std::string name);

} // namespace burdock
