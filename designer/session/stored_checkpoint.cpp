#include "session/stored_checkpoint.h"

#include "session/counted.h"
#include "session/diagnostics.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

namespace burdock {
namespace {

using storage::CheckpointKind;
const QString weightsPart = QStringLiteral("weights");
const QString optimizerPart = QStringLiteral("optimizer");

void add(storage::CheckpointData& data, const QString& part, const std::vector<NamedTensor>& tensors) {
    for (const NamedTensor& tensor : tensors)
        data.tensors << storage::CheckpointData::Tensor{
            {part,
             QString::fromStdString(tensor.name),
             {tensor.dims.begin(), tensor.dims.end()},
             static_cast<qint64>(tensor.values.size() * sizeof(float))},
            reinterpret_cast<const char*>(tensor.values.data())};
}

/// The arrays of a part of a checkpoint, each read when it is asked for.
class PartOfCheckpoint final : public TensorSource {
  public:
    PartOfCheckpoint(storage::CheckpointReader& reader, const QString& part)
        : reader_(reader) {
        const auto& tensors = reader.tensors();
        for (qsizetype i = 0; i < tensors.size(); ++i) {
            if (tensors[i].part != part) continue;
            entries_.push_back(
                {tensors[i].name.toStdString(), {tensors[i].dims.begin(), tensors[i].dims.end()}});
            places_.push_back(i);
        }
    }
    const std::vector<Entry>& entries() const override { return entries_; }
    Result<std::vector<float>> read(std::size_t index) const override {
        const qsizetype place = places_[index];
        std::vector<float> values(static_cast<std::size_t>(reader_.tensors()[place].bytes) / sizeof(float));
        if (auto read = reader_.read(place, reinterpret_cast<char*>(values.data())); !read)
            return refuse(toDiagnostic(read.error()));
        return values;
    }

  private:
    storage::CheckpointReader& reader_;
    std::vector<Entry> entries_;
    std::vector<qsizetype> places_; ///< of the entries among the reader's tensors
};

/// Epochs that were told do not mean that their weights were kept: a program that is killed loses what it had
/// not yet written. One that has ended a run has written them.
Diagnostic noWeights(const storage::RunSummary& run) {
    const std::string told = counted(run.steps, "step") + " and " + counted(run.epochs, "epoch");
    if (run.missing.weights)
        return problem("run.weights", "The run's weights were deleted from the notebook.", placeOf(run),
                       "Restore the notebook from a backup, or train a new run.",
                       "It has ended with " + told + ", and had kept them.");
    const bool going = run.state == storage::RunState::Running;
    return problem("run.weights", "The run has kept no weights" + std::string(going ? " yet." : "."),
                   placeOf(run), going ? "Wait for the first ones." : "Train a new run.",
                   going ? "It has done " + told + "."
                         : "It ended before its first weights were written, with " + told +
                               " kept: what it had told beyond that was not kept yet.");
}

} // namespace

storage::CheckpointKind toStored(CheckpointRecord::Kind kind) {
    switch (kind) {
    case CheckpointRecord::Kind::Best:
        return CheckpointKind::Best;
    case CheckpointRecord::Kind::Last:
        return CheckpointKind::Last;
    case CheckpointRecord::Kind::Epoch:
        return CheckpointKind::Epoch;
    case CheckpointRecord::Kind::Manual:
        return CheckpointKind::Manual;
    }
    return CheckpointKind::Last;
}

Result<CheckpointChoice> checkpointOfEpoch(const storage::Notebook& notebook, storage::RunId run,
                                           std::int64_t epoch) {
    const auto infos = notebook.checkpoints(run);
    if (!infos) return refuse(toDiagnostic(infos.error()));
    // Of a Last one of the same epoch more steps may have been trained.
    const storage::CheckpointInfo* found = nullptr;
    std::set<qint64> epochs;
    for (const storage::CheckpointInfo& info : *infos) {
        if (info.damaged) continue;
        if (info.epoch == epoch && (!found || info.step < found->step)) found = &info;
        epochs.insert(info.epoch);
    }
    if (found) return CheckpointChoice(*found);
    std::string there;
    for (const qint64 one : epochs)
        there += (there.empty() ? "" : ", ") + std::to_string(one);
    return refuse(problem("run.checkpoint",
                          "The run has kept no weights of epoch " + std::to_string(epoch) + ".",
                          "Run " + std::to_string(run.value),
                          there.empty() ? "Choose a run that has kept weights."
                                        : "Choose one of the epochs that it has: " + there + "."));
}

std::shared_ptr<const storage::CheckpointData> toStore(const CheckpointRecord& record) {
    auto data = std::make_shared<storage::CheckpointData>();
    data->info = {{}, toStored(record.kind), record.epoch, record.step, 0, QDateTime::currentDateTimeUtc()};
    add(*data, weightsPart, record.weights->tensors);
    data->lastFollows = record.kind == CheckpointRecord::Kind::Best;
    if (record.state) {
        data->state = QByteArray::fromStdString(stateText(*record.state));
        add(*data, optimizerPart, record.state->optimizer);
    }
    data->owner =
        std::make_shared<std::pair<std::shared_ptr<const WeightSet>, std::shared_ptr<const TrainState>>>(
            record.weights, record.state);
    return data;
}

std::optional<storage::CheckpointInfo> bestWeights(const storage::RunSummary& run,
                                                   const QVector<storage::CheckpointInfo>& checkpoints) {
    const auto ofKind = [&](CheckpointKind kind) {
        return std::ranges::find(checkpoints, kind, &storage::CheckpointInfo::kind);
    };
    auto found = ofKind(CheckpointKind::Best);
    if (found == checkpoints.end() && !run.bestEpoch) found = ofKind(CheckpointKind::Last);
    return found != checkpoints.end() && !found->damaged ? std::optional(*found) : std::nullopt;
}

Diagnostic missingWeights(const storage::Notebook& notebook, storage::RunId id, CheckpointKind kind) {
    const auto run = notebook.run(id);
    if (!run) return toDiagnostic(run.error());
    const auto others = notebook.checkpoints(id);
    if (!others) return toDiagnostic(others.error());
    if (others->isEmpty()) return noWeights(*run);
    const bool going = run->state == storage::RunState::Running;
    const std::string best = run->bestEpoch ? " (epoch " + std::to_string(*run->bestEpoch) + ")" : "";
    return problem(
        "run.weights",
        kind == CheckpointKind::Best
            ? "The weights of the run's best epoch" + best + " are not in the notebook."
            : "The run's last weights are not in the notebook.",
        placeOf(*run),
        going ? "Wait until they are written."
              : "Choose others of the weights that the run has kept, with which a new run can begin, "
                "or restore the notebook from a backup.",
        going                  ? ""
        : run->missing.weights ? "Another program has deleted them."
                               : "Another program has deleted them, or its own was killed before "
                                 "it had written them.");
}

Result<std::unique_ptr<StoredWeights>>
StoredWeights::open(const storage::Notebook& notebook, storage::RunId run, const CheckpointChoice& choice) {
    auto reader = choice.id ? notebook.openCheckpoint(choice.id) : notebook.openCheckpoint(run, choice.kind);
    const auto isMissing = [&] {
        return !reader && !choice.id && reader.error().kind == storage::StorageError::Kind::NotFound;
    };
    if (isMissing() && choice.kind == CheckpointKind::Best) {
        const auto summary = notebook.run(run);
        if (summary && !summary->bestEpoch) reader = notebook.openCheckpoint(run, CheckpointKind::Last);
    }
    if (isMissing()) return refuse(missingWeights(notebook, run, choice.kind));
    if (!reader) return refuse(toDiagnostic(reader.error()));
    if ((*reader)->run() != run)
        return refuse(problem("run.checkpoint", "This checkpoint is another run's.",
                              "Run " + std::to_string(run.value), "Choose one that the run lists.",
                              "It was kept by run " + std::to_string((*reader)->run().value) + "."));
    return over(std::move(*reader));
}

Result<std::unique_ptr<StoredWeights>>
StoredWeights::over(std::unique_ptr<storage::CheckpointReader> reader) {
    std::unique_ptr<StoredWeights> stored(new StoredWeights);
    stored->reader_ = std::move(reader);
    if (stored->reader_->isOneFile()) {
        const auto bytes = stored->reader_->oldFile();
        if (!bytes) return refuse(toDiagnostic(bytes.error()));
        auto decoded = decodeCheckpoint(
            std::as_bytes(std::span(bytes->constData(), static_cast<std::size_t>(bytes->size()))));
        if (!decoded) return refuse(decoded.error());
        StoredCheckpoint& held = stored->oneFile_.emplace(std::move(*decoded));
        stored->weights_ = std::make_unique<TensorsInMemory>(held.weights);
        stored->optimizer_ =
            std::make_unique<TensorsInMemory>(held.state ? std::span<const NamedTensor>(held.state->optimizer)
                                                         : std::span<const NamedTensor>());
        return stored;
    }
    stored->weights_ = std::make_unique<PartOfCheckpoint>(*stored->reader_, weightsPart);
    stored->optimizer_ = std::make_unique<PartOfCheckpoint>(*stored->reader_, optimizerPart);
    return stored;
}

Result<WeightSet> StoredWeights::readAll() const {
    if (oneFile_) return oneFile_->weights;
    WeightSet weights;
    for (std::size_t i = 0; i < entries().size(); ++i) {
        auto values = read(i);
        if (!values) return refuse(values.error());
        weights.tensors.push_back({entries()[i].name, entries()[i].dims, std::move(*values)});
    }
    return weights;
}

Status StoredWeights::check(const std::function<bool()>& stopped) const {
    if (oneFile_) return {};
    if (const auto sound = reader_->check(std::numeric_limits<qint64>::max(), stopped); !sound)
        return refuse(toDiagnostic(sound.error()));
    return {};
}

Result<std::optional<TrainState>> StoredWeights::readState() const {
    if (oneFile_) return oneFile_->state;
    const QByteArray& text = reader_->state();
    if (text.isEmpty()) return std::optional<TrainState>();
    auto state = stateFromText({text.constData(), static_cast<std::size_t>(text.size())});
    if (!state) return refuse(state.error());
    return std::optional(std::move(*state));
}

} // namespace burdock
