#pragma once

#include <QList>
#include <QString>
#include <QWidget>

namespace burdock {

/// One class's share in an answer.
struct ClassProbability {
    QString name;
    double probability = 0;
    bool isTrue = false;
};

/// Class probabilities as bars: the answer stands out, the true class is marked by a word and a tick.
class ProbabilityBars : public QWidget {
    Q_OBJECT
  public:
    explicit ProbabilityBars(QWidget* parent = nullptr);
    /// Of more than twelve classes, the most probable and the true one are shown.
    void setClasses(QList<ClassProbability> classes);
    const QList<ClassProbability>& classes() const { return classes_; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    int rowHeight() const;
    QList<ClassProbability> classes_;
};

} // namespace burdock
