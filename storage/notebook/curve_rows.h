#pragma once

#include "storage/database/database.h"
#include "storage/notebook/records.h"

namespace burdock::storage {

/// Appends consecutive steps to a run's chunks. The last chunk grows with every append until it is full and a
/// new one begins, so a killed run has whole rows, and their number stays small without a later tidying.
/// Use one object per run, from one thread; after a rolled back transaction call forget().
class CurveAppender {
  public:
    static constexpr qsizetype stepsPerChunk = 4096;

    explicit CurveAppender(RunId run)
        : run_(run) {}
    /// `series` must begin where the last one ended (anywhere for the first). Needs a transaction.
    Outcome<void> append(Database& database, const StepSeries& series);
    /// Takes over the state that append() made; call it once the transaction is committed.
    void keep() { kept_ = tail_; }
    void forget() { tail_ = kept_; }

  private:
    struct Tail {
        qint64 row = 0; ///< zero: the next append makes a row
        StepSeries steps;
    };
    RunId run_;
    Tail tail_, kept_;
};

/// Takes away the steps after `last`. Needs a transaction.
Outcome<void> cutSteps(Database& database, RunId run, qint64 last);

/// All steps, with NaN for those whose chunk is damaged or missing.
Outcome<StepSeries> readSteps(const Database& database, RunId run, int* damagedChunks);

} // namespace burdock::storage
