#pragma once

#include "engine/graph/graph.h"
#include "notebook/run_columns.h"
#include "session/training_run.h"

#include <QWidget>

class QAction;
class QLabel;
class QLineEdit;
class QMenu;
class QPushButton;

namespace burdock {

/// The head of one run: colour, name, state, and what can be done with it.
class RunActions : public QWidget {
    Q_OBJECT
  public:
    explicit RunActions(QWidget* parent = nullptr);
    /// `whyNotBinned`: see RunsModel. `damaged`: whether damageOf() tells anything.
    void setRun(const RunRow& row, const QString& whyNotBinned, bool damaged);
    /// What training on can begin with; `whyNone`: why that is not known.
    void setCheckpoints(const QVector<storage::CheckpointInfo>& checkpoints, const QString& whyNone);
    void setEvaluating(double done); ///< 0..1, negative: not
    /// `data`: that they are missing is what the message tells, and they can be found.
    void setMessage(const QString& text, bool error, bool dataMissing = false);
    QLineEdit* nameField() const { return name_; }
    QPushButton* evaluateButton() const { return evaluate_; }
    QPushButton* deleteButton() const { return remove_; }

  signals:
    void renameWanted(burdock::storage::RunId run, const QString& name);
    void trainOnWanted(burdock::storage::RunId run, const burdock::CheckpointChoice& weights);
    void resumeWanted(burdock::storage::RunId run);
    void openWanted(burdock::storage::RunId run);
    void evaluateWanted(burdock::storage::RunId run);
    void cancelWanted();
    void findWanted(burdock::storage::RunId run); ///< its data, which are not where they were
    void deleteWanted();

  private:
    void enable();
    QString whyNotKept(storage::CheckpointKind kind) const;

    RunRow row_;
    QString whyNotBinned_;
    double evaluating_ = -1;
    QLabel *dot_, *state_, *message_;
    QLineEdit* name_;
    QMenu* weights_;
    QAction *best_, *last_, *resume_;
    QPushButton *trainOn_, *open_, *evaluate_, *remove_, *find_;
};

} // namespace burdock
