#include "start/template_card.h"

#include "theme/plain_text.h"
#include "theme/theme.h"

#include <QKeyEvent>
#include <QPainter>
#include <QTextLayout>
#include <QToolButton>

#include <algorithm>

namespace burdock {
namespace {

constexpr int inset = 12, pictureHeight = 94, lineHeight = 18, textTop = pictureHeight + 14;
constexpr int corner = 24; ///< of the Train button

QString plain(const std::string& words) {
    return QString::fromStdString(words);
}

/// As many lines as there are, the last one elided.
void drawLines(QPainter& p, const QRectF& box, const QString& words, int lines) {
    const QFontMetricsF metrics(p.font());
    QTextLayout layout(words, p.font());
    layout.beginLayout();
    for (int i = 0; i < lines; ++i) {
        QTextLine line = layout.createLine();
        if (!line.isValid()) break;
        line.setLineWidth(box.width());
        const double y = box.top() + i * metrics.lineSpacing();
        QString shown = words.mid(line.textStart(), line.textLength());
        if (i == lines - 1 && line.textStart() + line.textLength() < words.size())
            shown = metrics.elidedText(words.mid(line.textStart()), Qt::ElideRight, box.width());
        p.drawText(QPointF(box.left(), y + metrics.ascent()), shown);
    }
    layout.endLayout();
}

} // namespace

TemplateCard::TemplateCard(const ModelTemplate& model, QWidget* parent)
    : QAbstractButton(parent)
    , model_(model)
    , train_(new QToolButton(this)) {
    setObjectName(QStringLiteral("card.") + plain(model.id));
    setText(plain(model.title));
    setFocusPolicy(Qt::ClickFocus);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
    train_->setObjectName(QStringLiteral("train.") + plain(model.id));
    train_->setIcon(Theme::instance().icon(QStringLiteral("play"), QStringLiteral("accent")));
    train_->setFocusPolicy(Qt::NoFocus); // Ctrl+Enter does it from the card
    train_->setAutoRaise(true);
    train_->setFixedSize(corner, corner);
    train_->hide();
    connect(train_, &QToolButton::clicked, this, &TemplateCard::trainWanted);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
    setWords({});
}

void TemplateCard::setFacts(TemplateFacts facts) {
    facts_ = std::move(facts);
    update();
}

void TemplateCard::setWords(const TemplateWords& words) {
    words_ = words;
    train_->setVisible(!words.train.isEmpty());
    train_->setToolTip(plainTip(tr("%1 (Ctrl+Enter)").arg(words.train)));
    train_->setAccessibleName(QStringLiteral("%1: %2").arg(plain(model_.title), words.train));
    setAccessibleName(plain(model_.title));
    QStringList told{plain(model_.doc)};
    for (const QString& line : {words.needs, words.time, words.size})
        if (!line.isEmpty()) told << line;
    setAccessibleDescription(told.join(QStringLiteral(". ")));
    if (facts_ && !facts_->layers.isEmpty()) told << tr("Layers: %1").arg(facts_->layers);
    setToolTip(plainTip(told.join(u'\n')));
    update();
}

bool TemplateCard::matches(const QStringList& words) const {
    const std::string_view group = templateGroupLabel(model_.group);
    const QString all =
        QStringList{plain(model_.title), plain(model_.doc),
                    plain(model_.id),    QString::fromUtf8(group.data(), qsizetype(group.size())),
                    words_.needs,        facts_ ? facts_->layers : QString()}
            .join(u' ');
    return std::ranges::all_of(words,
                               [&](const QString& word) { return all.contains(word, Qt::CaseInsensitive); });
}

/// Ctrl+Enter means this network here, not the one on the canvas.
bool TemplateCard::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride)
        if (const auto* key = static_cast<QKeyEvent*>(event);
            (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) &&
            (key->modifiers() & Qt::ControlModifier)) {
            event->accept();
            return true;
        }
    return QAbstractButton::event(event);
}

void TemplateCard::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (event->modifiers() & Qt::ControlModifier) {
            if (!words_.train.isEmpty()) emit trainWanted();
        } else {
            click();
        }
        return;
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Up:
    case Qt::Key_Down:
    case Qt::Key_Home:
    case Qt::Key_End:
        emit walked(event->key());
        return;
    default:
        QAbstractButton::keyPressEvent(event);
    }
}

void TemplateCard::resizeEvent(QResizeEvent*) {
    train_->move(width() - corner - 7, QWidget::height() - corner - 7);
}

void TemplateCard::enterEvent(QEnterEvent*) {
    update();
}

void TemplateCard::leaveEvent(QEvent*) {
    update();
}

void TemplateCard::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    const QRectF frame = QRectF(rect()).adjusted(1, 1, -1, -1);
    const bool lit = underMouse() || isDown();
    p.setPen(QPen(theme.color(hasFocus() ? QStringLiteral("focus")
                              : lit      ? QStringLiteral("line.strong")
                                         : QStringLiteral("line")),
                  hasFocus() ? 2 : 1));
    p.setBrush(theme.color(isDown() ? QStringLiteral("hover") : QStringLiteral("raised")));
    p.drawRoundedRect(frame, theme.radius(), theme.radius());
    const QRectF ground(inset - 4, inset - 4, width() - 2 * inset + 8, pictureHeight);
    p.setPen(Qt::NoPen);
    p.setBrush(theme.color(QStringLiteral("surface")));
    p.drawRoundedRect(ground, theme.radius() - 2, theme.radius() - 2);
    if (facts_) paintNetwork(p, facts_->picture, ground.adjusted(10, 6, -10, -6));
    paintText(p);
}

void TemplateCard::paintText(QPainter& p) const {
    const Theme& theme = Theme::instance();
    const QRectF box(inset, textTop, width() - 2 * inset, QWidget::height() - textTop - inset);
    p.setFont(theme.font(QStringLiteral("strong")));
    p.setPen(theme.color(QStringLiteral("ink")));
    p.drawText(QRectF(box.left(), box.top(), box.width(), 20), Qt::AlignVCenter,
               p.fontMetrics().elidedText(QAbstractButton::text(), Qt::ElideRight, int(box.width())));
    p.setFont(theme.font(QStringLiteral("caption")));
    p.setPen(theme.color(QStringLiteral("ink.soft")));
    drawLines(p, QRectF(box.left(), box.top() + 23, box.width(), 3 * lineHeight), plain(model_.doc), 3);
    const int whole = int(box.width()), beside = whole - (train_->isHidden() ? 0 : corner);
    p.setPen(theme.color(QStringLiteral("ink")));
    paintLine(p, 3, QStringLiteral("dataset"), words_.needs, whole);
    paintLine(p, 2, QStringLiteral("clock"), words_.time, whole);
    paintLine(p, 1, QStringLiteral("layers"), words_.size, beside);
}

void TemplateCard::paintLine(QPainter& p, int row, const QString& icon, const QString& words,
                             int width) const {
    if (words.isEmpty()) return;
    const int top = QWidget::height() - inset + 3 - row * lineHeight;
    Theme::instance().icon(icon, QStringLiteral("ink.soft")).paint(&p, QRect(inset, top + 2, 13, 13));
    p.drawText(QRect(inset + 19, top, width - 19, lineHeight), Qt::AlignVCenter,
               p.fontMetrics().elidedText(words, Qt::ElideRight, width - 19));
}

} // namespace burdock
