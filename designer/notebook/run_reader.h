#pragma once

#include "dashboard/stored_curves.h"
#include "session/worker.h"

#include <QCache>
#include <QObject>
#include <QSet>

namespace burdock {

/// What a run's row does not tell: its curves and its kept weights.
struct RunRecord {
    storage::RunId id;
    QVector<storage::EpochRow> epochs;
    storage::StepCurves steps;
    QVector<storage::CheckpointInfo> checkpoints;
    QString problem; ///< why it could not be read
};

QList<SeriesCurve> curvesOf(const RunRecord& record);
/// What is damaged of a run; null: its record is not read yet.
QString damageOf(const storage::RunSummary& run, const RunRecord* record);

/// Reads records on a thread of its own and keeps the last ones.
class RunReader : public QObject {
    Q_OBJECT
  public:
    explicit RunReader(std::shared_ptr<storage::Notebook> notebook, QObject* parent = nullptr);
    /// The record if it is at hand; otherwise null, and read follows.
    std::shared_ptr<const RunRecord> get(storage::RunId id);
    /// Forgets what is kept of a run that has gone on.
    void outdate(storage::RunId id);

  signals:
    void read(const std::shared_ptr<const burdock::RunRecord>& record);

  private:
    std::shared_ptr<storage::Notebook> notebook_;
    QCache<qint64, std::shared_ptr<const RunRecord>> kept_{24};
    QSet<qint64> underWay_, again_;
    Worker worker_;
};

} // namespace burdock
