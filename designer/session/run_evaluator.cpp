#include "session/run_evaluator.h"

#include "engine/data/reading.h"
#include "session/answers.h"
#include "session/diagnostics.h"
#include "session/field_texts.h"
#include "session/stored_run.h"
#include "session/worker.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <utility>

namespace burdock {

namespace {

Diagnostic ofAnotherEpoch(storage::RunId run, qint64 epoch, const std::optional<qint64>& best) {
    return problem("run.weights",
                   "The weights are those of epoch " + std::to_string(epoch) +
                       (best ? ", not of the run's best one, epoch " + std::to_string(*best) + "."
                             : ", and the run has no best one."),
                   "Run " + std::to_string(run.value),
                   "Go on with the run, or evaluate it once it has ended.",
                   "Its program was killed before it had written those of the best epoch, or is about to.");
}

Diagnostic notFinite(storage::RunId run, std::string what) {
    return problem(
        "evaluate.diverged", std::move(what), "Run " + std::to_string(run.value),
        "Its weights have diverged, or a sample is beyond all measure: train again with a learning "
        "rate ten times smaller, or look at the data.");
}

} // namespace

std::optional<Diagnostic> divergence(storage::RunId run, const Evaluation& result) {
    if (result.samples == 0 || std::isfinite(result.loss)) return std::nullopt;
    return notFinite(run, "The network's loss is not a finite number.");
}

std::optional<Diagnostic> divergence(const Prediction& prediction) {
    if (std::ranges::all_of(prediction.output, [](float value) { return std::isfinite(value); }))
        return std::nullopt;
    return notFinite(prediction.run, "The network's answer is not a finite number.");
}

struct RunEvaluator::Impl {
    Impl(std::shared_ptr<storage::Notebook> n, const DatasetCatalog& c)
        : notebook(std::move(n))
        , catalog(c) {}

    std::shared_ptr<storage::Notebook> notebook;
    const DatasetCatalog& catalog;
    // Evaluations, predictions and texts are numbered, each kind from 1.
    std::atomic<std::int64_t> cancelledUpTo{0}; ///< no evaluation up to this number is wanted any more
    std::atomic<std::int64_t> wanted{0};        ///< the last prediction asked for
    std::atomic<std::int64_t> wantedAnswers{0}; ///< the question that is to be answered, and no older one
    std::atomic<std::int64_t> wantedText{0};    ///< the text that is to be written, and no older one
    // On the owner's thread.
    std::int64_t lastEvaluation = 0, evaluating = 0; ///< the last one; how many are not done
    std::int64_t asking = 0;                         ///< the question being answered; zero: none
    std::int64_t writing = 0;                        ///< the text being written; zero: none

    // On the worker's thread: the network that was asked last.
    storage::RunId run;
    CheckpointChoice choice;
    bool isBest = false;               ///< what was opened, whatever was asked for
    std::optional<qint64> epoch;       ///< the run's best one then
    std::optional<Diagnostic> notBest; ///< why they are not the best epoch's, if they are another's
    QString weights;                   ///< tells whether they have changed since
    std::shared_ptr<const Dataset> data;
    FieldTexts fields;
    std::unique_ptr<Predictor> predictor;

    Worker worker; // last: it ends before what its jobs use

    struct Opened {
        std::shared_ptr<const Dataset> data;
        Split split;
    };
    Result<Opened> openData(storage::RunId id);
    Status load(storage::RunId id, const CheckpointChoice& wantedChoice);
    /// What a sample put together by hand becomes.
    Result<std::vector<float>> inputOf(const HandMadeSample& sample) const;
    /// Changes when a run that goes on keeps newer weights.
    QString weightsStamp(storage::RunId id) const;
};

Result<RunEvaluator::Impl::Opened> RunEvaluator::Impl::openData(storage::RunId id) {
    const auto summary = notebook->run(id);
    if (!summary) return refuse(toDiagnostic(summary.error()));
    const auto config = storedConfig(summary->start);
    if (!config) return refuse(config.error());
    Opened opened{id == run ? data : nullptr, {}};
    if (!opened.data) {
        auto read = openRunData(*notebook, catalog, summary->start);
        if (!read) return refuse(read.error());
        opened.data = std::move(*read);
    }
    if (opened.data->info().task->generates) return opened; // nobody looks at the parts of a text one by one
    auto split = makeSplit(*opened.data, splitOptions(*config));
    if (!split) return refuse(split.error());
    opened.split = std::move(*split);
    return opened;
}

Status RunEvaluator::Impl::load(storage::RunId id, const CheckpointChoice& wantedChoice) {
    const QString now = weightsStamp(id);
    if (id == run && wantedChoice == choice && predictor && now == weights) return {};
    auto loaded = loadRun(*notebook, catalog, id, wantedChoice);
    if (!loaded) return refuse(loaded.error());
    run = id;
    choice = wantedChoice;
    isBest = loaded->areBest();
    epoch = loaded->bestEpoch;
    notBest.reset();
    if (loaded->weights.kind == storage::CheckpointKind::Best && !isBest)
        notBest = ofAnotherEpoch(id, loaded->weights.epoch, loaded->bestEpoch);
    weights = now; // read before the weights: newer ones are seen the next time
    data = std::move(loaded->data);
    fields = FieldTexts(*data);
    predictor = std::move(loaded->predictor);
    return {};
}

QString RunEvaluator::Impl::weightsStamp(storage::RunId id) const {
    QString stamp;
    if (const auto kept = notebook->checkpoints(id))
        for (const storage::CheckpointInfo& info : *kept)
            stamp += QStringLiteral("%1 %2 %3;")
                         .arg(static_cast<int>(info.kind))
                         .arg(info.step)
                         .arg(info.savedAt.toMSecsSinceEpoch());
    return stamp;
}

RunEvaluator::RunEvaluator(std::shared_ptr<storage::Notebook> notebook, const DatasetCatalog& catalog,
                           QObject* parent)
    : QObject(parent)
    , impl_(new Impl(std::move(notebook), catalog)) {}

RunEvaluator::~RunEvaluator() {
    impl_->cancelledUpTo = impl_->lastEvaluation;
    ++impl_->wantedText;
    ++impl_->wantedAnswers;
}

void RunEvaluator::evaluate(storage::RunId run, const CheckpointChoice& choice) {
    const std::int64_t number = ++impl_->lastEvaluation;
    ++impl_->evaluating;
    const auto isCancelled = [this, number] { return number <= impl_->cancelledUpTo; };
    struct Measured {
        Evaluation result;
        std::optional<Diagnostic> unkept{};
    };
    const auto work = [this, run, choice, isCancelled]() -> Result<Measured> {
        return guarded(brokenOff("Run"), [&]() -> Result<Measured> {
            if (auto ready = impl_->load(run, choice); !ready) return refuse(ready.error());
            int told = -1;
            Measured measured{impl_->predictor->evaluateTest([&](double done) {
                if (const int percent = static_cast<int>(done * 100); percent != told) {
                    told = percent;
                    QMetaObject::invokeMethod(
                        this, [this, run, done] { emit progressed(run, done); }, Qt::QueuedConnection);
                }
                return !isCancelled();
            })};
            const Evaluation& result = measured.result;
            const bool isBest = choice == CheckpointChoice(storage::CheckpointKind::Best) && impl_->isBest;
            // It is asked for in a notebook that is not to be written, but not where it cannot be just now.
            const bool isMeant = !impl_->notebook->isReadOnly() || impl_->notebook->unwritable();
            if (choice == CheckpointChoice(storage::CheckpointKind::Best)) measured.unkept = impl_->notBest;
            if (!isCancelled() && isBest && isMeant)
                if (auto kept = impl_->notebook->setTestResult(
                        run, toStored(result.values("test")),
                        metricsToStore(result.metrics, impl_->data->info()), impl_->epoch);
                    !kept)
                    measured.unkept = toDiagnostic(kept.error());
            return measured;
        });
    };
    impl_->worker.post(this, work, [this, run, isCancelled](const Result<Measured>& measured) {
        --impl_->evaluating;
        if (isCancelled())
            emit cancelled(run);
        else if (measured)
            emit evaluated(run, measured->result, measured->unkept);
        else
            emit failed(run, measured.error());
    });
}

bool RunEvaluator::isEvaluating() const {
    return impl_->evaluating > 0;
}

void RunEvaluator::cancel() {
    impl_->cancelledUpTo = impl_->lastEvaluation;
}

void RunEvaluator::open(storage::RunId run) {
    impl_->worker.post(
        this, [this, run] { return guarded(brokenOff("Run"), [&] { return impl_->openData(run); }); },
        [this, run](const Result<Impl::Opened>& made) {
            if (made)
                emit opened(run, made->data, made->split);
            else
                emit failed(run, made.error());
        });
}

void RunEvaluator::predict(storage::RunId run, Part part, std::int64_t index,
                           const CheckpointChoice& choice) {
    const std::int64_t number = ++impl_->wanted;
    const auto work = [this, run, part, index, choice, number]() -> Result<Prediction> {
        Prediction p;
        p.run = run;
        p.part = part;
        p.index = index;
        if (number != impl_->wanted) return p;
        return guarded(brokenOff("Run"), [&]() -> Result<Prediction> {
            if (auto ready = impl_->load(run, choice); !ready) return refuse(ready.error());
            const Dataset& data = *impl_->data;
            if (index < 0 || index >= data.size(part))
                return refuse(problem("sample.range", "There is no such sample.", data.info().title,
                                      "Choose one of the " + std::to_string(data.size(part)) + " samples."));
            p.input.resize(static_cast<std::size_t>(data.info().input.size()));
            p.target.resize(static_cast<std::size_t>(data.targetWidth()));
            data.readInput(part, index, p.input.data());
            data.readCheckedTarget(part, index, p.target);
            p.texts = impl_->fields.of(p.input);
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

Result<std::vector<float>> RunEvaluator::Impl::inputOf(const HandMadeSample& sample) const {
    const auto made = data->readFields(sample.texts);
    if (!made) return refuse(made.error());
    std::vector<float> input(static_cast<std::size_t>(data->info().input.size()));
    (*made)->readInput(0, input.data());
    if (sample.input.size() != input.size()) return input;
    std::vector<float> changed = sample.input;
    const std::vector<InputField> all = data->inputFields();
    for (const std::size_t field : sample.changed)
        for (const std::int64_t i : all[field].inputs)
            changed[static_cast<std::size_t>(i)] = input[static_cast<std::size_t>(i)];
    return changed;
}

void RunEvaluator::predict(storage::RunId run, const HandMadeSample& sample, const CheckpointChoice& choice) {
    const std::int64_t number = ++impl_->wanted;
    struct Made {
        Prediction prediction;
        std::optional<Diagnostic> refusal{};
    };
    const auto work = [this, run, sample, choice, number]() -> Result<Made> {
        Made made;
        Prediction& p = made.prediction;
        p.run = run;
        p.index = -1;
        if (number != impl_->wanted) return made;
        return guarded(brokenOff("Run"), [&]() -> Result<Made> {
            if (auto ready = impl_->load(run, choice); !ready) return refuse(ready.error());
            auto input = impl_->inputOf(sample);
            if (!input) {
                made.refusal = input.error();
                return made;
            }
            p.input = std::move(*input);
            p.texts = sample.texts;
            p.output = impl_->predictor->predict(p.input);
            return made;
        });
    };
    impl_->worker.post(this, work, [this, run, number](const Result<Made>& made) {
        if (number != impl_->wanted) return;
        if (!made)
            emit failed(run, made.error());
        else if (made->refusal)
            emit refused(run, *made->refusal);
        else
            emit predicted(made->prediction);
    });
}

void RunEvaluator::ask(storage::RunId run, const QStringList& paths, const CheckpointChoice& choice) {
    const std::int64_t number = ++impl_->wantedAnswers;
    impl_->asking = number;
    std::vector<std::filesystem::path> files;
    for (const QString& path : paths)
        files.emplace_back(path.toStdString());
    using Asked = std::shared_ptr<const Answers>;
    const auto isWanted = [this, number] { return number == impl_->wantedAnswers; };
    const auto work = [this, run, choice, files, isWanted]() -> Result<Asked> {
        return guarded(brokenOff("Run"), [&]() -> Result<Asked> {
            if (auto ready = impl_->load(run, choice); !ready) return refuse(ready.error());
            const ReadingScope scope([&] { return !isWanted(); });
            int told = -1;
            auto answers = askAbout(*impl_->predictor, *impl_->data, run, files, [&](double done) {
                if (const int percent = static_cast<int>(done * 100); percent != told) {
                    told = percent;
                    QMetaObject::invokeMethod(
                        this, [this, run, done] { emit asking(run, done); }, Qt::QueuedConnection);
                }
                return isWanted();
            });
            if (!answers) return refuse(answers.error());
            return std::make_shared<const Answers>(std::move(*answers));
        });
    };
    impl_->worker.post(this, work, [this, run, number](const Result<Asked>& answers) {
        if (number != impl_->asking) return;
        impl_->asking = 0;
        if (number != impl_->wantedAnswers)
            emit notAsked(run, problem(answersStopped, "Stopped before all samples were asked about.",
                                       "Run " + std::to_string(run.value), "Ask again."));
        else if (answers)
            emit asked(*answers);
        else
            emit notAsked(run, answers.error());
    });
}

void RunEvaluator::stopAsking() {
    if (isAsking()) ++impl_->wantedAnswers;
}

bool RunEvaluator::isAsking() const {
    return impl_->asking != 0;
}

void RunEvaluator::generate(storage::RunId run, const std::string& prompt, const GenerateOptions& options,
                            const CheckpointChoice& choice) {
    const std::int64_t number = ++impl_->wantedText;
    impl_->writing = number;
    const auto work = [this, run, prompt, options, choice, number]() -> Status {
        if (number != impl_->wantedText) return {};
        return guarded(brokenOff("Run"), [&]() -> Status {
            if (auto ready = impl_->load(run, choice); !ready) return ready;
            // A small network writes thousands of tokens a second; the window needs no more than 25 pieces.
            using Clock = std::chrono::steady_clock;
            auto told = Clock::now();
            QByteArray piece;
            const auto tell = [&] {
                if (piece.isEmpty()) return;
                QMetaObject::invokeMethod(
                    this,
                    [this, run, number, text = std::exchange(piece, {})] {
                        if (number == impl_->writing) emit written(run, text);
                    },
                    Qt::QueuedConnection);
                told = Clock::now();
            };
            const std::string begun = prompt.empty() ? usualPrompt(*impl_->data) : prompt;
            const Status done =
                generateText(*impl_->predictor, *impl_->data, begun, options, [&](std::string_view token) {
                    piece.append(token.data(), static_cast<qsizetype>(token.size()));
                    if (Clock::now() - told >= std::chrono::milliseconds(40)) tell();
                    return number == impl_->wantedText;
                });
            tell();
            return done;
        });
    };
    impl_->worker.post(this, work, [this, run, number](const Status& done) {
        if (number != impl_->writing) return;
        impl_->writing = 0;
        if (done)
            emit generated(run);
        else
            emit notGenerated(run, done.error());
    });
}

void RunEvaluator::stopGenerating() {
    if (isGenerating()) ++impl_->wantedText;
}

bool RunEvaluator::isGenerating() const {
    return impl_->writing != 0;
}

} // namespace burdock
