#include "datapage/findings_list.h"

#include "theme/theme.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace burdock {

FindingsList::FindingsList(QWidget* parent)
    : QWidget(parent)
    , layout_(new QVBoxLayout(this)) {
    setObjectName(QStringLiteral("findings"));
    layout_->setContentsMargins(0, 0, 0, 0);
    layout_->setSpacing(6);
}

void FindingsList::setFindings(const std::vector<Finding>& findings, const QString& state) {
    while (QLayoutItem* item = layout_->takeAt(0)) {
        if (item->widget()) item->widget()->deleteLater();
        delete item;
    }
    const auto add = [this](const QString& text, const char* role) {
        auto* label = new QLabel(text, this);
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        label->setProperty("role", role);
        layout_->addWidget(label);
    };
    if (findings.empty() && !state.isEmpty()) add(state, "soft");
    for (const Finding& finding : findings) {
        add(finding.text, "warning");
        if (finding.mend.isEmpty()) continue;
        if (finding.options.empty()) {
            add(finding.mend, "soft");
            continue;
        }
        auto* button = new QPushButton(Theme::instance().icon(QStringLiteral("fix")), finding.mend, this);
        connect(button, &QPushButton::clicked, this,
                [this, options = finding.options] { emit optionsWanted(options); });
        layout_->addWidget(button, 0, Qt::AlignLeft);
    }
}

} // namespace burdock
