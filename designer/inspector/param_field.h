#pragma once

#include "engine/schema/param_spec.h"

#include <QWidget>

#include <functional>
#include <optional>

class QCheckBox;
class QComboBox;
class QToolButton;

namespace burdock {

class FieldMessage;
class ValueBox;

/// The label, editor, unit and message of one ParamSpec, whichever type it has.
class ParamField : public QWidget {
    Q_OBJECT
  public:
    explicit ParamField(ParamSpec spec, QWidget* parent = nullptr);

    const ParamSpec& spec() const { return spec_; }
    QWidget* editor() const;

    void setValue(const ParamValue& value); ///< emits nothing
    void setMixed();
    /// Of a choice, those that can be chosen now; what is chosen stays in the list.
    void offer(const std::function<bool(const std::string& key)>& possible);
    /// A problem found elsewhere, marked until the next call; empty text: none. What is wrong is told beside
    /// the form, and by the field's tooltip: nothing moves.
    void setProblem(const QString& text, bool isError = true);
    const QString& problem() const { return problem_; }
    bool hasInvalidText() const { return refused_.has_value(); }
    /// Why what is being typed is no value; none: it is one. Shown over what stands below the field, as long
    /// as that is being typed; the value is then that of before the typing.
    const std::optional<Diagnostic>& refused() const { return refused_; }
    QString typedMessage() const; ///< the same in words

  signals:
    /// The user gave a valid value, at every key.
    void edited(const burdock::ParamValue& value);
    /// What is typed turned into a valid value, or is none any more.
    void validityChanged();
    void left();

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void addChoice(const Choice& choice);
    void place();
    void onTyped(const QString& text);
    void give(const ParamValue& value);
    void showMessage();
    void showReset();
    void leave();
    void giveUp();
    void goBack();
    void endTyping();

    ParamSpec spec_;
    ParamValue value_;
    /// The value when the typing began that is going on; none where there were several.
    std::optional<ParamValue> before_;
    bool typing_ = false;
    bool mixed_ = false;
    std::optional<Diagnostic> refused_;
    bool below_ = false; ///< the choice stands below its label
    QString problem_;
    bool problemIsError_ = true;
    ValueBox* box_ = nullptr;
    QCheckBox* check_ = nullptr;
    QComboBox* combo_ = nullptr;
    QToolButton* reset_;
    FieldMessage* message_;
};

} // namespace burdock
