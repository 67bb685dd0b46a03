#pragma once

#include "session/run_evaluator.h"

#include <QWidget>

#include <map>

class QLabel;
class QLineEdit;
class QPushButton;
class QScrollArea;

namespace burdock {

class FieldRow;

/// A sample as a form: what each of its fields is, to be changed by hand. It begins with a sample of the data
/// or with typical values. Of any number of fields only those are made that have been in sight.
class FeatureForm final : public QWidget {
    Q_OBJECT
  public:
    explicit FeatureForm(QWidget* parent = nullptr);

    /// `mayBeMissing`: whether a field can be said to have no value.
    void setFields(std::vector<InputField> fields, bool mayBeMissing);
    bool isEmpty() const { return fields_.empty(); }
    /// Shows a sample: its texts, and the inputs that they were read from.
    void setSample(std::vector<std::string> texts, std::vector<float> input);
    /// What the network is to be asked.
    HandMadeSample sample() const;
    /// How many fields differ from what the form began with: a sample, or typical values.
    std::size_t changes() const;
    bool isTypical() const { return isTypical_; }
    void setMessage(const QString& why); ///< of a value that is none

    /// The row of a field; null where it has not been in sight.
    FieldRow* row(std::size_t field) const;
    QLineEdit* filter() const { return filter_; }
    /// Below the form, unless they are placed elsewhere: backButton() and typicalButton().
    QWidget* buttons() const { return buttons_; }
    QPushButton* backButton() const { return back_; }
    QPushButton* typicalButton() const { return typical_; }

  signals:
    void edited(); ///< by the user: another sample is to be asked about

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void filterFields();
    void makeRowsInSight();
    FieldRow& makeRow(std::size_t field);
    void placeRows();
    void showTexts(std::vector<std::string> texts);
    void tell();
    bool isChanged(std::size_t field) const {
        return texts_[field] != (isTypical_ ? fields_[field].typical : begun_[field]);
    }

    std::vector<InputField> fields_;
    std::vector<std::string> texts_, begun_; ///< by field: as they are, and of the sample
    std::vector<float> input_;
    std::vector<std::size_t> listed_; ///< fields that the filter lets through
    std::map<std::size_t, FieldRow*> rows_;
    bool mayBeMissing_ = false, isTypical_ = false;
    int rowHeight_ = 0;
    QLineEdit* filter_;
    QPushButton *back_, *typical_;
    QLabel *message_, *none_;
    QScrollArea* scroll_;
    QWidget *body_, *buttons_;
};

} // namespace burdock
