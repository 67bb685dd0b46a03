#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace burdock {

/// How a file's name tells its class: by one of its parts, which "_", "-", "." and blanks separate.
struct NameRule {
    std::size_t part = 0;  ///< from 0 on
    bool numbered = false; ///< what follows its last letter is a number of the file: "dog12" is "dog"

    /// Empty where the name has no such part.
    std::string classOf(const std::filesystem::path& file) const;
};

/// The rule that gives at least two classes with two files each: of part `wanted`, from 1 on, or of the first
/// part that does (0); none where none does.
std::optional<NameRule> findNameRule(const std::vector<std::filesystem::path>& files, std::int64_t wanted);

} // namespace burdock
