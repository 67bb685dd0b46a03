#pragma once

#include "dashboard/curve_math.h"

#include <QString>

class QMenu;
class QWidget;

namespace burdock {

class CurveChart;

/// What can be kept of a chart; `picture` is the part of it without the controls. The chart's own.
QMenu* exportMenu(CurveChart& chart, QWidget& picture);

bool savePicture(QWidget& widget, const QString& path); ///< PNG at twice the window's resolution
void copyPicture(QWidget& widget);                      ///< to the clipboard

/// A CSV file with one column per curve, and a row for every x at which any of them has a point.
bool saveCurves(const QString& path, const QString& xName, const QList<std::pair<QString, Points>>& curves);

} // namespace burdock
