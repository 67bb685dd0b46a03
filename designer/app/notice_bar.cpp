#include "app/notice_bar.h"

#include "theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QToolButton>

namespace burdock {

NoticeBar::NoticeBar(QWidget* parent)
    : QWidget(parent)
    , text_(new QLabel(this)) {
    text_->setTextFormat(Qt::PlainText); // what went wrong may name what others have named
    setObjectName(QStringLiteral("notice"));
    text_->setWordWrap(true);
    text_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* close = new QToolButton(this);
    close->setIcon(Theme::instance().icon(QStringLiteral("close")));
    close->setIconSize({14, 14});
    close->setAccessibleName(tr("Close this message"));
    close->setToolTip(tr("Close this message"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(14, 4, 8, 4);
    layout->addWidget(text_, 1);
    layout->addWidget(close);
    connect(close, &QToolButton::clicked, this, [this] {
        said_.clear();
        showLast();
    });
    hide();
}

void NoticeBar::say(const QString& text) {
    said_.removeAll(text);
    if (!text.isEmpty()) said_ << text;
    showLast();
}

void NoticeBar::withdraw(const QString& text) {
    if (said_.removeAll(text) > 0) showLast();
}

void NoticeBar::showLast() {
    if (!said_.isEmpty()) text_->setText(said_.last());
    setVisible(!said_.isEmpty());
}

QString NoticeBar::text() const {
    return isVisible() ? text_->text() : QString();
}

void NoticeBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), Theme::instance().color(QStringLiteral("warning.soft")));
    painter.fillRect(QRect(0, 0, 4, height()), Theme::instance().color(QStringLiteral("warning")));
}

} // namespace burdock
