#pragma once

#include <QStringList>
#include <QWidget>

#include <optional>
#include <vector>

namespace burdock {

/// How often each class was taken for each: one row a true class, one column a predicted one, the cell the
/// darker the larger its share of the row. The counts stand in the cells as long as all of them can be read
/// there. The pointer on a cell, or the arrow keys, tell it in words.
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

    /// In what the counts stand in the cells; none where the cells are too small for it.
    std::optional<QFont> countFont() const;

    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool event(QEvent* event) override;

  private:
    QRectF matrixRect() const;
    double labelWidth() const;
    /// A column's name has not the room that a row's has: where one does not fit, both bear numbers, and the
    /// rows their names as well.
    bool isNumbered() const;
    QString rowLabel(qsizetype truth, bool numbered) const;
    QString describe(qsizetype truth, qsizetype predicted) const;
    void tellCell(); ///< that of the keyboard

    QStringList names_;
    std::vector<double> counts_, rowSums_;
    qsizetype atTruth_ = 0, atPredicted_ = 0; ///< the cell that the keyboard is at
};

} // namespace burdock
