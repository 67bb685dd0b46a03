#pragma once

#include "dashboard/curve_math.h"

#include <QString>

class QWidget;

namespace burdock {

bool savePicture(QWidget& widget, const QString& path); ///< PNG at twice the window's resolution
void copyPicture(QWidget& widget);                      ///< to the clipboard

/// A CSV file with one column per curve, and a row for every x at which any of them has a point.
bool saveCurves(const QString& path, const QString& xName, const QList<std::pair<QString, Points>>& curves);

} // namespace burdock
