#pragma once

#include <QDoubleSpinBox>

namespace burdock {

/// A number of any size, in as many digits as tell it: 1e-19 as well as 1700000000, with a point in every
/// locale; a comma that is typed is taken for one.
class NumberBox final : public QDoubleSpinBox {
    Q_OBJECT
  public:
    explicit NumberBox(QWidget* parent = nullptr);

    QString textFromValue(double value) const override;
    double valueFromText(const QString& text) const override;
    QValidator::State validate(QString& text, int& place) const override;
    /// Without what single steps leave in the last digits: 4.3 and 0.1 are 4.4.
    void stepBy(int steps) override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

  protected:
    void wheelEvent(QWheelEvent* event) override;
};

} // namespace burdock
