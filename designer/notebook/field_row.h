#pragma once

#include "session/field_texts.h"

#include <QWidget>

class QBoxLayout;
class QCheckBox;
class QComboBox;
class QDateTimeEdit;
class QLabel;
class QLineEdit;
class QSlider;

namespace burdock {

class NumberBox;

/// One field of a form: its name and range, and below them what suits it: a slider beside a number, a choice
/// of words, a date.
class FieldRow final : public QWidget {
    Q_OBJECT
  public:
    /// `mayBeMissing`: it can be said to have no value.
    FieldRow(const InputField& field, bool mayBeMissing, QWidget* parent = nullptr);

    /// Shows a text of the field, empty: missing, without a signal.
    void setText(const std::string& text);
    std::string text() const { return text_; }
    /// Marks the field as changed from the sample that the form began with.
    void setChanged(bool changed);

    QSlider* slider() const { return slider_; }
    NumberBox* box() const { return box_; }
    QComboBox* words() const { return words_; }
    QDateTimeEdit* date() const { return date_; }
    QCheckBox* missing() const { return missing_; }

  signals:
    void edited(); ///< by the user

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void makeNumber(QBoxLayout& line);
    void makeWords(QBoxLayout& line, bool mayBeMissing);
    void makeDate(QBoxLayout& line);
    void take(std::string text);
    void tellRange();
    double numberAt(int place) const;
    int placeOf(double number) const;

    InputField field_;
    FieldKind kind_;
    std::string text_;
    QLabel *name_, *range_;
    QCheckBox* missing_ = nullptr;
    QSlider* slider_ = nullptr;
    NumberBox* box_ = nullptr;
    QComboBox* words_ = nullptr;
    QDateTimeEdit* date_ = nullptr;
};

} // namespace burdock
