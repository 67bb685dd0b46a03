#pragma once

#include "engine/data/dataset_catalog.h"
#include "engine/data/split.h"
#include "engine/train/generator.h"
#include "session/stored_checkpoint.h"

#include <QObject>

#include <optional>

namespace burdock {

struct Answers;

/// What a run's network says of one sample.
struct Prediction {
    storage::RunId run;
    Part part = Part::Test;
    std::int64_t index = 0;
    std::vector<float> input;       ///< in the data's own units
    std::vector<float> target;      ///< as Dataset::readTarget gives it; empty where none is known
    std::vector<float> output;      ///< probabilities of the classes, or the predicted numbers
    std::vector<std::string> texts; ///< what Dataset::inputFields() asks for, of this sample
};

/// A sample that is put together by hand.
struct HandMadeSample {
    std::vector<std::string> texts;   ///< one for each of Dataset::inputFields()
    std::vector<float> input;         ///< of the sample that it is a change of; empty: of none
    std::vector<std::size_t> changed; ///< which fields differ from that; the others keep their inputs
};

/// Why these figures of a run's network are none: they are not finite. Nothing where they are.
std::optional<Diagnostic> divergence(storage::RunId run, const Evaluation& result);
std::optional<Diagnostic> divergence(const Prediction& prediction);

/// Asks finished runs, on a thread of its own: how good on the test set, what about this sample, how does
/// this text go on. Called from, and emitting on, the thread it was made on. The catalog must outlive it.
class RunEvaluator : public QObject {
    Q_OBJECT
  public:
    RunEvaluator(std::shared_ptr<storage::Notebook> notebook, const DatasetCatalog& catalog,
                 QObject* parent = nullptr);
    ~RunEvaluator() override; ///< cancels what is going on and waits for it

    /// Measures the run's weights on its data's test part (where it has none, on what the trainer split off);
    /// progressed, then evaluated or failed follow. The best weights' result is kept in a notebook that can
    /// be written. Refused if the data have changed since.
    void evaluate(storage::RunId run, const CheckpointChoice& choice = {});
    bool isEvaluating() const;
    void cancel(); ///< of an evaluation; cancelled follows

    /// Loads the run's data set, and splits it as the run did: opened or failed follows. Refused if the data
    /// have changed since.
    void open(storage::RunId run);
    /// predicted or failed follows. While one is being worked out, only the last request waits.
    void predict(storage::RunId run, Part part, std::int64_t index, const CheckpointChoice& choice = {});

    /// The same of a sample put together by hand, whose target is not known; refused instead of failed where
    /// a text is no value of its field.
    void predict(storage::RunId run, const HandMadeSample& sample, const CheckpointChoice& choice = {});

    /// Asks the run's network about files or folders of samples that are no part of its data: asking, then
    /// asked or notAsked follow. Of several at once only the last goes on.
    void ask(storage::RunId run, const QStringList& paths, const CheckpointChoice& choice = {});
    void stopAsking(); ///< notAsked follows
    bool isAsking() const;

    /// Has the run's network write on from `prompt` (empty: the usual one): written, as often as there is
    /// something new, then generated or notGenerated follow. Of several at once only the last goes on.
    void generate(storage::RunId run, const std::string& prompt, const GenerateOptions& options,
                  const CheckpointChoice& choice = {});
    void stopGenerating(); ///< generated follows
    bool isGenerating() const;

  signals:
    void progressed(burdock::storage::RunId run, double done);
    /// `unkept`: why the notebook could not take the result, which it should have.
    void evaluated(burdock::storage::RunId run, const burdock::Evaluation& result,
                   const std::optional<burdock::Diagnostic>& unkept);
    void cancelled(burdock::storage::RunId run);
    void opened(burdock::storage::RunId run, const std::shared_ptr<const burdock::Dataset>& data,
                const burdock::Split& split);
    void predicted(const burdock::Prediction& prediction);
    void refused(burdock::storage::RunId run, const burdock::Diagnostic& why);
    void asking(burdock::storage::RunId run, double done);
    void asked(const std::shared_ptr<const burdock::Answers>& answers);
    void notAsked(burdock::storage::RunId run, const burdock::Diagnostic& why);
    /// New bytes of the text: a character may begin in one piece and end in the next.
    void written(burdock::storage::RunId run, const QByteArray& text);
    void generated(burdock::storage::RunId run); ///< the text is complete or was stopped
    void notGenerated(burdock::storage::RunId run, const burdock::Diagnostic& why);
    void failed(burdock::storage::RunId run, const burdock::Diagnostic& why);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace burdock
