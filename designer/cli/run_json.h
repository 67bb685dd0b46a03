#pragma once

#include "engine/train/series.h"
#include "output.h"
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
    QString damage; ///< of all that, in words; empty: nothing
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

/// What a run was made with, by name: data, architecture, every setting. Values are for people.
std::vector<std::pair<std::string, std::string>> runSettings(const WholeRun& whole);
/// What it reached, and whether any of it is damaged.
std::vector<std::pair<std::string, std::string>> runResults(const WholeRun& whole);

} // namespace burdock::cli
