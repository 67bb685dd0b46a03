#pragma once

#include "storage/notebook/records.h"

#include <QUndoCommand>
#include <QVariant>

#include <memory>
#include <vector>

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
    /// A value that was given to the notebook, and whether it turned out not to take it, which may take time.
    struct Write {
        QVariant value;
        std::shared_ptr<bool> refused;
    };
    /// What the step came to: the last that was not refused; null if all were.
    const Write* last() const;
    void apply(const QVariant& value, const std::shared_ptr<bool>& refused);

    RunsModel& model_;
    storage::RunId run_;
    Field field_;
    QVariant before_;
    qint64 series_;
    std::vector<Write> writes_; ///< in their order
};

} // namespace burdock
