#include "notebook/generate_panel.h"

#include "inspector/param_form.h"
#include "theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>

namespace burdock {

GeneratePanel::GeneratePanel(RunEvaluator& evaluator, QWidget* parent)
    : QWidget(parent)
    , evaluator_(evaluator)
    , prompt_(new QLineEdit)
    , options_(new ParamForm)
    , generate_(new QPushButton(tr("Generate")))
    , message_(new QLabel)
    , text_(new QPlainTextEdit)
    , decoder_(QStringDecoder::Utf8) {
    const Theme& theme = Theme::instance();
    auto* promptLabel = new QLabel(tr("&Prompt"));
    promptLabel->setBuddy(prompt_);
    prompt_->setPlaceholderText(tr("A new line, if the text has any"));
    prompt_->setToolTip(tr("What the text begins with, in the words of the text it was trained on"));
    prompt_->setAccessibleName(tr("Prompt"));
    options_->setSpecs(GenerateOptions::table().specs());
    generate_->setProperty("primary", true);
    message_->setWordWrap(true);
    text_->setReadOnly(true);
    text_->setAccessibleName(tr("Generated text"));
    text_->setPlaceholderText(tr("Press Generate: the network writes on from the prompt, token by token."));

    auto* asked = new QWidget;
    auto* column = new QVBoxLayout(asked);
    column->setContentsMargins(0, 0, theme.space(2), 0);
    column->setSpacing(theme.space(2));
    column->addWidget(promptLabel);
    column->addWidget(prompt_);
    column->addWidget(options_);
    column->addWidget(generate_, 0, Qt::AlignLeft);
    column->addWidget(message_);
    column->addStretch(1);
    auto* scroll = new QScrollArea;
    scroll->setWidget(asked);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setMinimumWidth(280);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, theme.space(2), 0, 0);
    row->setSpacing(theme.space(4));
    row->addWidget(scroll, 1);
    row->addWidget(text_, 2);

    connect(prompt_, &QLineEdit::returnPressed, this, [this] {
        if (!evaluator_.isGenerating()) begin();
    });
    connect(generate_, &QPushButton::clicked, this, [this] {
        if (evaluator_.isGenerating())
            evaluator_.stopGenerating();
        else
            begin();
    });
    connect(&evaluator_, &RunEvaluator::written, this, [this](storage::RunId run, const QByteArray& bytes) {
        if (run != run_) return;
        const QString piece = decoder_(bytes);
        written_ += piece.size();
        append(piece, QStringLiteral("ink"));
        showState(tr("%1 characters…").arg(exactCount(written_)));
    });
    // The text of another run, stopped when this one was chosen, leaves only the button to be put right.
    connect(&evaluator_, &RunEvaluator::generated, this, [this](storage::RunId run) {
        showState(run == run_ ? tr("%1 characters").arg(exactCount(written_)) : QString());
    });
    connect(&evaluator_, &RunEvaluator::notGenerated, this,
            [this](storage::RunId run, const Diagnostic& why) {
                showState(run == run_ ? QString::fromStdString(oneLine(why)) : QString(), "error");
            });
    showState({});
}

void GeneratePanel::setRun(storage::RunId run) {
    if (run == run_) return;
    run_ = run;
    evaluator_.stopGenerating();
    text_->clear();
    showState({});
}

QString GeneratePanel::text() const {
    return text_->toPlainText();
}

void GeneratePanel::begin() {
    if (!run_) return;
    text_->clear();
    decoder_.resetState();
    written_ = 0;
    append(prompt_->text(), QStringLiteral("accent"));
    evaluator_.generate(run_, prompt_->text().toStdString(),
                        GenerateOptions::table().read(options_->values()));
    showState(tr("Loading the network…"));
}

void GeneratePanel::append(const QString& text, const QString& colorToken) {
    QScrollBar* bar = text_->verticalScrollBar();
    const bool follows = bar->value() == bar->maximum();
    QTextCursor end(text_->document());
    end.movePosition(QTextCursor::End);
    QTextCharFormat format;
    format.setForeground(Theme::instance().color(colorToken));
    end.insertText(text, format);
    if (follows) bar->setValue(bar->maximum()); // unless the reader has scrolled back
}

void GeneratePanel::showState(const QString& message, const char* role) {
    generate_->setText(evaluator_.isGenerating() ? tr("Stop") : tr("Generate"));
    setRole(*message_, role);
    message_->setText(message);
}

} // namespace burdock
