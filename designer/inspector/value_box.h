#pragma once

#include "engine/schema/param_spec.h"

#include <QAbstractSpinBox>

class QLabel;

namespace burdock {

/// A field for one value of type Int, Real, Pair or Text: what is typed is read by parseParam at every key,
/// arrows step through sensible values. Unlike a spin box it lets everything be typed, so that a message can
/// say what is wrong with it.
class ValueBox : public QAbstractSpinBox {
    Q_OBJECT
  public:
    explicit ValueBox(ParamSpec spec, QWidget* parent = nullptr);

    /// Shows a value without emitting anything; the text stays if it already reads as this value.
    void setValue(const ParamValue& value);
    void setMixed(); ///< several nodes with several values
    void setText(const QString& text);
    QString text() const;

    QValidator::State validate(QString&, int&) const override { return QValidator::Acceptable; }
    void stepBy(int steps) override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {64, sizeHint().height()}; }

  signals:
    void typed(const QString& text); ///< by the user, at every key and step
    void left();                     ///< the focus went elsewhere
    void givenUp();                  ///< Esc: what was typed is not to be

  protected:
    StepEnabled stepEnabled() const override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void showUnit();

    ParamSpec spec_;
    bool touched_ = false;   ///< since it was entered, or its text was last taken or given up
    QLabel* unit_ = nullptr; ///< within the field, after the text
};

/// A value as it is typed: 0.0005, and 1e-7 where that would be all zeros.
QString typedText(const ParamValue& value);
/// The same, or the text that stands for the spec's default.
QString typedText(const ParamSpec& spec, const ParamValue& value);
/// The next value for an arrow: ±1 for whole numbers; for real ones 0.05 within 0..1, and else the series 1,
/// 2, 5, 10. Stays within the spec's range.
ParamValue steppedValue(const ParamSpec& spec, const ParamValue& value, int steps);

} // namespace burdock
