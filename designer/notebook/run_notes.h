#pragma once

#include "storage/notebook/records.h"

#include <QTimer>
#include <QWidget>

class QLineEdit;
class QPlainTextEdit;

namespace burdock {

/// The words of a run that the user writes: tags and notes. What is typed is told after a short pause, and
/// before another run is shown; undo and redo are left to the place.
class RunNotes : public QWidget {
    Q_OBJECT
  public:
    explicit RunNotes(QWidget* parent = nullptr);
    void setRun(const storage::RunSummary& run);
    void commit(); ///< tells now what was typed
    QPlainTextEdit* notesField() const { return notes_; }
    QLineEdit* tagsField() const { return tags_; }

  signals:
    void notesEdited(burdock::storage::RunId run, const QString& notes);
    void tagsEdited(burdock::storage::RunId run, const QStringList& tags);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    QStringList typedTags() const;

    storage::RunId run_;
    QString keptNotes_;
    QStringList keptTags_;
    QLineEdit* tags_;
    QPlainTextEdit* notes_;
    QTimer pause_;
};

} // namespace burdock
