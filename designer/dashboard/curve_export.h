#pragma once

#include "dashboard/curve_math.h"

#include <QString>

#include <optional>

class QMenu;
class QWidget;

namespace burdock {

class CurveChart;

/// What can be kept of a chart; `picture` is the part of it without the controls. The chart's own.
QMenu* exportMenu(CurveChart& chart, QWidget& picture);

/// A PNG at twice the window's resolution. Gives why it could not be written, as saveCurves does.
std::optional<QString> savePicture(QWidget& widget, const QString& path);
void copyPicture(QWidget& widget); ///< to the clipboard

/// A CSV file with one column per curve, and a row for every x at which any of them has a point.
std::optional<QString> saveCurves(const QString& path, const QString& xName,
                                  const QList<std::pair<QString, Points>>& curves);

} // namespace burdock
