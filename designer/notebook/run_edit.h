#pragma once

#include "storage/notebook/records.h"

#include <QUndoCommand>
#include <QVariant>

#include <memory>

namespace burdock {

class RunsModel;

/// One change of a run as a step of the history: name, notes, tags, or into the bin and back. Notes typed in
/// a row (the same `series`) are one step.
class RunEdit : public QUndoCommand {
  public:
    enum class Field { Name, Notes, Tags, Binned };
    RunEdit(RunsModel& model, storage::RunId run, Field field, QVariant before, QVariant after,
            qint64 series = 0);

    storage::RunId run() const { return run_; }
    int id() const override;
    bool mergeWith(const QUndoCommand* other) override;
    void undo() override;
    void redo() override;

  private:
    void apply(const QVariant& value);

    RunsModel& model_;
    storage::RunId run_;
    Field field_;
    QVariant before_, after_;
    qint64 series_;
    std::shared_ptr<bool> refused_; ///< the notebook did not take the last change
};

} // namespace burdock
