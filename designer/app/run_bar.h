#pragma once

#include <QTimer>
#include <QWidget>

class QAction;
class QLabel;
class QProgressBar;
class QToolButton;
class QPushButton;

namespace burdock {

class Workspace;

/// Train, Pause, Stop and how far the run is: at the top of the window, whichever place is shown.
class RunBar : public QWidget {
    Q_OBJECT
  public:
    explicit RunBar(Workspace& workspace, QWidget* parent = nullptr);

    QAction* trainAction() const { return train_; }
    QAction* pauseAction() const { return pause_; }
    QAction* stopAction() const { return stop_; }

  private:
    void onState();
    void onProblems();
    void showProgress();
    void showResult();

    Workspace& workspace_;
    QAction *train_, *pause_, *stop_;
    QPushButton* trainButton_;
    QToolButton *pauseButton_, *stopButton_;
    QLabel *phase_, *left_, *speed_;
    QProgressBar* bar_;
    QTimer poll_;
    QString result_;
};

} // namespace burdock
