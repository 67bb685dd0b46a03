#include "datapage/token_view.h"

#include "theme/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSpinBox>
#include <QTextCursor>
#include <QTextEdit>
#include <QVBoxLayout>

#include <algorithm>
#include <limits>
#include <string_view>

namespace burdock {

TokenView::TokenView(QWidget* parent)
    : QWidget(parent)
    , part_(new QComboBox(this))
    , index_(new QSpinBox(this))
    , facts_(new QLabel(this))
    , text_(new QTextEdit(this)) {
    setObjectName(QStringLiteral("tokenView"));
    part_->addItem(tr("Training"), int(Part::Train));
    part_->addItem(tr("Test"), int(Part::Test));
    part_->setAccessibleName(tr("Part of the data set"));
    index_->setAccessibleName(tr("Number of the sample"));
    index_->setGroupSeparatorShown(true);
    facts_->setProperty("role", "soft");
    text_->setReadOnly(true);
    text_->setAccessibleName(tr("The sample's tokens"));
    auto* label = new QLabel(tr("&Sample"), this);
    label->setBuddy(index_);
    auto* bar = new QHBoxLayout;
    bar->addWidget(part_);
    bar->addWidget(label);
    bar->addWidget(index_);
    bar->addWidget(facts_, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->addLayout(bar);
    layout->addWidget(text_, 1);
    connect(part_, &QComboBox::currentIndexChanged, this, [this] { setData(data_); });
    connect(index_, &QSpinBox::valueChanged, this, &TokenView::showSample);
    connect(&Theme::instance(), &Theme::changed, this, &TokenView::showSample);
}

void TokenView::setData(std::shared_ptr<const Dataset> data) {
    data_ = std::move(data);
    text_->clear();
    facts_->clear();
    if (!data_) return;
    part_->setVisible(data_->info().testSize > 0);
    const Part part = part_->isHidden() ? Part::Train : static_cast<Part>(part_->currentData().toInt());
    index_->setRange(
        1, static_cast<int>(std::clamp<std::int64_t>(data_->size(part), 1, std::numeric_limits<int>::max())));
    showSample();
}

void TokenView::showSample() {
    if (!data_ || !data_->tokenizer()) return;
    const Part part = part_->isHidden() ? Part::Train : static_cast<Part>(part_->currentData().toInt());
    if (data_->size(part) == 0) return text_->clear();
    const Tokenizer& tokenizer = *data_->tokenizer();
    std::vector<float> ids(static_cast<std::size_t>(data_->info().input.size()));
    data_->readInput(part, index_->value() - 1, ids.data());
    text_->clear();
    QTextCursor cursor(text_->document());
    const Theme& theme = Theme::instance();
    QTextCharFormat format;
    format.setFont(theme.font(QStringLiteral("mono")));
    format.setForeground(theme.color(QStringLiteral("ink")));
    bool even = false;
    for (const float id : ids) {
        even = !even; // neighbours are told apart
        const auto token = static_cast<std::int64_t>(id);
        format.setBackground(theme.color(even ? QStringLiteral("accent.soft") : QStringLiteral("good.soft")));
        format.setToolTip(tr("token %1").arg(exactCount(token)));
        const std::string_view bytes = tokenizer.text(token);
        QString shown = QString::fromStdString(tokenizer.name(token));
        if (bytes.find(' ') != std::string_view::npos)
            shown.replace(u'␣', u' '); // the ground shows how far it goes
        cursor.insertText(shown, format);
        if (bytes.ends_with('\n')) cursor.insertBlock();
    }
    facts_->setText(tr("%1 tokens, of a vocabulary of %2")
                        .arg(exactCount(std::ssize(ids)), exactCount(tokenizer.size())));
}

} // namespace burdock
