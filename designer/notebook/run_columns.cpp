#include "notebook/run_columns.h"

#include "dashboard/metric_charts.h"
#include "engine/train/optimizer.h"
#include "session/damage.h"
#include "session/stored_run.h"
#include "theme/theme.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>

#include <algorithm>
#include <cmath>
#include <limits>

namespace burdock {
namespace {

using storage::RunState;

double orNan(const std::optional<double>& value) {
    return value.value_or(std::numeric_limits<double>::quiet_NaN());
}

QVariant orNone(const std::optional<double>& value) {
    return value ? QVariant(*value) : QVariant();
}

/// A column that writes what `value` finds of a series.
RunColumn figure(const QString& key, const SeriesSchema& series, const QString& title, const QString& tip,
                 bool visible, std::function<std::optional<double>(const storage::RunSummary&)> value) {
    RunColumn c;
    c.key = key;
    c.title = title;
    c.tip = tip;
    c.number = true;
    c.visible = visible;
    c.width = 120;
    c.text = [series, value](const RunRow& r) { return figureText(series, orNan(value(r.summary))); };
    c.order = [value](const RunRow& r) { return orNone(value(r.summary)); };
    return c;
}

/// A column of what each run is told apart by, with the metric's name: of other metrics there are other runs.
RunColumn telling(const QString& key, const QString& title, Figure RunRow::*figure) {
    RunColumn c;
    c.key = key;
    c.title = title;
    c.tip = RunColumn::tr("By the metric that tells most of the run, as of the one that chose its best "
                          "epoch. %1")
                .arg(RunColumn::tr(bestWeightsText));
    c.number = true;
    c.width = 150;
    c.text = [figure](const RunRow& r) {
        const Figure& told = r.*figure;
        return std::isnan(told.value)
                   ? QStringLiteral("–")
                   : QStringLiteral("%1 %2").arg(QString::fromStdString(told.series.metricTitle),
                                                 figureText(told.series, told.value));
    };
    c.order = [figure](const RunRow& r) {
        const double value = (r.*figure).value;
        return std::isnan(value) ? QVariant() : QVariant(value);
    };
    c.unit = [figure](const RunRow& r) { return QString::fromStdString((r.*figure).series.metric); };
    return c;
}

/// Three columns for each metric that can be compared: validation and test of the best epoch's weights, and
/// training at its end.
/// At first only what is trained on is shown of them: the loss.
QVector<RunColumn> measures() {
    std::vector<std::string> ids;
    for (const MetricSchema& metric : metrics())
        if (metric.better != MetricSchema::Better::Neither) ids.push_back(metric.id);
    ids.insert(ids.begin() + (ids.empty() ? 0 : 1), "loss");
    QVector<RunColumn> all;
    for (const std::string& id : ids) {
        const MetricSchema* metric = findMetric(id);
        const bool usual = metric && metric->usual;
        const auto series = [&](const char* split) { return describeSeries(seriesName(split, id)); };
        const auto name = [](const SeriesSchema& s) { return QString::fromStdString(s.name); };
        const auto title = [](const SeriesSchema& s) { return QString::fromStdString(s.title); };
        const QString key = QString::fromStdString(id);
        const SeriesSchema validation = series("validation"), test = series("test"), train = series("train");
        all.append(figure(QStringLiteral("best_validation_") + key, validation,
                          title(validation).replace(QStringLiteral("Validation"), RunColumn::tr("Val.")),
                          RunColumn::tr(bestWeightsText), false,
                          [name = name(validation)](const auto& run) -> std::optional<double> {
                              const double value = storage::valueOf(run.atBest, name);
                              return std::isnan(value) ? std::nullopt : std::optional(value);
                          }));
        all.append(figure(QStringLiteral("test_") + key, test, title(test), RunColumn::tr(bestWeightsText),
                          false, [name = name(test)](const auto& run) { return run.tested(name); }));
        if (!metric || usual) {
            all.append(figure(QStringLiteral("train_") + key, train,
                              RunColumn::tr("Last %1").arg(QString::fromStdString(inSentence(train.title))),
                              RunColumn::tr("Of the last epoch"), !metric,
                              [name = name(train)](const auto& run) { return run.last(name); }));
            all.last().width = 150; // its title is the longest
        }
    }
    return all;
}

RunColumn column(const char* key, const QString& title, const QString& tip, bool number, bool visible,
                 int width, std::function<QString(const RunRow&)> text,
                 std::function<QVariant(const RunRow&)> order) {
    RunColumn c;
    c.key = QLatin1String(key);
    c.title = title;
    c.tip = tip;
    c.number = number;
    c.visible = visible;
    c.width = width;
    c.text = text;
    c.order = order;
    return c;
}

QString statusText(const RunRow& r) {
    if (r.summary.damaged) return stateText(r.summary.state) + QStringLiteral(" · ") + damagedValue();
    if (r.progress >= 0)
        return QStringLiteral("%1 %2 %").arg(r.phase).arg(static_cast<int>(r.progress * 100));
    const storage::RunStart& start = r.summary.start;
    const double planned =
        static_cast<double>(start.stepsPerEpoch) * static_cast<double>(start.epochsPlanned);
    const double done = planned > 0 ? static_cast<double>(r.summary.steps) / planned : 0;
    // Where it stands: an epoch may take hours, and only complete ones are counted.
    const bool goesOn = r.summary.state == RunState::Stopped || r.summary.state == RunState::Interrupted;
    if (!goesOn || done <= 0 || done >= 1) return stateText(r.summary.state);
    return RunColumn::tr("%1 · %2").arg(stateText(r.summary.state), humanPercent(done));
}

QString overFolds(const RunRow& r) {
    const FoldFigure* told = r.heading ? r.heading->telling() : nullptr;
    return told ? foldFigureText(*told) : QString();
}

QVector<RunColumn> makeColumns() {
    using R = const RunRow&;
    const auto tr = [](const char* text) { return RunColumn::tr(text); };
    QVector<RunColumn> columns{
        column(
            "number", tr("#"), tr("Number of the run, and its colour in charts"), true, true, 52,
            [](R r) { return QString::number(r.summary.id.value); },
            [](R r) -> QVariant { return r.summary.id.value; }),
        column(
            "name", tr("Name"), tr("F2 renames"), false, true, 220, [](R r) { return r.summary.start.name; },
            [](R r) -> QVariant { return r.summary.start.name; }),
        column("status", tr("Status"), tr("How far it came"), false, true, 150, statusText,
               [](R r) -> QVariant { return static_cast<int>(r.summary.state); }),
        column(
            "model", tr("Model"), tr("Name of the network"), false, true, 130,
            [](R r) { return r.summary.start.modelName; },
            [](R r) -> QVariant { return r.summary.start.modelName; }),
        column(
            "data", tr("Data"), tr("Data set it was trained on"), false, true, 120,
            [](R r) { return r.summary.start.datasetTitle; },
            [](R r) -> QVariant { return r.summary.start.datasetTitle; }),
        column(
            "epochs", tr("Epochs"), tr("Complete epochs, of those planned"), true, true, 92,
            [](R r) {
                return QStringLiteral("%1 / %2").arg(r.summary.epochs).arg(r.summary.start.epochsPlanned);
            },
            [](R r) -> QVariant { return r.summary.epochs; }),
        column(
            "folds", tr("All folds"),
            tr("Of the cross-validation that the run is a fold of: mean of the tests and its 95 % interval"),
            false, false, 190, [](R r) { return overFolds(r); },
            [](R r) -> QVariant { return overFolds(r); }),
        column(
            "best", tr("Best"), tr("By the run's own measure of what is best, and after which epoch"), true,
            false, 150,
            [](R r) {
                const Figure best = bestOf(r.summary);
                if (!r.summary.bestEpoch) return QStringLiteral("–");
                return RunColumn::tr("%1 (epoch %2)")
                    .arg(figureText(best.series, best.value))
                    .arg(*r.summary.bestEpoch);
            },
            [](R r) -> QVariant {
                return r.summary.bestEpoch ? QVariant(bestOf(r.summary).value) : QVariant();
            }),
        column(
            "parameters", tr("Params"), tr("Parameters, those of frozen layers included"), true, true, 92,
            [](R r) { return humanCount(r.summary.start.parameters); },
            [](R r) -> QVariant { return r.summary.start.parameters; }),
        column(
            "optimizer", tr("Optimizer"), tr("How gradients moved the weights"), false, true, 90,
            [](R r) { return r.optimizer; }, [](R r) -> QVariant { return r.optimizer; }),
        column(
            "learning_rate", tr("Learning rate"), tr("The size of a step"), true, true, 128,
            [](R r) { return humanNumber(r.learningRate); }, [](R r) -> QVariant { return r.learningRate; }),
        column(
            "batch", tr("Batch"), tr("Samples of one step"), true, true, 80,
            [](R r) { return QString::number(r.batch); }, [](R r) -> QVariant { return r.batch; }),
        column(
            "seed", tr("Seed"), tr("Fixes the first weights, the split and the shuffles"), true, false, 64,
            [](R r) { return QString::number(r.summary.start.seed); },
            [](R r) -> QVariant { return r.summary.start.seed; }),
        column(
            "started", tr("Started"), tr("Local time"), false, true, 150,
            [](R r) {
                return r.summary.startedAt.toLocalTime().toString(QStringLiteral("yyyy-MM-dd HH:mm"));
            },
            [](R r) -> QVariant { return r.summary.startedAt; }),
        column(
            "seconds", tr("Duration"), tr("Pauses left out"), true, true, 100,
            [](R r) { return humanDuration(r.summary.seconds); },
            [](R r) -> QVariant { return r.summary.seconds; }),
        column(
            "samples_per_second", tr("Samples/s"), tr("Training speed"), true, false, 100,
            [](R r) { return speedText(speedOf(r.summary)); },
            [](R r) { return orNone(speedOf(r.summary)); }),
        column(
            "tags", tr("Tags"), tr("Your own words"), false, true, 120,
            [](R r) { return r.summary.tags.join(QStringLiteral(", ")); },
            [](R r) -> QVariant { return r.summary.tags.join(QLatin1Char(',')); }),
        column(
            "notes", tr("Notes"), tr("First line of the notes"), false, false, 200,
            [](R r) { return r.summary.notes.section(QLatin1Char('\n'), 0, 0); },
            [](R r) -> QVariant { return r.summary.notes; }),
        column(
            "version", tr("Version"), tr("Of Burdock"), false, false, 72,
            [](R r) { return r.summary.start.programVersion; },
            [](R r) -> QVariant { return r.summary.start.programVersion; }),
    };
    const auto epochs = std::find_if(columns.begin(), columns.end(),
                                     [](const RunColumn& c) { return c.key == QLatin1String("epochs"); });
    qsizetype at = epochs - columns.begin() + 1;
    columns.insert(at++, telling(QStringLiteral("validation"), tr("Validation"), &RunRow::validation));
    columns.insert(at++, telling(QStringLiteral("test"), tr("Test"), &RunRow::test));
    const auto metricOf = [](R r) { return QString::fromStdString(r.test.series.metricTitle); };
    columns.insert(at++,
                   column(metricColumn, tr("Metric"), tr("What Validation and Test are measured in"), false,
                          false, 130, metricOf, [metricOf](R r) -> QVariant { return metricOf(r); }));
    for (RunColumn& measure : measures())
        columns.insert(at++, std::move(measure));
    return columns;
}

} // namespace

QString foldFigureText(const FoldFigure& figure) {
    const QString mean = figureText(figure.series, figure.mean);
    if (figure.folds < 2) return RunColumn::tr("%1 (1 fold)").arg(mean);
    if (figure.isClipped())
        return RunColumn::tr("%1, %2 to %3 (95 % interval, %4 folds)")
            .arg(mean, figureText(figure.series, figure.low()), figureText(figure.series, figure.high()),
                 QString::number(figure.folds));
    return RunColumn::tr("%1 ± %2 (95 % interval, %3 folds)")
        .arg(mean, figureText(figure.series, figure.margin), QString::number(figure.folds));
}

QString speedText(const std::optional<double>& samplesPerSecond) {
    return samplesPerSecond ? exactCount(std::llround(*samplesPerSecond)) : QStringLiteral("–");
}

RunRow makeRow(storage::RunSummary summary) {
    RunRow row;
    const QJsonObject config = QJsonDocument::fromJson(summary.start.configJson).object();
    row.optimizer = config[QLatin1String("optimizer")].toString();
    if (const OptimizerSchema* schema = findOptimizer(row.optimizer.toStdString()))
        row.optimizer = QString::fromStdString(schema->name);
    row.learningRate = config[QLatin1String("learning_rate")].toDouble();
    row.batch = config[QLatin1String("batch")].toInteger();
    row.validation = tellingOf(summary, "validation");
    row.test = tellingOf(summary, "test");
    row.summary = std::move(summary);
    return row;
}

const QVector<RunColumn>& runColumns() {
    static const QVector<RunColumn> columns = makeColumns();
    return columns;
}

int columnOf(const QString& key) {
    const auto& columns = runColumns();
    for (int i = 0; i < columns.size(); ++i)
        if (columns[i].key == key) return i;
    return -1;
}

QString stateText(RunState state) {
    switch (state) {
    case RunState::Running:
        return RunColumn::tr("Running");
    case RunState::Finished:
        return RunColumn::tr("Finished");
    case RunState::Stopped:
        return RunColumn::tr("Stopped");
    case RunState::Failed:
        return RunColumn::tr("Failed");
    case RunState::Interrupted:
        return RunColumn::tr("Interrupted");
    }
    return {};
}

QString stateToken(RunState state) {
    switch (state) {
    case RunState::Running:
        return QStringLiteral("accent");
    case RunState::Finished:
        return QStringLiteral("good.text");
    case RunState::Stopped:
        return QStringLiteral("ink.soft");
    case RunState::Failed:
        return QStringLiteral("error.text");
    case RunState::Interrupted:
        return QStringLiteral("warning.text");
    }
    return QStringLiteral("ink");
}

} // namespace burdock
