#pragma once

#include <QWidget>

class QLabel;
class QProgressBar;
class QToolButton;

namespace burdock {

class ElidedLabel;
class RunQueue;
class TrainingRun;

/// One run of the queue in the list: what it is, how far it is, and what can be done with it.
class QueueRow : public QWidget {
    Q_OBJECT
  public:
    QueueRow(RunQueue& queue, TrainingRun& run, QWidget* parent = nullptr);

    TrainingRun& run() const { return run_; }
    void refresh();
    QString words() const; ///< all it says, for a reader of the screen

    struct Columns {
        int name = 0, state = 0; ///< their widths
    };
    Columns wanted() const; ///< in which both can be read whole
    /// What the widest of all rows wants: in every row they begin at the same places.
    void setColumns(const Columns& widest);

  signals:
    void resumeWanted(); ///< of a run that was stopped

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void place();
    QToolButton* button(const QString& name, const QString& icon, const QString& text,
                        void (QueueRow::*act)());
    void go(); ///< pause, resume, or let begin
    void stop();
    void earlier();
    void later();
    void remove();

    RunQueue& queue_;
    TrainingRun& run_;
    QLabel* mark_;
    ElidedLabel *name_, *state_;
    QProgressBar* bar_;
    QWidget *barPlace_, *buttons_;
    Columns widest_;
    QToolButton *go_, *stop_, *earlier_, *later_, *remove_;
    QString shownMark_, shownGo_;
};

} // namespace burdock
