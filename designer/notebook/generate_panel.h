#pragma once

#include "session/run_evaluator.h"

#include <QStringDecoder>
#include <QWidget>

class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;

namespace burdock {

class ParamForm;

/// Has a run that was trained on a text write on from a prompt: the text appears as it is written.
class GeneratePanel : public QWidget {
    Q_OBJECT
  public:
    /// `evaluator` outlives the panel.
    explicit GeneratePanel(RunEvaluator& evaluator, QWidget* parent = nullptr);
    /// Stops what is being written and forgets the last text.
    void setRun(storage::RunId run);

    QLineEdit* promptField() const { return prompt_; }
    ParamForm& options() const { return *options_; }
    QPushButton* generateButton() const { return generate_; } ///< stops while a text is being written
    /// The prompt and what has been written on from it.
    QString text() const;

  private:
    void begin();
    void append(const QString& text, const QString& colorToken);
    void showState(const QString& message, const char* role = "soft");

    RunEvaluator& evaluator_;
    storage::RunId run_;
    QLineEdit* prompt_;
    ParamForm* options_;
    QPushButton* generate_;
    QLabel* message_;
    QPlainTextEdit* text_;
    QStringDecoder decoder_; ///< a character may begin in one piece and end in the next
    qint64 written_ = 0;     ///< characters
};

} // namespace burdock
