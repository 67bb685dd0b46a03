#include "dashboard/chart_view.h"

#include "dashboard/curve_pen.h"
#include "theme/theme.h"

#include <QChart>
#include <QLegend>
#include <QMouseEvent>
#include <QPainter>
#include <QValueAxis>

#include <cmath>

namespace burdock {

ChartView::ChartView(QWidget* parent)
    : QChartView(parent)
    , xAxis_(new QValueAxis(this))
    , yAxis_(new QValueAxis(this)) {
    setFrameShape(QFrame::NoFrame);
    setRenderHint(QPainter::Antialiasing);
    setRubberBand(QChartView::NoRubberBand);
    setMouseTracking(true);
    setFocusPolicy(Qt::NoFocus);
    chart()->setBackgroundVisible(false);
    chart()->legend()->hide();
    chart()->setMargins({});
    chart()->setContentsMargins(0, 0, 0, 0);
    for (QValueAxis* axis : {xAxis_, yAxis_})
        axis->setVisible(false);
    chart()->addAxis(xAxis_, Qt::AlignBottom);
    chart()->addAxis(yAxis_, Qt::AlignLeft);
}

void ChartView::setAxes(Axis x, Axis y) {
    const auto narrow = [](QValueAxis* axis, const Range& r) {
        if (axis->min() != r.low || axis->max() != r.high) axis->setRange(r.low, r.high);
    };
    narrow(xAxis_, x.range);
    narrow(yAxis_, y.range);
    x_ = std::move(x);
    y_ = std::move(y);
    layOut();
    viewport()->update();
}

void ChartView::setEmptyText(const QString& text, bool empty) {
    emptyText_ = text;
    empty_ = empty;
    viewport()->update();
}

void ChartView::setCompact(bool compact) {
    compact_ = compact;
    layOut();
}

void ChartView::setChoosable(bool choosable) {
    choosable_ = choosable;
    viewport()->update();
}

QRectF ChartView::xNamePlace() const {
    if (empty_ || x_.name.isEmpty()) return {};
    const QFontMetricsF metrics(Theme::instance().font(QStringLiteral("caption")));
    const double width = metrics.horizontalAdvance(shownXName()) + 2, gap = Theme::instance().space(1);
    return {plot_.right() - width, plot_.bottom() + gap / 2, width, metrics.height()};
}

QString ChartView::shownXName() const {
    return choosable_ ? x_.name + QStringLiteral(" ▾") : x_.name;
}

void ChartView::layOut() {
    const QFontMetricsF metrics(Theme::instance().font(QStringLiteral("caption")));
    double labels = 0;
    for (const auto& [position, label] : y_.ticks)
        labels = std::max(labels, metrics.horizontalAdvance(label));
    const double gap = Theme::instance().space(1);
    // Steps of 8 px, so that the plot does not tremble while its labels change.
    const double left = std::ceil((labels + 2 * gap) / 8) * 8;
    const QRectF plot = QRectF(viewport()->rect())
                            .adjusted(left, metrics.height() * (y_.name.isEmpty() ? 0.5 : 1.5), -2 * gap,
                                      -metrics.height() - 1.5 * gap);
    if (plot == plot_) return;
    plot_ = plot;
    if (plot_.isValid()) chart()->setPlotArea(plot_);
}

double ChartView::toPixelX(double x) const {
    return plot_.left() + (x - x_.range.low) / x_.range.span() * plot_.width();
}
double ChartView::toPixelY(double y) const {
    return plot_.bottom() - (y - y_.range.low) / y_.range.span() * plot_.height();
}
double ChartView::toX(double pixel) const {
    return x_.range.low + (pixel - plot_.left()) / plot_.width() * x_.range.span();
}

void ChartView::drawBackground(QPainter* painter, const QRectF& rect) {
    const Theme& theme = Theme::instance();
    painter->fillRect(rect, theme.color(QStringLiteral("raised")));
    painter->setFont(theme.font(QStringLiteral("caption")));
    if (empty_) {
        painter->setPen(theme.color(QStringLiteral("ink.soft")));
        painter->drawText(QRectF(viewport()->rect()).adjusted(8, 8, -8, -8),
                          Qt::AlignCenter | Qt::TextWordWrap, emptyText_);
        return;
    }
    const QFontMetricsF metrics(painter->font());
    const double gap = theme.space(1);
    QColor faint = theme.color(QStringLiteral("line"));
    faint.setAlphaF(0.65F);
    const QPen grid(faint, 1);
    const QColor ink = theme.color(QStringLiteral("ink.soft"));
    painter->setRenderHint(QPainter::Antialiasing, false);
    for (const auto& [position, label] : y_.ticks) {
        const double y = std::round(toPixelY(position));
        painter->setPen(grid);
        painter->drawLine(QPointF(plot_.left(), y), QPointF(plot_.right(), y));
        painter->setPen(ink);
        painter->drawText(QRectF(0, y - metrics.height(), plot_.left() - gap, 2 * metrics.height()),
                          Qt::AlignRight | Qt::AlignVCenter, label);
    }
    const QRectF name = xNamePlace();
    if (!name.isEmpty()) {
        painter->setPen(ink);
        painter->drawText(name, Qt::AlignRight | Qt::AlignVCenter, shownXName());
    }
    if (!y_.name.isEmpty()) {
        painter->setPen(ink);
        painter->drawText(QRectF(gap, 0, viewport()->width() - gap, metrics.height()),
                          Qt::AlignLeft | Qt::AlignTop, y_.name);
    }
    double free = -1e9; // labels that would touch the one before, or the axis's name, are left out
    const double end = name.isEmpty() ? viewport()->width() : name.left() - 2 * gap;
    for (const auto& [position, label] : x_.ticks) {
        const double x = std::round(toPixelX(position));
        painter->setPen(grid);
        painter->drawLine(QPointF(x, plot_.top()), QPointF(x, plot_.bottom()));
        const double width = metrics.horizontalAdvance(label);
        const double from = std::clamp(x - width / 2, 0.0, std::max(0.0, viewport()->width() - width));
        if (from < free || from + width > end) continue;
        free = from + width + 2 * gap;
        painter->setPen(ink);
        painter->drawText(QPointF(from, plot_.bottom() + gap / 2 + metrics.ascent()), label);
    }
    painter->setPen(QPen(theme.color(QStringLiteral("line")), 1));
    painter->drawLine(plot_.bottomLeft(), plot_.bottomRight());
    painter->setRenderHint(QPainter::Antialiasing, true);
}

void ChartView::drawForeground(QPainter* painter, const QRectF&) {
    if (empty_ || !hovering_) return;
    const Theme& theme = Theme::instance();
    if (dragging_) {
        QColor band = theme.color(QStringLiteral("accent"));
        band.setAlpha(40);
        painter->fillRect(
            QRectF(QPointF(pressed_.x(), plot_.top()), QPointF(mouse_.x(), plot_.bottom())).normalized(),
            band);
        return;
    }
    if (!plot_.contains(mouse_) || !readings) return;
    double x = toX(mouse_.x());
    QString title;
    const QList<Reading> lines = readings(x, title);
    if (lines.isEmpty()) return;
    const double pixel = toPixelX(x);
    painter->setPen(QPen(theme.color(QStringLiteral("ink.soft")), 1, Qt::DotLine));
    painter->drawLine(QPointF(pixel, plot_.top()), QPointF(pixel, plot_.bottom()));
    painter->setPen(QPen(theme.color(QStringLiteral("raised")), 1.5));
    for (const Reading& line : lines)
        if (y_.range.contains(line.y)) {
            painter->setBrush(line.color);
            painter->drawEllipse(QPointF(pixel, toPixelY(line.y)), 4, 4);
        }
    drawBox(painter, pixel, title, lines);
}

void ChartView::drawBox(QPainter* painter, double x, const QString& title,
                        const QList<Reading>& lines) const {
    const Theme& theme = Theme::instance();
    painter->setFont(theme.font(QStringLiteral("caption")));
    const QFontMetricsF metrics(painter->font());
    const double gap = theme.space(2);
    const double row = metrics.height() + 2;
    double samples = 0, names = 0, values = 0;
    for (const Reading& line : lines) {
        samples = std::max(samples, curveSampleSize(line.dash).width() + gap / 2);
        names = std::max(names, metrics.horizontalAdvance(line.label));
        values = std::max(values, metrics.horizontalAdvance(line.value));
    }
    names = std::min(names, 220.0);
    const double width = std::max(metrics.horizontalAdvance(title), samples + names + gap + values) + 2 * gap;
    QRectF box(x + gap, 0, width, row * static_cast<double>(lines.size() + 1) + gap);
    box.moveTop(
        std::clamp(mouse_.y() - box.height() / 2, 0.0, std::max(0.0, viewport()->height() - box.height())));
    if (box.right() > viewport()->width()) box.moveRight(x - gap);
    QColor paper = theme.color(QStringLiteral("raised"));
    paper.setAlpha(240);
    painter->setPen(QPen(theme.color(QStringLiteral("line")), 1));
    painter->setBrush(paper);
    painter->drawRoundedRect(box, theme.radius(), theme.radius());
    QRectF at(box.left() + gap, box.top() + gap / 2, width - 2 * gap, row);
    painter->setPen(theme.color(QStringLiteral("ink.soft")));
    painter->drawText(at, Qt::AlignLeft | Qt::AlignVCenter, title);
    for (const Reading& line : lines) {
        at.translate(0, row);
        const double height = curveSampleSize(line.dash).height();
        drawCurveSample(*painter, {at.left(), at.center().y() - height / 2}, line.color, line.dash);
        painter->setPen(theme.color(QStringLiteral("ink")));
        painter->drawText(at.adjusted(samples, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
                          metrics.elidedText(line.label, Qt::ElideMiddle, names));
        painter->drawText(at, Qt::AlignRight | Qt::AlignVCenter, line.value);
    }
}

void ChartView::resizeEvent(QResizeEvent* event) {
    QChartView::resizeEvent(event);
    layOut();
}

void ChartView::mouseMoveEvent(QMouseEvent* event) {
    mouse_ = event->position();
    hovering_ = true;
    viewport()->setCursor(choosable_ && xNamePlace().contains(mouse_) ? Qt::PointingHandCursor
                                                                      : Qt::ArrowCursor);
    if ((event->buttons() & Qt::LeftButton) && std::abs(mouse_.x() - pressed_.x()) > 4) dragging_ = true;
    viewport()->update();
}

void ChartView::mousePressEvent(QMouseEvent* event) {
    mouse_ = pressed_ = event->position();
    hovering_ = true;
}

void ChartView::mouseReleaseEvent(QMouseEvent* event) {
    mouse_ = event->position();
    if (!dragging_ && choosable_ && event->button() == Qt::LeftButton && xNamePlace().contains(pressed_))
        return emit xNameClicked(viewport()->mapToGlobal(mouse_.toPoint()));
    if (!dragging_ || event->button() != Qt::LeftButton) return;
    dragging_ = false;
    const double a = toX(std::clamp(pressed_.x(), plot_.left(), plot_.right()));
    const double b = toX(std::clamp(mouse_.x(), plot_.left(), plot_.right()));
    if (a != b) emit zoomed({std::min(a, b), std::max(a, b)});
    viewport()->update();
}

void ChartView::mouseDoubleClickEvent(QMouseEvent*) {
    emit zoomReset();
}

void ChartView::leaveEvent(QEvent* event) {
    hovering_ = dragging_ = false;
    viewport()->update();
    QChartView::leaveEvent(event);
}

} // namespace burdock
