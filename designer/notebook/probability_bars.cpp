#include "notebook/probability_bars.h"

#include "theme/elided_label.h"
#include "theme/theme.h"

#include <QPainter>

#include <algorithm>

namespace burdock {

ProbabilityBars::ProbabilityBars(QWidget* parent)
    : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void ProbabilityBars::setClasses(QList<ClassProbability> classes) {
    constexpr qsizetype most = 12;
    if (classes.size() > most) {
        std::stable_sort(classes.begin(), classes.end(),
                         [](const auto& a, const auto& b) { return a.probability > b.probability; });
        const auto right =
            std::find_if(classes.begin(), classes.end(), [](const auto& c) { return c.isTrue; });
        if (right != classes.end() && right - classes.begin() >= most) std::swap(*right, classes[most - 1]);
        classes.resize(most);
    }
    classes_ = std::move(classes);
    QStringList words;
    for (const ClassProbability& c : classes_)
        words << QStringLiteral("%1 %2%3").arg(c.name, humanPercent(c.probability),
                                               c.isTrue ? tr(" (true class)") : QString());
    setAccessibleName(tr("Class probabilities"));
    setAccessibleDescription(words.join(QStringLiteral(", ")));
    updateGeometry();
    update();
}

int ProbabilityBars::rowHeight() const {
    return fontMetrics().height() + Theme::instance().space(2);
}

QSize ProbabilityBars::sizeHint() const {
    return {360, rowHeight() * static_cast<int>(std::max<qsizetype>(1, classes_.size()))};
}

QSize ProbabilityBars::minimumSizeHint() const {
    return {240, sizeHint().height()};
}

void ProbabilityBars::paintEvent(QPaintEvent*) {
    if (classes_.isEmpty()) return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme& theme = Theme::instance();
    const int gap = theme.space(2);
    const int row = rowHeight();
    const auto best = std::max_element(classes_.begin(), classes_.end(), [](const auto& a, const auto& b) {
        return a.probability < b.probability;
    });
    int names = 0;
    for (const ClassProbability& c : classes_)
        names = std::max(names, wholeWidth(theme.font(QStringLiteral("strong")), c.name));
    names = std::min(names, width() / 3);
    const QFont figures = theme.font(QStringLiteral("mono"));
    const int percent = QFontMetrics(figures).horizontalAdvance(QStringLiteral("100.0 %"));
    const QString truth = tr("✓ true");
    const int truthWidth = QFontMetrics(theme.font(QStringLiteral("strong"))).horizontalAdvance(truth);
    const QRect bars(names + gap, 0, std::max(20, width() - names - percent - truthWidth - 4 * gap), 0);
    for (qsizetype i = 0; i < classes_.size(); ++i) {
        const ClassProbability& c = classes_[i];
        const bool answer = &c == &*best;
        const QRect line(0, static_cast<int>(i) * row, width(), row);
        painter.setFont(theme.font(answer || c.isTrue ? QStringLiteral("strong") : QStringLiteral("body")));
        painter.setPen(theme.color(answer || c.isTrue ? QStringLiteral("ink") : QStringLiteral("ink.soft")));
        painter.drawText(QRect(0, line.top(), names, row), Qt::AlignRight | Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(c.name, Qt::ElideRight, names));
        const QRectF groove(bars.left(), line.center().y() - 5, bars.width(), 10);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.color(QStringLiteral("line")));
        painter.drawRoundedRect(groove, 3, 3);
        const QString token = !answer    ? QStringLiteral("edge")
                              : c.isTrue ? QStringLiteral("good")
                                         : QStringLiteral("accent");
        painter.setBrush(theme.color(token));
        const double filled = groove.width() * std::clamp(c.probability, 0.0, 1.0);
        if (filled >= 1) painter.drawRoundedRect(QRectF(groove.topLeft(), QSizeF(filled, 10)), 3, 3);
        painter.setFont(figures);
        painter.setPen(theme.color(QStringLiteral("ink")));
        painter.drawText(QRect(bars.right() + gap, line.top(), percent, row),
                         Qt::AlignRight | Qt::AlignVCenter, humanPercent(c.probability));
        if (!c.isTrue) continue;
        painter.setFont(theme.font(QStringLiteral("strong")));
        painter.setPen(theme.color(QStringLiteral("good.text")));
        painter.drawText(QRect(bars.right() + 2 * gap + percent, line.top(), truthWidth + gap, row),
                         Qt::AlignLeft | Qt::AlignVCenter, truth);
    }
}

} // namespace burdock
