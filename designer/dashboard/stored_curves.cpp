#include "dashboard/stored_curves.h"

#include <algorithm>
#include <cmath>

namespace burdock {

QList<SeriesCurve> curvesOf(const QVector<storage::EpochRow>& epochs, const storage::StepCurves& steps) {
    QList<SeriesCurve> curves;
    for (const storage::StepSeries& series : steps.series) {
        SeriesCurve curve{series.name, {}, true};
        for (qsizetype i = 0; i < series.values.size(); ++i)
            if (std::isfinite(series.values[i]))
                curve.points.append(
                    {static_cast<double>(series.firstStep + i), static_cast<double>(series.values[i])});
        curves.append(std::move(curve));
    }
    for (const std::string& series : seriesOf(epochs)) {
        const QString name = QString::fromStdString(series);
        if (steps.find(name)) continue;
        SeriesCurve curve{name, {}, false};
        for (const storage::EpochRow& epoch : epochs)
            if (const double value = storage::valueOf(epoch.values, name); std::isfinite(value))
                curve.points.append({static_cast<double>(epoch.step), value});
        curves.append(std::move(curve));
    }
    return curves;
}

QList<ClockPoint> clockOf(const QVector<storage::EpochRow>& epochs) {
    QList<ClockPoint> clock;
    for (const storage::EpochRow& row : epochs)
        if (const auto step = static_cast<double>(row.step); clock.isEmpty() || step > clock.last().step)
            clock.append({step, static_cast<double>(row.epoch), row.seconds});
    return clock;
}

std::vector<std::string> seriesOf(const QVector<storage::EpochRow>& epochs) {
    std::vector<std::string> names;
    for (const storage::EpochRow& epoch : epochs)
        for (const storage::NamedValue& value : epoch.values)
            if (const std::string name = value.name.toStdString();
                std::find(names.begin(), names.end(), name) == names.end())
                names.push_back(name);
    return inReadingOrder(std::move(names));
}

} // namespace burdock
