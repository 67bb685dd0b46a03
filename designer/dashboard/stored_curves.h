#pragma once

#include "dashboard/metric_charts.h"
#include "storage/notebook/notebook.h"

namespace burdock {

/// What the notebook keeps of a run's curves: of its steps, or of its epochs where nothing is kept of every
/// step.
QList<SeriesCurve> curvesOf(const QVector<storage::EpochRow>& epochs, const storage::StepCurves& steps);
QList<ClockPoint> clockOf(const QVector<storage::EpochRow>& epochs);
/// The names that any epoch has told, in reading order.
std::vector<std::string> seriesOf(const QVector<storage::EpochRow>& epochs);

} // namespace burdock
