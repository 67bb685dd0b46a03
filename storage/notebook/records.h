#pragma once

#include "storage/notebook/series.h"

#include <QByteArray>
#include <QDateTime>
#include <QString>
#include <QStringList>
#include <QVector>

#include <compare>
#include <memory>
#include <optional>

namespace burdock::storage {

/// Distinct integer types, so that a run's id is never taken for a model's.
template <class Tag>
struct RowId {
    qint64 value = 0;
    constexpr explicit operator bool() const { return value > 0; }
    friend constexpr auto operator<=>(RowId, RowId) = default;
};
using RunId = RowId<struct RunTag>;
using ModelId = RowId<struct ModelTag>;
using CheckpointId = RowId<struct CheckpointTag>;

enum class RunState { Running, Finished, Stopped, Failed, Interrupted };
QString runStateKey(RunState state); ///< "running"
std::optional<RunState> runStateFromKey(const QString& key);

/// Everything that is known when a run starts. JSON texts are opaque here.
struct RunStart {
    QString name;
    QString modelName;
    QByteArray graphJson;  ///< the exact architecture
    QByteArray configJson; ///< every hyperparameter
    QString datasetId;
    QString datasetTitle;
    QString datasetSha256;
    qint64 seed = 0;
    qint64 parameters = 0;
    qint64 stepsPerEpoch = 0;
    qint64 epochsPlanned = 0;
    QString programVersion;
    QString machine;             ///< processor, cores, system
    std::optional<RunId> parent; ///< the run its first weights came from
};

/// What a run must have, by what its row counts and how it has ended, and the notebook has not: another
/// program has deleted it.
struct MissingRows {
    qint64 epochs = 0, ofEpochs = 0;
    bool curves = false;  ///< parts of them, or all
    bool weights = false; ///< those of the best epoch, or the last

    explicit operator bool() const { return epochs > 0 || curves || weights; }
    QString text() const; ///< "2 of 5 epochs, parts of the curves, weights"
};

/// What was deleted of rows whose run or checkpoint another program had deleted.
struct RemovedOrphans {
    qint64 runs = 0; ///< whose rows they were
    qint64 rows = 0;
    qint64 bytes = 0; ///< of their values
};

struct RunSummary {
    RunId id;
    RunStart start;
    RunState state = RunState::Running;
    QDateTime startedAt; ///< UTC
    double seconds = 0;
    qint64 epochs = 0; ///< complete ones
    qint64 steps = 0;
    QVector<SeriesSummary> series;   ///< of the epochs; sorted by name
    std::optional<qint64> bestEpoch; ///< the last one that was told to be the best so far
    NamedValues atBest;              ///< of the best epoch; empty where it is damaged
    NamedValues test;                ///< one number a metric; empty: not measured
    QByteArray testMetrics;          ///< JSON, opaque: all of the test, lists and matrices too
    std::optional<double> samplesPerSecond;
    QString problem; ///< one line, of a failed run
    QString notes;
    QStringList tags;
    bool deleted = false; ///< in the bin: hidden, can be restored
    bool changed = false; ///< a value of this row was changed on the disk, or of its best epoch
    MissingRows missing;  ///< in lists of all runs, curves are counted roughly: Notebook::steps() tells
    bool damaged = false; ///< changed, or something is missing

    const SeriesSummary* find(QStringView name) const; ///< null: no epoch has told it
    // None where no epoch has told it.
    std::optional<double> last(QStringView name) const;
    std::optional<double> least(QStringView name) const;
    std::optional<double> greatest(QStringView name) const;
    std::optional<double> tested(QStringView name) const; ///< of the test
};

/// One epoch's measures. NaN stands for "not measured" and is not stored.
struct EpochRow {
    qint64 epoch = 0;
    qint64 step = 0; ///< the epoch's last
    NamedValues values;
    double samplesPerSecond = 0;
    double seconds = 0;   ///< since the start of the run
    bool best = false;    ///< the best so far, when it was told
    bool damaged = false; ///< changed on the disk, or missing: there are no values
};

/// Of Best and Last a run has one each, of the others any number.
enum class CheckpointKind {
    Best,
    Last,
    Epoch, ///< of every so many epochs
    Manual ///< asked for by hand
};
QString checkpointKindKey(CheckpointKind kind); ///< "best"
std::optional<CheckpointKind> checkpointKindFromKey(const QString& key);

struct CheckpointInfo {
    CheckpointId id;
    CheckpointKind kind = CheckpointKind::Last;
    qint64 epoch = 0;
    qint64 step = 0;
    qint64 bytes = 0;
    QDateTime savedAt;
    bool damaged = false; ///< what is said here may be wrong; the weights cannot be read
};

/// What a checkpoint holds under one name.
struct TensorInfo {
    QString part; ///< "weights" or "optimizer"
    QString name;
    QVector<qint64> dims; ///< row-major
    qint64 bytes = 0;     ///< of its values, little-endian float32

    friend bool operator==(const TensorInfo&, const TensorInfo&) = default;
};

/// A checkpoint on its way into the notebook. Nothing is copied: the values stay where they are until they
/// are written, and `owner` keeps them alive.
struct CheckpointData {
    struct Tensor {
        TensorInfo info;
        const char* values = nullptr;
    };
    CheckpointInfo info; ///< bytes and id are filled in
    QByteArray state;    ///< JSON, opaque; empty: weights alone
    QVector<Tensor> tensors;
    std::shared_ptr<const void> owner;
    /// Of Best ones: Last ones of the same step are told next. Both are seen from one moment on, so that a
    /// program that is killed in between has not lost the best weights of where its run then goes on from.
    bool lastFollows = false;
};

struct ModelRow {
    ModelId id;
    QString name;
    QByteArray graphJson;
    QByteArray settingsJson; ///< data and training form, opaque
    QDateTime changedAt;
    bool damaged = false;
};

struct SavedModel {
    ModelId id;
    QDateTime changedAt;
    bool apart = false; ///< others had changed the row, or deleted it: it stays, and this is one of its own
};

} // namespace burdock::storage
