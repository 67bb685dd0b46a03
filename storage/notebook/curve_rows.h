#pragma once

#include "storage/database/database.h"
#include "storage/notebook/records.h"

namespace burdock::storage {

/// Appends consecutive steps to a run's chunks, a chunk for each series. The last chunk of a series grows
/// with every append until it is full and a new one begins, so a killed run has whole rows, and their number
/// stays small without a later tidying. Use one object per run, from one thread; after a rolled back
/// transaction call forget().
class CurveAppender {
  public:
    static constexpr qsizetype stepsPerChunk = 4096;

    /// `begins`: since when a run of which there are no steps yet has had its series, if that is known;
    /// else since the first that is appended.
    explicit CurveAppender(RunId run, qint64 begins = 0)
        : run_(run)
        , begins_(begins) {}
    /// `steps` must begin where the last ones ended (anywhere for the first). Needs a transaction.
    Outcome<void> append(Database& database, const StepBlock& steps);
    /// Takes over the state that append() made; call it once the transaction is committed.
    void keep() { kept_ = tails_; }
    void forget() { tails_ = kept_; }
    /// How many bytes the next append of `steps` writes.
    static qint64 bytesFor(const StepBlock& steps);

  private:
    struct Tail {
        qint64 row = 0;    ///< zero: the next append makes a row
        qint64 begins = 0; ///< the first step of the whole series
        StepSeries steps;
    };
    Outcome<void> begin(const Database& database);
    Outcome<void> append(Database& database, Tail& tail, qint64 firstStep, const QVector<float>& values);
    RunId run_;
    qint64 begins_;
    bool begun_ = false;
    QVector<Tail> tails_, kept_;
};

/// Takes away the steps after `last`. Needs a transaction.
Outcome<void> cutSteps(Database& database, RunId run, qint64 last);

/// Whether the steps after `after` up to `last` are there as they were written, each series from where it
/// begins; none of which all was set aside.
Outcome<bool> areWhole(const Database& database, RunId run, qint64 after, qint64 last);

/// All steps of all series, with NaN for those whose chunk is damaged or missing.
Outcome<StepCurves> readSteps(const Database& database, RunId run);

} // namespace burdock::storage
