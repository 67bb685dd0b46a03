#pragma once

#include "session/cross_validation.h"
#include "session/stored_run.h"
#include "storage/notebook/records.h"

#include <QCoreApplication>
#include <QVariant>

#include <functional>
#include <memory>

namespace burdock {

/// A run as the table holds it: its row of the notebook, and the settings that have columns of their own.
struct RunRow {
    storage::RunSummary summary;
    QString optimizer;
    double learningRate = 0;
    qint64 batch = 0;
    Figure validation, test;                          ///< those that it is told apart by: see tellingOf()
    std::shared_ptr<const CrossValidation> heading{}; ///< that it is a fold of; null: of none
    // Of a run that this program is training now.
    double progress = -1; ///< 0..1, or negative
    QString phase;
};

/// Reads the settings once, so that sorting and painting need no JSON.
RunRow makeRow(storage::RunSummary summary);
/// "94.0 % ± 2.1 % (95 % interval, 5 folds)"; "94.0 %, 88.0 % to 100.0 % (…)" where the metric ends there.
QString foldFigureText(const FoldFigure& figure);
QString speedText(const std::optional<double>& samplesPerSecond); ///< "–" where none was measured

/// A column of the runs table.
struct RunColumn {
    Q_DECLARE_TR_FUNCTIONS(burdock::RunColumn)
  public:
    QString key; ///< kept in the user's settings
    QString title;
    QString tip;
    bool number = false; ///< aligned right, in tabular figures
    bool visible = true; ///< unless the user chose otherwise
    int width = 100;     ///< pixels
    std::function<QString(const RunRow&)> text;
    std::function<QVariant(const RunRow&)> order; ///< what sorting compares; invalid where there is no value
    /// What must be the same for that to be compared, and comes first; null: everything may.
    std::function<QString(const RunRow&)> unit{};
};

/// Of the column that names what those of validation and test are measured in.
inline constexpr const char* metricColumn = "metric";

/// The measures among them are made from the registered metrics.
const QVector<RunColumn>& runColumns();
int columnOf(const QString& key);

QString stateText(storage::RunState state);  ///< "Finished"
QString stateToken(storage::RunState state); ///< the theme colour its text is written in

} // namespace burdock
