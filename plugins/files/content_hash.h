#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace burdock {

/// SHA-256 in hex over the contents one after the other: what `cat FILE… | sha256sum` prints (zcat for .gz).
std::string sha256Hex(std::initializer_list<std::string_view> contents);

} // namespace burdock
