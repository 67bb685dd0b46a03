#pragma once

#include "session/training_request.h"

#include <QWidget>

class QUndoStack;

namespace burdock {

class CompareView;
class DatasetCatalog;
class RunDetails;
class RunQueue;
class RunsModel;
class RunsPanel;

/// The notebook: every run in a table, the chosen one in detail, several side by side.
class NotebookPlace : public QWidget {
    Q_OBJECT
  public:
    NotebookPlace(std::shared_ptr<storage::Notebook> notebook, RunQueue& queue, const DatasetCatalog& catalog,
                  QWidget* parent = nullptr);
    ~NotebookPlace() override;

    /// Names, notes, tags, deleted runs.
    QUndoStack* undoStack() const;
    /// Selects the run as soon as it is in the table.
    void showRun(storage::RunId run);

    RunsModel& model() const;
    RunsPanel& runs() const;
    RunDetails& details() const;
    CompareView& comparison() const;
    /// The data of a run have been moved to `place`: once they are found to be the same, what wanted them
    /// goes on. Refusals are told beside the run.
    void findData(storage::RunId run, const QString& place);

  signals:
    /// A new run from a kept run's weights; the place starts nothing itself.
    void trainRequested(const burdock::TrainingRequest& request);
    /// A kept run's network, data and settings, to be looked at and trained anew.
    void openOnCanvasRequested(const burdock::TrainingRequest& made);
    /// Something was done that is not seen in this place.
    void told(const QString& text);
    void noticed(const QString& text); ///< what was amiss with the notebook

  protected:
    void showEvent(QShowEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace burdock
