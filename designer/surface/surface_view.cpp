#include "surface/surface_view.h"

#include "theme/theme.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

QColor token(const char* name) {
    return Theme::instance().color(QString::fromLatin1(name));
}

/// `pale`: its colour may be the paper's, so that its rim tells whether it is hollow.
void drawMarker(QPainter& painter, QPointF at, double radius, const QColor& color, bool hollow, bool wrong,
                bool pale) {
    const QColor paper = token("raised");
    if (wrong) radius += 0.7; // its colour stays in sight under the cross
    painter.setBrush(hollow && !pale ? paper : color);
    // A rim sets a sample apart from its own colour beneath it.
    if (pale)
        painter.setPen(hollow ? QPen(token("ink"), 1.6) : QPen(token("ink.faint"), 0.7));
    else
        painter.setPen(hollow ? QPen(color, 1.8) : QPen(paper, 1));
    painter.drawEllipse(at, radius, radius);
    if (!wrong) return;
    const double arm = radius + 0.6;
    painter.setPen(QPen(token("ink"), 1.5, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(at - QPointF(arm, arm), at + QPointF(arm, arm));
    painter.drawLine(at - QPointF(arm, -arm), at + QPointF(arm, -arm));
}

/// In as many digits as tell numbers of the range apart: 1700000300 beside 1700000310.
QString textWithin(double value, Range range) {
    const double largest = std::max(std::abs(range.low), std::abs(range.high));
    const auto power = [](double v) { return static_cast<int>(std::floor(std::log10(v))); };
    constexpr int hundredth = 2, most = 15;
    if (!(range.span() > 0) || power(largest) < power(range.span()) + hundredth) return humanNumber(value);
    const int places = std::clamp(hundredth - power(range.span()), 0, most);
    QString text = QString::number(value, 'f', places);
    if (places == 0) return text;
    while (text.endsWith(u'0'))
        text.chop(1);
    if (text.endsWith(u'.')) text.chop(1);
    return text;
}

} // namespace

SurfaceView::SurfaceView(QWidget* parent)
    : QWidget(parent)
    , colors_(SurfaceColors::ofTheme()) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(tr("Decision surface"));
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        colors_ = SurfaceColors::ofTheme();
        markers_.clear();
        if (drawn_) image_ = surfaceImage(drawn_->surface, colors_);
        update();
    });
}

void SurfaceView::setSurface(std::shared_ptr<const DrawnSurface> drawn) {
    const auto scene = [](const auto& of) { return of ? of->surface.scene : nullptr; };
    if (scene(drawn_) != scene(drawn)) markers_.clear(); // its samples may look otherwise
    drawn_ = std::move(drawn);
    image_ = drawn_ ? drawn_->image : QImage();
    if (drawn_) {
        const Surface& surface = drawn_->surface;
        scale_ = surface.scene->numbers ? surface.scene->targets(surface.choice.answer) : Range{};
    }
    layOut();
    update();
}

void SurfaceView::setEmptyText(const QString& text) {
    emptyText_ = text;
    update();
}

QString SurfaceView::valueText(double number) const {
    const double offset = drawn_->surface.scene->offset(drawn_->surface.choice.answer);
    return textWithin(number + offset, {scale_.low + offset, scale_.high + offset});
}

QString SurfaceView::yText(double value) const {
    const Surface& surface = drawn_->surface;
    return surface.isCurve() && surface.scene->numbers ? valueText(value) : textWithin(value, surface.y);
}

QList<double> SurfaceView::yTicks() const {
    return niceTicks(drawn_->surface.y, std::clamp(height() / 52, 2, 6));
}

void SurfaceView::layOut() {
    if (!drawn_) return;
    const Surface& surface = drawn_->surface;
    const QFontMetricsF metrics(Theme::instance().font(QStringLiteral("caption")));
    const double gap = Theme::instance().space(1);
    double labels = 0;
    for (const double v : yTicks())
        labels = std::max(labels, metrics.horizontalAdvance(yText(v)));
    double right = 2 * gap;
    if (!surface.isCurve() && surface.scene->numbers) {
        double widest = 0;
        for (const double v : niceTicks(scale_, 4))
            widest = std::max(widest, metrics.horizontalAdvance(valueText(v)));
        right = widest + 6 * gap;
    }
    const double top = metrics.height() + gap, bottom = metrics.height() + 2 * gap;
    plot_ = QRectF(labels + 2 * gap, top, width() - labels - 2 * gap - right, height() - top - bottom);
    if (plot_.width() < 1 || plot_.height() < 1) plot_.setSize({1, 1});
}

QPointF SurfaceView::toPixel(double x, double y) const {
    const Surface& surface = drawn_->surface;
    return {plot_.left() + (x - surface.x.low) / surface.x.span() * plot_.width(),
            plot_.bottom() - (y - surface.y.low) / surface.y.span() * plot_.height()};
}

void SurfaceView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Theme& theme = Theme::instance();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(token("line"), 1));
    painter.setBrush(token("raised"));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme.radius(), theme.radius());
    painter.setFont(theme.font(QStringLiteral("caption")));
    if (!drawn_) {
        painter.setPen(token("ink.soft"));
        painter.drawText(QRectF(rect()).adjusted(12, 12, -12, -12), Qt::AlignCenter | Qt::TextWordWrap,
                         emptyText_);
        return;
    }
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    if (!image_.isNull()) painter.drawImage(plot_, image_);
    drawAxes(painter);
    if (!drawn_->surface.isCurve() && drawn_->surface.scene->numbers) drawScale(painter);
    painter.save();
    painter.setClipRect(plot_.adjusted(-5, -5, 5, 5));
    drawPoints(painter);
    if (drawn_->surface.isCurve()) drawCurves(painter);
    painter.restore();
    drawReading(painter);
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(token("focus"), 1.5));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), theme.radius(), theme.radius());
    }
}

void SurfaceView::drawAxes(QPainter& painter) const {
    const Surface& surface = drawn_->surface;
    const QFontMetricsF metrics(painter.font());
    const double gap = Theme::instance().space(1);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(token("line"), 1));
    painter.drawRect(plot_);
    const auto& axes = surface.scene->axes;
    const QString xName = axes[static_cast<std::size_t>(surface.choice.x)].name;
    const QString yName =
        !surface.isCurve()       ? axes[static_cast<std::size_t>(surface.choice.y)].name
        : surface.scene->numbers ? surface.scene->answers.value(surface.choice.answer)
        : surface.width == 2
            ? tr("probability of %1").arg(surface.scene->classNames(surface.choice.answer).value(1))
            : tr("probability of each class");
    painter.setPen(token("ink.soft"));
    painter.drawText(QRectF(gap, 0, width() - 2 * gap, metrics.height() + gap / 2),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(yName, Qt::ElideMiddle, width() - 4 * gap));
    const double nameRoom = std::min(metrics.horizontalAdvance(xName), plot_.width() / 2);
    const QRectF below(plot_.left(), plot_.bottom() + gap / 2, plot_.width(), metrics.height() + gap);
    painter.drawText(below, Qt::AlignRight | Qt::AlignVCenter,
                     metrics.elidedText(xName, Qt::ElideMiddle, nameRoom));
    for (const double v : yTicks()) {
        const double at = std::round(toPixel(surface.x.low, v).y()) + 0.5;
        if (at < plot_.top() + metrics.height() / 2) continue; // the axis's name is there
        painter.setPen(QPen(token("line"), 1));
        painter.drawLine(QPointF(plot_.left() - gap, at), QPointF(plot_.left(), at));
        painter.setPen(token("ink.soft"));
        painter.drawText(QRectF(0, at - metrics.height(), plot_.left() - 1.5 * gap, 2 * metrics.height()),
                         Qt::AlignRight | Qt::AlignVCenter, yText(v));
    }
    double free = -1e9;
    for (const double v : niceTicks(surface.x, std::clamp(static_cast<int>(plot_.width()) / 60, 2, 7))) {
        const double at = std::round(toPixel(v, surface.y.low).x()) + 0.5;
        painter.setPen(QPen(token("line"), 1));
        painter.drawLine(QPointF(at, plot_.bottom()), QPointF(at, plot_.bottom() + gap));
        const QString label = textWithin(v, surface.x);
        const double size = metrics.horizontalAdvance(label), from = at - size / 2;
        if (from < free || from + size > plot_.right() - nameRoom - 2 * gap) continue;
        free = from + size + 2 * gap;
        painter.setPen(token("ink.soft"));
        painter.drawText(QRectF(from - gap, below.top(), size + 2 * gap, below.height()), Qt::AlignCenter,
                         label);
    }
}

void SurfaceView::drawCurves(QPainter& painter) const {
    const Surface& surface = drawn_->surface;
    painter.setBrush(Qt::NoBrush);
    // Of two classes the second says it all.
    for (int k = surface.width == 2 ? 1 : 0; k < surface.width; ++k) {
        QPolygonF line;
        for (int i = 0; i < surface.columns; ++i)
            if (const float v = surface.cell(i, 0)[static_cast<std::size_t>(k)]; std::isfinite(v))
                line << toPixel(surface.xOf(i), static_cast<double>(v));
        const QColor color = surface.scene->numbers ? token("accent") : colors_.ofClass(k);
        painter.setPen(QPen(token("raised"), 4.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolyline(line);
        painter.setPen(QPen(color, 2.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolyline(line);
    }
}

const QPixmap& SurfaceView::marker(const QColor& color, bool hollow, bool wrong) {
    constexpr int size = 18;
    const bool many = drawn_->surface.points.size() > 500;
    const quint64 key =
        (quint64{color.rgb()} << 3) | (hollow ? 1U : 0U) | (wrong ? 2U : 0U) | (many ? 4U : 0U);
    QPixmap& picture = markers_[key];
    if (picture.isNull() || picture.devicePixelRatio() != devicePixelRatioF()) {
        picture = QPixmap(QSize(size, size) * devicePixelRatioF());
        picture.setDevicePixelRatio(devicePixelRatioF());
        picture.fill(Qt::transparent);
        QPainter painter(&picture);
        painter.setRenderHint(QPainter::Antialiasing);
        const bool pale = drawn_->surface.scene->numbers && !drawn_->surface.isCurve();
        drawMarker(painter, {size / 2.0, size / 2.0}, many ? 2.8 : 3.8, color, hollow, wrong, pale);
    }
    return picture;
}

void SurfaceView::drawPoints(QPainter& painter) {
    const Surface& surface = drawn_->surface;
    const bool numbers = surface.scene->numbers;
    const QColor plain = token("ink.faint");
    // Those that are wrong lie above the others.
    for (const bool wrong : {false, true})
        for (const SurfacePoint& point : surface.points) {
            if (point.wrong != wrong) continue;
            const QColor color = !numbers ? colors_.ofClass(static_cast<int>(point.target))
                                 : surface.isCurve()
                                     ? plain
                                     : colors_.ofNumber(static_cast<double>(point.target), scale_);
            const QPixmap& picture = marker(color, point.validation, point.wrong);
            const double half = picture.width() / picture.devicePixelRatio() / 2;
            painter.drawPixmap(toPixel(point.x, point.y) - QPointF(half, half), picture);
        }
}

void SurfaceView::drawScale(QPainter& painter) const {
    const double gap = Theme::instance().space(1);
    const QRectF bar(plot_.right() + 2 * gap, plot_.top(), 2 * gap, plot_.height());
    constexpr int steps = 64;
    painter.setRenderHint(QPainter::Antialiasing, false);
    for (int i = 0; i < steps; ++i) {
        const auto value = static_cast<float>(scale_.low + scale_.span() * (i + 0.5) / steps);
        const double height = bar.height() / steps;
        painter.fillRect(QRectF(bar.left(), bar.bottom() - (i + 1) * height, bar.width(), height + 1),
                         colors_.ofCell({&value, 1}, true, scale_));
    }
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(token("line"), 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(bar);
    const QFontMetricsF metrics(painter.font());
    painter.setPen(token("ink.soft"));
    for (const double v : niceTicks(scale_, std::clamp(static_cast<int>(plot_.height()) / 60, 2, 4))) {
        const double at = bar.bottom() - (v - scale_.low) / scale_.span() * bar.height();
        painter.drawText(QRectF(bar.right() + gap, at - metrics.height(), width(), 2 * metrics.height()),
                         Qt::AlignLeft | Qt::AlignVCenter, valueText(v));
    }
    painter.drawText(QRectF(0, 0, width() - gap, metrics.height() + gap / 2),
                     Qt::AlignRight | Qt::AlignVCenter,
                     metrics.elidedText(drawn_->surface.scene->answers.value(drawn_->surface.choice.answer),
                                        Qt::ElideMiddle, width() / 2.0));
}

QStringList SurfaceView::reading(double x, double y) const {
    if (!drawn_) return {};
    const Surface& surface = drawn_->surface;
    const auto& axes = surface.scene->axes;
    const auto place = [&](int axis, double v, Range range) {
        return axes[static_cast<std::size_t>(axis)].name + QLatin1Char(' ') + textWithin(v, range);
    };
    QStringList lines{place(surface.choice.x, x, surface.x)};
    if (!surface.isCurve()) lines << place(surface.choice.y, y, surface.y);
    const std::span<const float> answer = surface.at(x, y);
    if (surface.scene->numbers) {
        const auto value = static_cast<double>(answer[0]);
        lines << surface.scene->answers.value(surface.choice.answer) + QLatin1Char(' ') +
                     (std::isfinite(value) ? valueText(value) : tr("no number"));
        return lines;
    }
    const int likeliest = classIn(answer);
    lines << (likeliest < 0
                  ? tr("no answer")
                  : tr("%1, %2").arg(
                        surface.scene->classNames(surface.choice.answer).value(likeliest),
                        humanPercent(static_cast<double>(answer[static_cast<std::size_t>(likeliest)]))));
    return lines;
}

QStringList SurfaceView::reading() const {
    return looked_ ? reading(looked_->x(), looked_->y()) : QStringList();
}

void SurfaceView::drawReading(QPainter& painter) const {
    const QStringList lines = reading();
    if (lines.isEmpty()) return;
    const Surface& surface = drawn_->surface;
    const QPointF at = toPixel(looked_->x(), looked_->y());
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(token("ink.soft"), 1, Qt::DotLine));
    painter.drawLine(QPointF(at.x(), plot_.top()), QPointF(at.x(), plot_.bottom()));
    if (!surface.isCurve()) painter.drawLine(QPointF(plot_.left(), at.y()), QPointF(plot_.right(), at.y()));
    const QFontMetricsF metrics(painter.font());
    const double gap = Theme::instance().space(2), row = metrics.height() + 2;
    double widest = 0;
    for (const QString& line : lines)
        widest = std::max(widest, metrics.horizontalAdvance(line));
    widest = std::min(widest, width() - 4 * gap);
    QRectF box(at.x() + gap, at.y() + gap, widest + 2 * gap, row * static_cast<double>(lines.size()) + gap);
    if (box.right() > width()) box.moveRight(std::max(box.width(), at.x() - gap));
    if (box.bottom() > height()) box.moveBottom(at.y() - gap);
    QColor paper = token("raised");
    paper.setAlpha(240);
    painter.setPen(QPen(token("line"), 1));
    painter.setBrush(paper);
    painter.drawRoundedRect(box, Theme::instance().radius(), Theme::instance().radius());
    QRectF text(box.left() + gap, box.top() + gap / 2, widest, row);
    for (qsizetype i = 0; i < lines.size(); ++i, text.translate(0, row)) {
        painter.setPen(token(i + 1 == lines.size() ? "ink" : "ink.soft"));
        painter.drawText(text, Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(lines[i], Qt::ElideMiddle, widest));
    }
}

void SurfaceView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    layOut();
}

void SurfaceView::mouseMoveEvent(QMouseEvent* event) {
    looked_.reset();
    if (drawn_ && plot_.contains(event->position())) {
        const Surface& surface = drawn_->surface;
        const QPointF inside = event->position() - plot_.topLeft();
        looked_ = QPointF(surface.x.low + inside.x() / plot_.width() * surface.x.span(),
                          surface.y.high - inside.y() / plot_.height() * surface.y.span());
    }
    update();
}

void SurfaceView::leaveEvent(QEvent* event) {
    looked_.reset();
    update();
    QWidget::leaveEvent(event);
}

void SurfaceView::focusOutEvent(QFocusEvent* event) {
    looked_.reset();
    update();
    QWidget::focusOutEvent(event);
}

void SurfaceView::keyPressEvent(QKeyEvent* event) {
    const int right = event->key() == Qt::Key_Right ? 1 : event->key() == Qt::Key_Left ? -1 : 0;
    const int up = event->key() == Qt::Key_Up ? 1 : event->key() == Qt::Key_Down ? -1 : 0;
    if (!drawn_ || (!right && !up)) return QWidget::keyPressEvent(event);
    const Surface& surface = drawn_->surface;
    constexpr double steps = 40;
    const QPointF from =
        looked_.value_or(QPointF((surface.x.low + surface.x.high) / 2, (surface.y.low + surface.y.high) / 2));
    looked_ = QPointF(std::clamp(from.x() + right * surface.x.span() / steps, surface.x.low, surface.x.high),
                      std::clamp(from.y() + up * surface.y.span() / steps, surface.y.low, surface.y.high));
    setAccessibleDescription(reading().join(QStringLiteral(", ")));
    update();
}

} // namespace burdock
