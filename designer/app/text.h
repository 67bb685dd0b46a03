#pragma once

#include <QString>

#include <string>

namespace burdock {

/// The engine's words as the window's.
inline QString text(const std::string& words) {
    return QString::fromStdString(words);
}

} // namespace burdock
