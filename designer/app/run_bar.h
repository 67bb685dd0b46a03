#pragma once

#include "storage/notebook/records.h"

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

class QAction;
class QLabel;
class QProgressBar;
class QToolButton;
class QPushButton;

namespace burdock {

class DataChip;
class LiveRuns;
class TrainingRun;
class Workspace;
struct FinishRecord;

/// Train, Pause, Stop and how far the run is: at the top of the window, whichever place is shown. Of several
/// runs it is about the one that is shown, and counts the others.
class RunBar : public QWidget {
    Q_OBJECT
  public:
    explicit RunBar(Workspace& workspace, QWidget* parent = nullptr);

    QAction* trainAction() const { return train_; }
    QAction* pauseAction() const { return pause_; }
    QAction* stopAction() const { return stop_; }
    QAction* keepAction() const { return keep_; } ///< of the weights as they are now
    DataChip& dataChip() { return *data_; }

  signals:
    /// The user wants to see the queue.
    void queueWanted();
    /// Something was done that is not seen.
    void told(const QString& text);

  private:
    TrainingRun* current() const; ///< the run that the bar is about; null: none is going on
    void onState();
    void onProblems();
    void showProgress();
    void showOthers();
    void tellResult(storage::RunId run, const FinishRecord& record);

    Workspace& workspace_;
    LiveRuns& runs_;
    QAction *train_, *pause_, *stop_, *keep_;
    QPushButton *trainButton_, *others_;
    QToolButton *pauseButton_, *stopButton_;
    QLabel *phase_, *left_, *speed_;
    QProgressBar* bar_;
    DataChip* data_;
    QTimer poll_;
    QElapsedTimer turned_;    ///< since Train became Queue, or Queue Train
    QElapsedTimer succeeded_; ///< since the bar is about this run and no longer about the one before
    const TrainingRun* last_ = nullptr; ///< that the bar was about; it may be gone
    QString result_;
    QString hindrance_; ///< why Train is grey, in few words; empty: it is not
};

} // namespace burdock
