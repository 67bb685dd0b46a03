#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace burdock {

// Names in an option, "price+area": parted by +; a backslash before a plus makes it part of a name.

std::vector<std::string> partedNames(std::string_view list); ///< without blanks around them
std::string joinedNames(const std::vector<std::string>& names);

} // namespace burdock
