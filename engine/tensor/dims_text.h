#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace burdock {

/// "64×1×7×7", with `between` for the sign.
inline std::string dimsText(std::span<const std::int64_t> dims, std::string_view between = "×") {
    std::string text;
    for (const std::int64_t dim : dims)
        text.append(text.empty() ? std::string_view() : between).append(std::to_string(dim));
    return text;
}

} // namespace burdock
