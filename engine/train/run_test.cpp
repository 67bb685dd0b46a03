#include "engine/train/run_test.h"

#include "engine/train/divergence.h"

namespace burdock {

Diagnostic notWhileTesting(std::string where) {
    Diagnostic d;
    d.severity = Severity::Warning;
    d.code = "train.testing";
    d.where = std::move(where);
    d.what = "No checkpoint by hand is kept while the test set is measured.";
    d.why = "The network holds the run's best weights then; they and the last ones are kept already.";
    d.mend = "Take the best or the last weights of the run.";
    return d;
}

Status RunTest::run(TrainObserver& observer, const std::function<Evaluation()>& measure,
                    FinishRecord& finish) const {
    const auto best = checkpoints.best(observer, at);
    if (!best) return refuse(best.error());
    if (*best)
        if (const Status loaded = store.load(**best); !loaded) return loaded;
    if (*best && finish.stoppedEarly && config.restoreBest)
        observer.onCheckpoint({CheckpointRecord::Kind::Last, at.epochs, at.step, *best, nullptr});
    if (split.test.empty()) return {};
    const Evaluation result = measure();
    if (result.samples > 0 && hasDiverged(result.loss, at.firstLoss, lossUnit))
        return refuse(checkpoints.withWhatIsKept(
            explained(diverged(at.step, config.learningRate, result.loss), outlier)));
    if (result.samples == static_cast<std::int64_t>(split.test.size())) {
        finish.test = result.values("test");
        finish.testMetrics = result.metrics;
    }
    return {};
}

} // namespace burdock
