#pragma once

#include "engine/schema/diagnostic.h"

#include <QScrollArea>

class QVBoxLayout;

namespace burdock {

/// What is wrong with what a form edits, a card each, on a strip of its own below the form: it comes and goes
/// without moving a field that the pointer or the eye is on. Takes no room while there is nothing to say.
class ProblemCards : public QScrollArea {
    Q_OBJECT
  public:
    /// `form` lies above it: what has the focus there stays in sight.
    ProblemCards(QScrollArea& form, QWidget* parent);
    void setProblems(const std::vector<Diagnostic>& problems);

  signals:
    void fixRequested(const burdock::Fix& fix);

  protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void fit();

    QScrollArea& form_;
    std::vector<Diagnostic> shown_;
    QWidget* page_;
    QVBoxLayout* cards_;
};

} // namespace burdock
