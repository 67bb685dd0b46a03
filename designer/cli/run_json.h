#pragma once

#include "engine/train/series.h"
#include "output.h"
#include "session/cross_validation.h"
#include "storage/notebook/notebook.h"

#include <QString>

#include <utility>
#include <vector>

namespace burdock::cli {

/// What a run has stored; null, with a warning, where that is not JSON.
Json storedJson(const QByteArray& stored, const char* what, storage::RunId run);
/// On stderr, what of a run was found changed or missing, and how to mend it; nothing if nothing was.
void warnOfDamage(storage::RunId run, const QString& damage);
/// The same of what lists tell: for commands that use a run and show little of it.
void warnOfDamage(const storage::RunSummary& run);

/// A run with all of its rows but the values of its weights.
struct WholeRun {
    storage::RunSummary summary;
    QVector<storage::EpochRow> epochs;
    storage::StepCurves steps;
    QVector<storage::CheckpointInfo> checkpoints;
    QString damage;                           ///< of all that, in words; empty: nothing
    std::optional<CrossValidation> heading{}; ///< that it is a fold of
};
Result<WholeRun> readWhole(const storage::Notebook& notebook, storage::RunId run);

/// A run as `runs` gives it, with what of it is damaged.
Json runJson(const storage::RunSummary& run, const QString& damage);
/// A run as `show` and `compare` give it: its epochs too.
Json wholeRunJson(const WholeRun& run);
/// The values under their series' names with "_" for the dot, "validation_loss". Those of `splits` that are
/// usual are there even without a value, as null.
void addValues(Json& json, const NamedValues& values, const std::vector<std::string>& splits);
std::string figure(const SeriesSchema& series,
                   double value); ///< "92.31 %", "0.2147"; "–" where there is none

/// A cross-validation as `runs`, `show` and `train` give it: mean, deviation and interval of each metric,
/// under the metric's name as in addValues().
Json crossValidationJson(const CrossValidation& heading);
/// "Cross-validation of MLP · Iris: 5 of 5 folds, runs 3, 4, 5, 6, 7"
std::string crossValidationText(const CrossValidation& heading);
/// " ± 2.10 %"; ", 88.00 % to 100.00 %" where the interval ends with the metric.
std::string intervalText(const FoldFigure& figure);
/// "94.00 % ± 2.10 % (95 % interval, 5 folds)"
std::string foldFigureText(const FoldFigure& figure);

/// Of cross-validations whose folds were trained, all that the notebook has of them.
void printCrossValidations(const storage::Notebook& notebook, const std::vector<storage::RunId>& trained,
                           bool json);

/// What a run was made with, by name: data, architecture, every setting. Values are for people.
std::vector<std::pair<std::string, std::string>> runSettings(const WholeRun& whole);
/// What it reached, and whether any of it is damaged.
std::vector<std::pair<std::string, std::string>> runResults(const WholeRun& whole);

} // namespace burdock::cli
