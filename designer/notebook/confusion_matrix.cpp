#include "notebook/confusion_matrix.h"

#include "theme/contrast.h"
#include "theme/plain_text.h"
#include "theme/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

constexpr int leastLetters = 8; ///< pixels; smaller ones cannot be read
/// Of the width, for the names beside the rows.
constexpr double mostOfNames = 0.32;

/// With a share of `b` in it, 0 to 1.
QColor mixed(const QColor& a, const QColor& b, double share) {
    const auto at = [share](double from, double to) {
        return static_cast<float>(from + share * (to - from));
    };
    return QColor::fromRgbF(at(a.redF(), b.redF()), at(a.greenF(), b.greenF()), at(a.blueF(), b.blueF()));
}

QString countText(double count) {
    return QString::number(count, 'f', 0);
}

} // namespace

ConfusionMatrix::ConfusionMatrix(QWidget* parent)
    : QWidget(parent) {
    setAccessibleName(tr("Confusion matrix"));
    setMinimumSize(220, 200);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void ConfusionMatrix::setCounts(std::vector<double> counts, const QStringList& names) {
    const auto n = static_cast<std::size_t>(names.size());
    Q_ASSERT(counts.size() == n * n);
    names_ = names;
    counts_ = std::move(counts);
    rowSums_.assign(n, 0.0);
    for (std::size_t i = 0; i < counts_.size(); ++i)
        rowSums_[i / n] += counts_[i];
    atTruth_ = atPredicted_ = 0;
    setAccessibleDescription({});
    update();
}

double ConfusionMatrix::count(qsizetype truth, qsizetype predicted) const {
    return counts_[static_cast<std::size_t>(truth * names_.size() + predicted)];
}

QSize ConfusionMatrix::sizeHint() const {
    return {460, 420};
}

double ConfusionMatrix::labelWidth() const {
    const QFontMetricsF metrics(Theme::instance().font(QStringLiteral("caption")));
    double widest = 0;
    const bool numbered = isNumbered();
    for (qsizetype truth = 0; truth < names_.size(); ++truth)
        widest = std::max(widest, metrics.horizontalAdvance(rowLabel(truth, numbered)));
    return std::min(widest, width() * mostOfNames) + 8;
}

bool ConfusionMatrix::isNumbered() const {
    const QFontMetricsF metrics(Theme::instance().font(QStringLiteral("caption")));
    const double line = metrics.height();
    // The least that is left, however wide the rows' names are.
    const double side = std::min(width() * (1 - mostOfNames) - line - 14, height() - 2 * line - 10);
    const double cell = side / static_cast<double>(names_.size());
    return std::any_of(names_.begin(), names_.end(),
                       [&](const QString& name) { return metrics.horizontalAdvance(name) > cell - 4; });
}

QString ConfusionMatrix::rowLabel(qsizetype truth, bool numbered) const {
    return numbered ? tr("%1  %2", "a row of the matrix: class, number").arg(names_[truth]).arg(truth)
                    : names_[truth];
}

QRectF ConfusionMatrix::matrixRect() const {
    const double line = QFontMetricsF(Theme::instance().font(QStringLiteral("caption"))).height();
    const double left = labelWidth() + line + 4, bottom = 2 * line + 8;
    const double side = std::max(20.0, std::min<double>(width() - left - 2, height() - bottom - 2));
    return {left, 1, side, side};
}

QPointF ConfusionMatrix::cellCenter(qsizetype truth, qsizetype predicted) const {
    const QRectF matrix = matrixRect();
    const double cell = matrix.width() / static_cast<double>(names_.size());
    return matrix.topLeft() +
           QPointF((static_cast<double>(predicted) + 0.5) * cell, (static_cast<double>(truth) + 0.5) * cell);
}

std::optional<QFont> ConfusionMatrix::countFont() const {
    if (counts_.empty()) return std::nullopt;
    const double cell = matrixRect().width() / static_cast<double>(names_.size());
    const QString longest = countText(*std::max_element(counts_.begin(), counts_.end()));
    QFont font = Theme::instance().font(QStringLiteral("caption"));
    for (; font.pixelSize() >= leastLetters; font.setPixelSize(font.pixelSize() - 1)) {
        const QFontMetricsF metrics(font);
        if (metrics.horizontalAdvance(longest) + 2 <= cell && metrics.ascent() + 2 <= cell) return font;
    }
    return std::nullopt;
}

void ConfusionMatrix::paintEvent(QPaintEvent*) {
    if (names_.isEmpty()) return;
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    const QFont small = theme.font(QStringLiteral("caption"));
    const QFontMetricsF metrics(small);
    painter.setFont(small);
    const QRectF matrix = matrixRect();
    const auto n = names_.size();
    const double cell = matrix.width() / static_cast<double>(n);
    const QColor right = theme.color(QStringLiteral("accent")), wrong = theme.color(QStringLiteral("error")),
                 empty = theme.color(QStringLiteral("raised")), ink = theme.color(QStringLiteral("ink")),
                 onAccent = theme.color(QStringLiteral("on.accent"));
    const auto numbers = countFont();
    painter.setFont(numbers.value_or(small));
    for (qsizetype truth = 0; truth < n; ++truth)
        for (qsizetype predicted = 0; predicted < n; ++predicted) {
            const QRectF box(matrix.left() + static_cast<double>(predicted) * cell,
                             matrix.top() + static_cast<double>(truth) * cell, cell, cell);
            const double sum = rowSums_[static_cast<std::size_t>(truth)];
            const double share = sum > 0 ? count(truth, predicted) / sum : 0;
            // The root keeps rare mistakes visible beside the many right answers.
            const QColor fill = mixed(empty, truth == predicted ? right : wrong, std::sqrt(share));
            painter.fillRect(box.adjusted(0.5, 0.5, -0.5, -0.5), fill);
            if (!numbers || count(truth, predicted) == 0) continue;
            painter.setPen(contrast(ink, fill) > contrast(onAccent, fill) ? ink : onAccent);
            painter.drawText(box, Qt::AlignCenter, countText(count(truth, predicted)));
        }
    painter.setFont(small);
    painter.setPen(theme.color(QStringLiteral("line")));
    painter.drawRect(matrix);
    if (hasFocus()) {
        const QRectF box(matrix.left() + static_cast<double>(atPredicted_) * cell,
                         matrix.top() + static_cast<double>(atTruth_) * cell, cell, cell);
        // Two rings: the colour of the focus is that of the cells, and would not be seen on full ones.
        painter.setPen(QPen(ink, 2));
        painter.drawRect(box);
        painter.setPen(QPen(empty, 1));
        painter.drawRect(box.adjusted(1.5, 1.5, -1.5, -1.5));
    }

    painter.setPen(theme.color(QStringLiteral("ink.soft")));
    if (cell >= metrics.height() * 0.9) {
        const double room = labelWidth() - 6;
        const bool numbered = isNumbered();
        for (qsizetype i = 0; i < n; ++i) {
            const double middle = (static_cast<double>(i) + 0.5) * cell;
            painter.drawText(QRectF(matrix.left() - room - 6, matrix.top() + middle - metrics.height() / 2,
                                    room, metrics.height()),
                             Qt::AlignRight | Qt::AlignVCenter,
                             metrics.elidedText(rowLabel(i, numbered), Qt::ElideLeft, room));
            painter.drawText(
                QRectF(matrix.left() + middle - cell / 2, matrix.bottom() + 2, cell, metrics.height()),
                Qt::AlignCenter, numbered ? QString::number(i) : names_[i]);
        }
    }
    painter.drawText(
        QRectF(matrix.left(), matrix.bottom() + metrics.height() + 4, matrix.width(), metrics.height()),
        Qt::AlignCenter, tr("predicted class"));
    painter.save();
    painter.translate(0, matrix.center().y());
    painter.rotate(-90);
    painter.drawText(QRectF(-matrix.height() / 2, 0, matrix.height(), metrics.height()), Qt::AlignCenter,
                     tr("true class"));
    painter.restore();
}

QString ConfusionMatrix::describe(qsizetype truth, qsizetype predicted) const {
    const double sum = rowSums_[static_cast<std::size_t>(truth)];
    const QString share = humanPercent(sum > 0 ? count(truth, predicted) / sum : 0);
    return truth == predicted
               ? tr("%1 of %2 samples of “%3” are found (%4)")
                     .arg(exactCount(std::llround(count(truth, predicted))), exactCount(std::llround(sum)),
                          names_[truth], share)
               : tr("%1 of %2 samples of “%3” are taken for “%4” (%5)")
                     .arg(exactCount(std::llround(count(truth, predicted))), exactCount(std::llround(sum)),
                          names_[truth], names_[predicted], share);
}

void ConfusionMatrix::tellCell() {
    if (names_.isEmpty()) return;
    const QString words = describe(atTruth_, atPredicted_);
    setAccessibleDescription(words);
    const QPointF below(0, matrixRect().height() / static_cast<double>(names_.size()) / 2);
    QToolTip::showText(mapToGlobal((cellCenter(atTruth_, atPredicted_) + below).toPoint()), plainTip(words),
                       this);
    update();
}

void ConfusionMatrix::keyPressEvent(QKeyEvent* event) {
    const auto last = names_.size() - 1;
    const auto step = [&](qsizetype& at, qsizetype by) {
        at = std::clamp<qsizetype>(at + by, 0, std::max<qsizetype>(0, last));
        tellCell();
    };
    switch (event->key()) {
    case Qt::Key_Left:
        return step(atPredicted_, -1);
    case Qt::Key_Right:
        return step(atPredicted_, 1);
    case Qt::Key_Up:
        return step(atTruth_, -1);
    case Qt::Key_Down:
        return step(atTruth_, 1);
    case Qt::Key_Home:
        return step(atPredicted_, -last);
    case Qt::Key_End:
        return step(atPredicted_, last);
    default:
        QWidget::keyPressEvent(event);
    }
}

void ConfusionMatrix::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    if (event->reason() == Qt::MouseFocusReason) return update(); // whose tip the pointer gives
    tellCell();
}

void ConfusionMatrix::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    QToolTip::hideText();
    update();
}

bool ConfusionMatrix::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip || names_.isEmpty()) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const QRectF matrix = matrixRect();
    if (matrix.contains(help->pos())) {
        const QPointF at =
            (QPointF(help->pos()) - matrix.topLeft()) / matrix.width() * static_cast<double>(names_.size());
        const auto last = names_.size() - 1;
        QToolTip::showText(help->globalPos(),
                           plainTip(describe(std::min(static_cast<qsizetype>(at.y()), last),
                                             std::min(static_cast<qsizetype>(at.x()), last))),
                           this);
    } else {
        QToolTip::hideText();
    }
    return true;
}

} // namespace burdock
