#include "inspector/fact_list.h"

#include "theme/plain_text.h"
#include "theme/theme.h"

#include <QGridLayout>
#include <QLabel>

namespace burdock {

FactList::FactList(QWidget* parent)
    : QWidget(parent)
    , grid_(new QGridLayout(this)) {
    grid_->setContentsMargins(0, 0, 0, 0);
    grid_->setHorizontalSpacing(8);
    grid_->setVerticalSpacing(4);
    grid_->setColumnStretch(1, 1);
}

void FactList::setFacts(const QVector<Fact>& facts) {
    if (facts == facts_) return;
    const bool sameRows = facts.size() == facts_.size();
    facts_ = facts;
    if (!sameRows)
        while (QLayoutItem* item = grid_->takeAt(0)) {
            delete item->widget();
            delete item;
        }
    for (int row = 0; row < facts.size(); ++row) {
        if (!sameRows) {
            auto* name = new QLabel(this);
            name->setProperty("role", "soft");
            auto* value = new QLabel(this);
            value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
            value->setWordWrap(true); // several shapes may be longer than the inspector is wide
            value->setTextInteractionFlags(Qt::TextSelectableByMouse);
            value->setFont(Theme::instance().font(QStringLiteral("mono")));
            grid_->addWidget(name, row, 0, Qt::AlignTop);
            grid_->addWidget(value, row, 1);
        }
        auto* name = static_cast<QLabel*>(grid_->itemAtPosition(row, 0)->widget());
        auto* value = static_cast<QLabel*>(grid_->itemAtPosition(row, 1)->widget());
        name->setText(facts[row].name);
        value->setText(facts[row].value);
        value->setAccessibleName(facts[row].name);
        name->setToolTip(plainTip(facts[row].tip));
        value->setToolTip(plainTip(facts[row].tip));
    }
}

} // namespace burdock
