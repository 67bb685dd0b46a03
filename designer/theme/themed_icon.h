#pragma once

#include <QIcon>

namespace burdock {

/// An icon of resources/icons whose `currentColor` is the theme's colour at the moment it is painted, so
/// that it needs no replacing when the theme changes. An unknown name gives an empty icon.
QIcon themedIcon(const QString& name, const QString& colorToken);

} // namespace burdock
