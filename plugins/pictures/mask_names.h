#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace burdock {

/// What a file beside masks says that their values or colours stand for.
struct MaskNames {
    std::filesystem::path file; ///< empty: there is none
    std::vector<std::string> inOrder;
    std::map<std::uint32_t, std::string> byValue, byColour; ///< colours as 0xRRGGBB

    bool empty() const { return inOrder.empty() && byValue.empty() && byColour.empty(); }
    /// `largest`: the largest value of the masks. Names in order start at 0, or at 1 where there are just so
    /// many.
    std::optional<std::string> ofValue(std::uint32_t value, std::uint32_t largest) const;
    std::optional<std::string> ofColour(std::uint32_t colour) const;
};

/// Takes the first of the files that is called classes.txt, labels.txt, codes.txt, classes.json, labels.json,
/// class_dict.csv or the like: a name a line, with its value or its red, green and blue before it or not; or
/// JSON, an array of names, or an object of names by value or colour ("#ff0000"), or the other way round.
MaskNames findMaskNames(const std::vector<std::filesystem::path>& files);

} // namespace burdock
