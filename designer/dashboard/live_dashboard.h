#pragma once

#include <QWidget>

namespace burdock {

class TrainingSession;
class CurveChart;

/// The run that is being trained: its numbers, and loss and accuracy as they move. Shows the last run when
/// none is going on, and says what to do when there was none.
class LiveDashboard : public QWidget {
    Q_OBJECT
  public:
    explicit LiveDashboard(TrainingSession& session, QWidget* parent = nullptr);
    ~LiveDashboard() override;

    CurveChart& lossChart() const;
    CurveChart& accuracyChart() const;
    /// How often the curves were drawn.
    int redraws() const;

  protected:
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace burdock
