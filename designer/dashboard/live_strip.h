#pragma once

#include <QString>
#include <QWidget>

namespace burdock {

class RunQueue;

/// The live curves small, for the bottom of the Design place: loss, accuracy and the numbers of now.
class LiveStrip : public QWidget {
    Q_OBJECT
  public:
    explicit LiveStrip(RunQueue& queue, QWidget* parent = nullptr);
    ~LiveStrip() override;
    QSize sizeHint() const override { return {640, 132}; }
    /// The network that is being drawn: curves of another one's run are told to be an earlier run's.
    void setNetwork(const QString& name);

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace burdock
