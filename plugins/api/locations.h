#pragma once

#include <QString>

namespace burdock {

/// The folder that `fromProgram` leads to from the running program's own folder, if it exists; else
/// `fallback` (the build or source tree, known at compile time), if that exists and the program runs from the
/// build tree; else nothing.
QString installedOr(const QString& fromProgram, const QString& fallback);

} // namespace burdock
