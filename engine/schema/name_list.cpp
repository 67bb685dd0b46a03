#include "engine/schema/name_list.h"

#include "engine/schema/param_text.h"

namespace burdock {

std::vector<std::string> partedNames(std::string_view list) {
    std::vector<std::string> names;
    for (const std::string& part : splitEscaped(list, '+')) {
        std::string name;
        for (std::size_t i = 0; i < part.size(); ++i)
            if (part[i] != '\\' || i + 1 == part.size() || part[i + 1] != '+') name += part[i];
        constexpr const char* blanks = " \t\r\n";
        name.erase(0, name.find_first_not_of(blanks));
        name.erase(name.find_last_not_of(blanks) + 1);
        names.push_back(std::move(name));
    }
    return names;
}

std::string joinedNames(const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names) {
        if (!list.empty()) list += '+';
        for (const char c : name) {
            if (c == '+') list += '\\';
            list += c;
        }
    }
    return list;
}

} // namespace burdock
