#include "inspector/problem_cards.h"

#include "document/graph_document.h"
#include "inspector/problem_card.h"
#include "theme/focus_in_sight.h"
#include "theme/move_focus.h"

#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace burdock {

ProblemCards::ProblemCards(QScrollArea& form, QWidget* parent)
    : QScrollArea(parent)
    , form_(form)
    , page_(new QWidget)
    , cards_(new QVBoxLayout(page_)) {
    setObjectName(QStringLiteral("problemCards"));
    setAccessibleName(tr("Problems"));
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::NoFocus);
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    viewport()->setAutoFillBackground(false);
    page_->setAutoFillBackground(false);
    cards_->setContentsMargins(16, 6, 12, 10);
    cards_->setSpacing(6);
    setWidget(page_);
    parent->installEventFilter(this); // whose height says how high the cards may be
    new FocusInSight(form);           // whose room changes with theirs
    hide();
}

void ProblemCards::setProblems(const std::vector<Diagnostic>& problems) {
    if (sameProblems(problems, shown_)) return;
    shown_ = problems;
    const bool hadFocus = moveFocus(*page_, form_);
    while (QLayoutItem* item = cards_->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater(); // one of them may be the sender of the click that mended it
        delete item;
    }
    for (const Diagnostic& d : problems) {
        auto* card = new ProblemCard(d, page_);
        cards_->addWidget(card);
        card->show(); // a layout would show it later, and take it for no part until then
        connect(card, &ProblemCard::fixRequested, this, &ProblemCards::fixRequested);
    }
    setVisible(!problems.empty());
    if (problems.empty()) return;
    fit();
    if (!hadFocus) return;
    for (int i = 0; i < cards_->count(); ++i) // on to the next mend
        if (auto* fix = cards_->itemAt(i)->widget()->findChild<QPushButton*>(QStringLiteral("fix")))
            return fix->setFocus();
}

void ProblemCards::fit() {
    cards_->activate();
    const int whole = cards_->hasHeightForWidth() ? cards_->heightForWidth(viewport()->width())
                                                  : cards_->sizeHint().height();
    const int most = std::max(96, parentWidget() ? parentWidget()->height() * 2 / 5 : 0);
    const int height = std::min(whole, most);
    if (minimumHeight() == height && maximumHeight() == height) return;
    setFixedHeight(height);
}

void ProblemCards::resizeEvent(QResizeEvent* event) {
    QScrollArea::resizeEvent(event);
    if (!shown_.empty()) fit();
}

bool ProblemCards::eventFilter(QObject* watched, QEvent* event) {
    const bool taken = QScrollArea::eventFilter(watched, event);
    const bool concerns = watched == page_ ? event->type() == QEvent::LayoutRequest
                                           : watched == parent() && event->type() == QEvent::Resize;
    if (concerns && !shown_.empty()) fit();
    return taken;
}

} // namespace burdock
