#include "notebook/run_notes.h"

#include "theme/theme.h"

#include <QEvent>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QVBoxLayout>

namespace burdock {

RunNotes::RunNotes(QWidget* parent)
    : QWidget(parent)
    , tags_(new QLineEdit)
    , notes_(new QPlainTextEdit) {
    auto* tagsLabel = new QLabel(tr("&Tags"));
    tagsLabel->setBuddy(tags_);
    auto* notesLabel = new QLabel(tr("&Notes"));
    notesLabel->setBuddy(notes_);
    tags_->setPlaceholderText(tr("Words, with commas between them"));
    tags_->setAccessibleName(tr("Tags"));
    notes_->setPlaceholderText(tr("What was this run for? What did it show?"));
    notes_->setAccessibleName(tr("Notes"));
    notes_->setTabChangesFocus(true);
    // The place's history has it all; two histories would undo each other.
    notes_->setUndoRedoEnabled(false);
    tags_->installEventFilter(this);
    notes_->installEventFilter(this);

    auto* column = new QVBoxLayout(this);
    column->setSpacing(Theme::instance().space(1));
    column->addWidget(tagsLabel);
    column->addWidget(tags_);
    column->addSpacing(Theme::instance().space(2));
    column->addWidget(notesLabel);
    column->addWidget(notes_, 1);

    pause_.setSingleShot(true);
    pause_.setInterval(600);
    connect(&pause_, &QTimer::timeout, this, &RunNotes::commit);
    connect(notes_, &QPlainTextEdit::textChanged, this, [this] { pause_.start(); });
    connect(tags_, &QLineEdit::editingFinished, this, &RunNotes::commit);
}

void RunNotes::setRun(const storage::RunSummary& run) {
    if (run.id != run_) commit();
    const bool same = run.id == run_;
    run_ = run.id;
    // What is being typed stays, unless the run's words changed elsewhere: by undo.
    if (!same || run.notes != keptNotes_) {
        const QSignalBlocker quiet(notes_);
        pause_.stop();
        if (notes_->toPlainText() != run.notes) {
            const int cursor = notes_->textCursor().position();
            notes_->setPlainText(run.notes);
            QTextCursor at = notes_->textCursor();
            at.setPosition(same ? std::min<int>(cursor, static_cast<int>(run.notes.size())) : 0);
            notes_->setTextCursor(at);
        }
    }
    if (!same || run.tags != keptTags_) tags_->setText(run.tags.join(QStringLiteral(", ")));
    keptNotes_ = run.notes;
    keptTags_ = run.tags;
}

QStringList RunNotes::typedTags() const {
    QStringList tags;
    for (const QString& word : tags_->text().split(QLatin1Char(','), Qt::SkipEmptyParts))
        if (const QString tag = word.simplified(); !tag.isEmpty() && !tags.contains(tag)) tags << tag;
    return tags;
}

void RunNotes::commit() {
    pause_.stop();
    if (!run_) return;
    if (const QString notes = notes_->toPlainText(); notes != keptNotes_) {
        keptNotes_ = notes;
        emit notesEdited(run_, notes);
    }
    if (const QStringList tags = typedTags(); tags != keptTags_) {
        keptTags_ = tags;
        emit tagsEdited(run_, tags);
    }
}

bool RunNotes::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::FocusOut) commit();
    if (event->type() == QEvent::ShortcutOverride) {
        auto* key = static_cast<QKeyEvent*>(event);
        if (key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo)) {
            commit();
            event->ignore(); // so that the place's own undo hears it
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace burdock
