#include "session/run_evaluator.h"

#include "session/stored_run.h"
#include "session/training_session.h"
#include "session/worker.h"

#include <atomic>
#include <nlohmann/json.hpp>

namespace burdock {

struct RunEvaluator::Impl {
    Impl(std::shared_ptr<storage::Notebook> n, const DatasetCatalog& c)
        : notebook(std::move(n))
        , catalog(c) {}

    std::shared_ptr<storage::Notebook> notebook;
    const DatasetCatalog& catalog;
    std::atomic<bool> cancelled{false};
    std::atomic<std::int64_t> wanted{0}; ///< number of the last prediction asked for
    int evaluating = 0;                  ///< on the owner's thread

    // On the worker's thread: the network that was asked last.
    storage::RunId run;
    storage::CheckpointKind kind{};
    std::shared_ptr<const Dataset> data;
    std::unique_ptr<Predictor> predictor;

    Worker worker; // last: it ends before what its jobs use

    Result<std::shared_ptr<const Dataset>> openData(storage::RunId id);
    Status load(storage::RunId id, storage::CheckpointKind wantedKind);
};

namespace {

Diagnostic broken(const std::exception& e) {
    return problem("evaluate.exception", std::string("The run could not be asked: ") + e.what() + ".",
                   "Evaluation", "Close other programs if memory is short, then try again.");
}

/// `work` with whatever it throws made a refusal: nothing may be thrown across the thread.
template <class Work>
auto guarded(Work&& work) -> decltype(work()) {
    try {
        return work();
    } catch (const std::exception& e) {
        return refuse(broken(e));
    }
}

} // namespace

Result<std::shared_ptr<const Dataset>> RunEvaluator::Impl::openData(storage::RunId id) {
    if (id == run && data) return data;
    const auto summary = notebook->run(id);
    if (!summary) return refuse(toDiagnostic(summary.error()));
    return catalog.open(summary->start.datasetId.toStdString());
}

Status RunEvaluator::Impl::load(storage::RunId id, storage::CheckpointKind wantedKind) {
    if (id == run && wantedKind == kind && predictor) return {};
    auto loaded = loadRun(*notebook, catalog, id, wantedKind);
    if (!loaded) return refuse(loaded.error());
    run = id;
    kind = wantedKind;
    data = std::move(loaded->data);
    predictor = std::move(loaded->predictor);
    return {};
}

RunEvaluator::RunEvaluator(std::shared_ptr<storage::Notebook> notebook, const DatasetCatalog& catalog,
                           QObject* parent)
    : QObject(parent)
    , impl_(new Impl(std::move(notebook), catalog)) {}

RunEvaluator::~RunEvaluator() {
    impl_->cancelled = true;
}

void RunEvaluator::evaluate(storage::RunId run, storage::CheckpointKind kind) {
    impl_->cancelled = false;
    ++impl_->evaluating;
    const auto work = [this, run, kind]() -> Result<Evaluation> {
        return guarded([&]() -> Result<Evaluation> {
            // A running or finished run may have newer weights than those kept in memory.
            impl_->predictor.reset();
            if (auto ready = impl_->load(run, kind); !ready) return refuse(ready.error());
            int told = -1;
            const Evaluation result = impl_->predictor->evaluateTest([&](double done) {
                if (const int percent = static_cast<int>(done * 100); percent != told) {
                    told = percent;
                    QMetaObject::invokeMethod(
                        this, [this, run, done] { emit progressed(run, done); }, Qt::QueuedConnection);
                }
                return !impl_->cancelled.load();
            });
            if (!impl_->cancelled && kind == storage::CheckpointKind::Best)
                if (auto kept =
                        impl_->notebook->setTestResult(run, result.loss, result.accuracy,
                                                       metricsToStore(result.metrics, impl_->data->info()));
                    !kept)
                    return refuse(toDiagnostic(kept.error()));
            return result;
        });
    };
    impl_->worker.post(this, work, [this, run](Result<Evaluation> result) {
        --impl_->evaluating;
        if (impl_->cancelled)
            emit cancelled(run);
        else if (result)
            emit evaluated(run, *result);
        else
            emit failed(run, result.error());
    });
}

bool RunEvaluator::isEvaluating() const {
    return impl_->evaluating > 0;
}

void RunEvaluator::cancel() {
    if (isEvaluating()) impl_->cancelled = true;
}

void RunEvaluator::open(storage::RunId run) {
    impl_->worker.post(
        this, [this, run] { return guarded([&] { return impl_->openData(run); }); },
        [this, run](Result<std::shared_ptr<const Dataset>> data) {
            if (data)
                emit opened(run, *data);
            else
                emit failed(run, data.error());
        });
}

void RunEvaluator::predict(storage::RunId run, Part part, std::int64_t index, storage::CheckpointKind kind) {
    const std::int64_t number = ++impl_->wanted;
    const auto work = [this, run, part, index, kind, number]() -> Result<Prediction> {
        Prediction p{.run = run, .part = part, .index = index, .input = {}, .target = {}, .output = {}};
        if (number != impl_->wanted) return p;
        return guarded([&]() -> Result<Prediction> {
            if (auto ready = impl_->load(run, kind); !ready) return refuse(ready.error());
            const Dataset& data = *impl_->data;
            if (index < 0 || index >= data.size(part))
                return refuse(problem("sample.range", "There is no such sample.", data.info().title,
                                      "Choose one of the " + std::to_string(data.size(part)) + " samples."));
            p.input.resize(static_cast<std::size_t>(data.info().input.size()));
            p.target.resize(static_cast<std::size_t>(data.targetWidth()));
            data.readInput(part, index, p.input.data());
            data.readTarget(part, index, p.target.data());
            p.output = impl_->predictor->predict(p.input);
            return p;
        });
    };
    impl_->worker.post(this, work, [this, run, number](Result<Prediction> p) {
        if (number != impl_->wanted) return;
        if (p)
            emit predicted(*p);
        else
            emit failed(run, p.error());
    });
}

} // namespace burdock
