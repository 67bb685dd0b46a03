#include "notebook/run_reader.h"

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

std::shared_ptr<const RunRecord> readRecord(const storage::Notebook& notebook, storage::RunId id) {
    auto record = std::make_shared<RunRecord>();
    record->id = id;
    const auto take = [&](auto outcome, auto& into) {
        if (outcome)
            into = std::move(*outcome);
        else
            record->problem = outcome.error().oneLine();
    };
    take(notebook.epochs(id), record->epochs);
    take(notebook.steps(id), record->steps);
    take(notebook.checkpoints(id), record->checkpoints);
    return record;
}

} // namespace

QList<SeriesCurve> curvesOf(const RunRecord& record) {
    QList<SeriesCurve> curves;
    for (const storage::StepSeries& steps : record.steps.series) {
        SeriesCurve curve{steps.name, {}, true};
        for (qsizetype i = 0; i < steps.values.size(); ++i)
            if (std::isfinite(steps.values[i]))
                curve.points.append(
                    {static_cast<double>(steps.firstStep + i), static_cast<double>(steps.values[i])});
        curves.append(std::move(curve));
    }
    for (const std::string& series : seriesOf(record.epochs)) {
        const QString name = QString::fromStdString(series);
        if (record.steps.find(name)) continue;
        SeriesCurve curve{name, {}, false};
        for (const storage::EpochRow& epoch : record.epochs)
            if (const double value = storage::valueOf(epoch.values, name); std::isfinite(value))
                curve.points.append({static_cast<double>(epoch.step), value});
        curves.append(std::move(curve));
    }
    return curves;
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

RunReader::RunReader(std::shared_ptr<storage::Notebook> notebook, QObject* parent)
    : QObject(parent)
    , notebook_(std::move(notebook)) {}

std::shared_ptr<const RunRecord> RunReader::get(storage::RunId id) {
    if (const auto* kept = kept_.object(id.value)) return *kept;
    if (underWay_.contains(id.value)) return nullptr;
    underWay_.insert(id.value);
    worker_.post(
        this,
        [notebook = notebook_, id]() -> storage::Outcome<std::shared_ptr<const RunRecord>> {
            return readRecord(*notebook, id);
        },
        [this, id](storage::Outcome<std::shared_ptr<const RunRecord>> outcome) {
            underWay_.remove(id.value);
            std::shared_ptr<const RunRecord> record;
            if (outcome) {
                record = std::move(*outcome);
            } else {
                RunRecord broken;
                broken.id = id;
                broken.problem = outcome.error().oneLine();
                record = std::make_shared<const RunRecord>(std::move(broken));
            }
            if (!again_.remove(id.value))
                kept_.insert(id.value, new std::shared_ptr<const RunRecord>(record));
            emit read(record);
        });
    return nullptr;
}

void RunReader::outdate(storage::RunId id) {
    kept_.remove(id.value);
    if (underWay_.contains(id.value)) again_.insert(id.value);
}

} // namespace burdock
