#pragma once

#include <QStringList>
#include <QWidget>

#include <vector>

namespace burdock {

/// How often each class was taken for each: one row a true class, one column a predicted one, the cell the
/// darker the larger its share of the row. The pointer on a cell tells it in words.
class ConfusionMatrix : public QWidget {
    Q_OBJECT
  public:
    explicit ConfusionMatrix(QWidget* parent = nullptr);

    /// `counts` row by row, names.size() squared of them; neither: nothing to show.
    void setCounts(std::vector<double> counts, const QStringList& names);
    qint64 classes() const { return names_.size(); }
    double count(qsizetype truth, qsizetype predicted) const;
    /// The middle of a cell, for the pointer.
    QPointF cellCenter(qsizetype truth, qsizetype predicted) const;

    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

  private:
    QRectF matrixRect() const;
    double labelWidth() const;
    /// A column's name has not the room that a row's has: where one does not fit, both bear numbers, and the
    /// rows their names as well.
    bool isNumbered() const;
    QString rowLabel(qsizetype truth, bool numbered) const;
    QString describe(qsizetype truth, qsizetype predicted) const;

    QStringList names_;
    std::vector<double> counts_, rowSums_;
};

} // namespace burdock
