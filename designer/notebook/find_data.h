#pragma once

#include <QString>

class QWidget;

namespace burdock {

/// Asks where a file or folder of data is now that was at `path`; empty: the user does not say.
QString askForPlace(QWidget* parent, const QString& path);

} // namespace burdock
