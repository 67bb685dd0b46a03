#pragma once

#include "one_run.h"

constexpr qint64 steps = 10'000; // three chunks of each series

/// A notebook with a run that was stopped, and another one.
class TwoRunsTest : public OneRunTest {
  protected:
    void fill();
};

inline void TwoRunsTest::fill() {
    auto notebook = open();
    for (const char* name : {"first", "second"}) {
        auto writer = notebook->startRun(sampleStart(QString::fromLatin1(name)));
        REQUIRE_OK(writer);
        for (qint64 step = 1; step <= steps; ++step)
            writeStep(**writer, step, lossOf(step), 0.5f);
        for (qint64 epoch = 1; epoch <= 3; ++epoch) {
            burdock::storage::EpochRow row =
                epochRow(epoch, epoch * steps / 3, 0.9, 0.6, 0.8, 0.7, 1000.0, 2.5);
            row.best = epoch == 2;
            (*writer)->epoch(row);
        }
        (*writer)->checkpoint(packed(burdock::storage::CheckpointKind::Best, 2, steps / 2, "best"));
        (*writer)->checkpoint(packed(burdock::storage::CheckpointKind::Last, 3, steps, manyWeights()));
        REQUIRE_OK((*writer)->finish(burdock::storage::RunState::Stopped, 6));
    }
}
