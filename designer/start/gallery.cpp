#include "start/gallery.h"

#include "start/template_card.h"
#include "theme/theme.h"

#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cstdlib>

namespace burdock {
namespace {

constexpr int gap = 12, headingHeight = 26, groupGap = 22;

} // namespace

Gallery::Gallery(const DatasetCatalog& catalog, TrainingTimes& times, QWidget* parent)
    : QWidget(parent)
    , catalog_(catalog)
    , times_(times)
    , none_(new QWidget(this))
    , noneText_(new QLabel(none_)) {
    setObjectName(QStringLiteral("gallery"));
    setAccessibleName(tr("Templates"));
    // Not fixed: the height of the hint, which is of fewer columns than there may be, would be the least.
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    for (const TemplateGroup group : allTemplateGroups()) {
        const std::string_view label = templateGroupLabel(group);
        auto* heading = new QLabel(QString::fromUtf8(label.data(), qsizetype(label.size())), this);
        heading->setFont(Theme::instance().font(QStringLiteral("title")));
        headings_[group] = heading;
        for (const ModelTemplate& model : modelTemplates())
            if (model.group == group) addCard(model);
    }
    auto* again = new QPushButton(tr("Show all templates"), none_);
    again->setObjectName(QStringLiteral("clearSearch"));
    connect(again, &QPushButton::clicked, this, &Gallery::searchCleared);
    noneText_->setObjectName(QStringLiteral("nothingFound"));
    noneText_->setProperty("role", "soft");
    auto* column = new QVBoxLayout(none_);
    column->addWidget(noneText_, 0, Qt::AlignHCenter);
    column->addWidget(again, 0, Qt::AlignHCenter);
    connect(&times_, &TrainingTimes::changed, this, &Gallery::showWords);
    filter();
    showWords();
    workOutFacts();
}

void Gallery::addCard(const ModelTemplate& model) {
    auto* card = new TemplateCard(model, this);
    cards_.push_back(card);
    connect(card, &TemplateCard::clicked, this, [this, card] { emit openWanted(card->model().id); });
    connect(card, &TemplateCard::trainWanted, this, [this, card] { emit trainWanted(card->model().id); });
    connect(card, &TemplateCard::walked, this, [this, card](int key) { walk(*card, key); });
}

void Gallery::workOutFacts() {
    for (TemplateCard* card : cards_)
        worker_.post(
            card, [&model = card->model()]() -> Result<TemplateFacts> { return factsOf(model); },
            [this, card](Result<TemplateFacts> facts) {
                if (!facts) return;
                card->setFacts(std::move(*facts));
                card->setWords(wordsFor(card->model(), card->facts(), catalog_, times_));
                if (!search_.isEmpty()) filter(); // its layers are known now
            });
}

void Gallery::showWords() {
    for (TemplateCard* card : cards_)
        card->setWords(wordsFor(card->model(), card->facts(), catalog_, times_));
}

void Gallery::setSearch(const QString& text) {
    search_ = text.split(u' ', Qt::SkipEmptyParts);
    noneText_->setText(tr("No template has “%1” in its name, its text or its layers.").arg(text.trimmed()));
    filter();
}

void Gallery::filter() {
    std::map<TemplateGroup, bool> any;
    TemplateCard* first = nullptr;
    const QWidget* tabbed = nullptr; // the one that Tab leads to
    for (TemplateCard* card : cards_) {
        const bool found = card->matches(search_);
        card->setVisible(found);
        if (!found) continue;
        any[card->model().group] = true;
        if (!first) first = card;
        if (card->focusPolicy() == Qt::StrongFocus) tabbed = card;
    }
    for (const auto& [group, heading] : headings_)
        heading->setVisible(any[group]);
    none_->setVisible(!first);
    if (first && !tabbed) {
        for (TemplateCard* card : cards_)
            card->setFocusPolicy(Qt::ClickFocus);
        first->setFocusPolicy(Qt::StrongFocus);
    }
    updateGeometry();
    arrange(width(), true);
}

std::vector<TemplateCard*> Gallery::shown() const {
    std::vector<TemplateCard*> all;
    std::ranges::copy_if(cards_, std::back_inserter(all),
                         [](const TemplateCard* card) { return !card->isHidden(); });
    return all;
}

TemplateCard* Gallery::find(const std::string& templateId) const {
    const auto it =
        std::ranges::find_if(cards_, [&](const auto* card) { return card->model().id == templateId; });
    return it == cards_.end() ? nullptr : *it;
}

void Gallery::enter() {
    if (const auto all = shown(); !all.empty()) focusCard(*all.front());
}

void Gallery::focusCard(TemplateCard& card) {
    for (TemplateCard* other : cards_)
        other->setFocusPolicy(other == &card ? Qt::StrongFocus : Qt::ClickFocus);
    card.setFocus(Qt::OtherFocusReason);
    emit currentChanged(&card);
}

void Gallery::walk(TemplateCard& from, int key) {
    const auto all = shown();
    const auto at = std::ranges::find(all, &from);
    if (at == all.end()) return;
    if (key == Qt::Key_Home) return focusCard(*all.front());
    if (key == Qt::Key_End) return focusCard(*all.back());
    if (key == Qt::Key_Left || key == Qt::Key_Right) {
        if (key == Qt::Key_Left ? at != all.begin() : at + 1 != all.end())
            focusCard(**(key == Qt::Key_Left ? at - 1 : at + 1));
        return;
    }
    // The nearest row that way, and in it the card that stands nearest.
    const bool down = key == Qt::Key_Down;
    TemplateCard* best = nullptr;
    const auto farness = [&](const TemplateCard* card) {
        return std::pair(std::abs(card->y() - from.y()), std::abs(card->x() - from.x()));
    };
    for (TemplateCard* card : all)
        if ((down ? card->y() > from.y() : card->y() < from.y()) && (!best || farness(card) < farness(best)))
            best = card;
    if (best)
        focusCard(*best);
    else if (!down)
        emit leftAtTop();
}

int Gallery::arrange(int width, bool move) const {
    const int columns = std::max(1, (width + gap) / (TemplateCard::narrowest + gap));
    const int cardWidth = (width - (columns - 1) * gap) / columns;
    int y = 0;
    for (const TemplateGroup group : allTemplateGroups()) {
        QLabel* heading = headings_.at(group);
        if (heading->isHidden()) continue;
        if (move) heading->setGeometry(0, y, width, headingHeight);
        y += headingHeight + 6;
        int column = 0;
        for (TemplateCard* card : cards_) {
            if (card->model().group != group || card->isHidden()) continue;
            if (column == columns) {
                column = 0;
                y += TemplateCard::height + gap;
            }
            if (move) card->setGeometry(column * (cardWidth + gap), y, cardWidth, TemplateCard::height);
            ++column;
        }
        y += TemplateCard::height + groupGap;
    }
    if (!none_->isHidden()) {
        if (move) none_->setGeometry(0, y, width, none_->sizeHint().height());
        y += none_->sizeHint().height();
    }
    return y;
}

int Gallery::heightForWidth(int width) const {
    return arrange(width, false);
}

QSize Gallery::sizeHint() const {
    constexpr int usual = 3 * TemplateCard::narrowest + 2 * gap;
    return {usual, heightForWidth(usual)};
}

QSize Gallery::minimumSizeHint() const {
    return {TemplateCard::narrowest, TemplateCard::height};
}

void Gallery::resizeEvent(QResizeEvent*) {
    arrange(width(), true);
}

} // namespace burdock
