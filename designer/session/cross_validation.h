#pragma once

#include "session/training_request.h"

#include "engine/train/series.h"

#include <optional>
#include <vector>

namespace burdock {

/// The runs that a request asks for: one for each fold where it asks for all folds of a cross-validation,
/// else itself.
std::vector<TrainingRequest> foldRequests(const TrainingRequest& request);

/// "fold 2 of 5"; empty for a run that is not one of a cross-validation.
QString foldText(const TrainConfig& config);

/// The same for a run, which is empty too where its settings cannot be read.
QString foldText(const storage::RunStart& start);

/// A test metric over the folds of a cross-validation. The mean's 95 % interval is mean ± margin, as far as
/// the metric goes.
struct FoldFigure {
    SeriesSchema series;
    std::int64_t folds = 0; ///< that have been tested in it
    double mean = 0;
    double deviation = 0; ///< of the sample: over folds - 1; NaN of one fold
    double margin = 0;    ///< t(0.975, folds - 1) · deviation / √folds; NaN of one fold

    double low() const;  ///< of the interval
    double high() const; ///< of the interval
    /// The interval would reach past what the metric can be.
    bool isClipped() const;
};

/// The runs under one heading: the same network, data and settings but for the fold. Of a fold that was
/// trained more than once, the newest run that has finished counts, else the newest.
struct CrossValidation {
    QString name;                        ///< as its newest run's, without the fold
    std::int64_t folds = 0;              ///< that there are to be
    std::vector<storage::RunId> runs;    ///< by fold; those that are not there are left out
    std::int64_t finished = 0;           ///< how many of them have, and are not damaged
    std::vector<FoldFigure> figures;     ///< over the finished ones, in reading order
    std::vector<storage::RunId> members; ///< all, those that do not count too
    std::string bestBy; ///< the metric by which the best epochs of the finished ones were chosen

    bool has(storage::RunId run) const;
    /// What tells most of them; null where none has been tested.
    const FoldFigure* telling() const;
};

/// All cross-validations of these runs, which are the newest first, in the order of their newest runs. Those
/// in the bin do not count.
std::vector<CrossValidation> crossValidations(const QVector<storage::RunSummary>& runs);
/// That of a run; none where it is not one of a cross-validation, or not among `runs`.
std::optional<CrossValidation> crossValidationOf(storage::RunId run,
                                                 const QVector<storage::RunSummary>& runs);

/// The number t for which a variable of Student's t distribution lies within ± t with probability 0.95.
/// `degrees`: of freedom, 1 or more. Abramowitz and Stegun: Handbook of Mathematical Functions, 26.7.3 and
/// 26.7.4.
double studentT95(std::int64_t degrees);

} // namespace burdock
