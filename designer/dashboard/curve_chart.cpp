#include "dashboard/curve_chart.h"

#include "dashboard/chart_view.h"
#include "dashboard/curve_export.h"
#include "theme/theme.h"

#include <QCheckBox>
#include <QEvent>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineSeries>
#include <QMenu>
#include <QPainter>
#include <QScatterSeries>
#include <QSlider>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>
#include <QValueAxis>

#include <cmath>

namespace burdock {
namespace {

/// One curve: its values and the three series that draw it.
struct Curve {
    QString key;
    CurveStyle style;
    Points points;
    Points shown; ///< smoothed
    bool visible = true;
    bool stale = true; ///< `shown` and the series are older than points or smoothing
    QLineSeries* raw = nullptr;
    QLineSeries* line = nullptr;
    QScatterSeries* dots = nullptr;
    QToolButton* chip = nullptr;
};

QIcon chipIcon(const QColor& color, bool visible) {
    QPixmap pixmap(24, 24);
    pixmap.setDevicePixelRatio(2);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color, 2));
    painter.setBrush(visible ? QBrush(color) : Qt::NoBrush);
    painter.drawEllipse(QPointF(6, 6), 4, 4);
    return pixmap;
}

} // namespace

struct CurveChart::Impl {
    CurveChart& self;
    ChartView* view;
    QLabel* title;
    QWidget* header;
    QHBoxLayout* legend;
    QWidget* controls;
    QSlider* slider;
    QLabel* sliderLabel;
    QCheckBox* log;
    std::vector<std::unique_ptr<Curve>> curves;
    QString xName, yName;
    std::function<QString(double)> xFormat, yFormat;
    Range limits{-INFINITY, INFINITY};
    std::optional<Range> zoom;
    bool compact = false;
    bool restyle = true;
    QString emptyText;
    QTimer refreshSoon;

    explicit Impl(CurveChart& owner);
    Curve* find(const QString& key) const;
    double scaled(double y) const { return log->isChecked() ? std::log10(y) : y; }
    Range xRange() const;
    Range yRange(Range x) const;
    void refresh();
    void draw(Curve& curve, Range x);
    void style(Curve& curve) const;
    ChartView::Axis xTicks(Range x) const;
    ChartView::Axis yTicks(Range y) const;
    QList<Reading> read(double& x, QString& title) const;
    void later() {
        if (!refreshSoon.isActive()) refreshSoon.start();
    }
    void outdate() {
        for (auto& curve : curves)
            curve->stale = true;
        later();
    }
    QMenu* exportMenu();
};

CurveChart::Impl::Impl(CurveChart& owner)
    : self(owner)
    , view(new ChartView)
    , title(new QLabel)
    , header(new QWidget)
    , legend(new QHBoxLayout)
    , controls(new QWidget)
    , slider(new QSlider(Qt::Horizontal))
    , sliderLabel(new QLabel(CurveChart::tr("Smoothing")))
    , log(new QCheckBox(CurveChart::tr("Log scale")))
    , xFormat([](double v) { return exactCount(std::llround(v)); })
    , yFormat(humanNumber) {
    slider->setRange(0, 99);
    slider->setValue(80);
    slider->setMaximumWidth(96);
    slider->setAccessibleName(CurveChart::tr("Smoothing"));
    slider->setToolTip(CurveChart::tr("Smoothing: how much of the past each point averages"));
    log->setAccessibleName(CurveChart::tr("Logarithmic vertical axis"));

    auto* menu = new QToolButton;
    menu->setIcon(Theme::instance().icon(QStringLiteral("download"), QStringLiteral("ink.soft")));
    menu->setText(CurveChart::tr("Export"));
    menu->setToolTip(CurveChart::tr("Keep the picture or the values"));
    menu->setAccessibleName(CurveChart::tr("Export chart"));
    menu->setPopupMode(QToolButton::InstantPopup);
    menu->setAutoRaise(true);
    menu->setMenu(exportMenu());

    sliderLabel->setBuddy(slider);
    auto* controlRow = new QHBoxLayout(controls);
    controlRow->setContentsMargins(0, 0, 0, 0);
    controlRow->addWidget(sliderLabel);
    controlRow->addWidget(slider);
    controlRow->addWidget(log);
    controlRow->addWidget(menu);

    legend->setContentsMargins(0, 0, 0, 0);
    legend->setSpacing(Theme::instance().space(1));
    auto* top = new QHBoxLayout(header);
    top->setContentsMargins(0, 0, 0, 0);
    top->setSpacing(Theme::instance().space(3));
    top->addWidget(title);
    top->addLayout(legend);
    top->addStretch(1);
    top->addWidget(controls);

    auto* column = new QVBoxLayout(&owner);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(Theme::instance().space(1));
    column->addWidget(header);
    column->addWidget(view, 1);

    refreshSoon.setSingleShot(true);
    refreshSoon.setInterval(0);
    QObject::connect(&refreshSoon, &QTimer::timeout, &owner, [this] { refresh(); });
    QObject::connect(slider, &QSlider::valueChanged, &owner, [this](int value) {
        outdate();
        emit self.smoothingChanged(value / 100.0);
    });
    QObject::connect(log, &QCheckBox::toggled, &owner, [this](bool on) {
        outdate();
        emit self.logScaleChanged(on);
    });
    QObject::connect(view, &ChartView::zoomed, &owner, [this](Range x) {
        zoom = x;
        outdate();
    });
    QObject::connect(view, &ChartView::zoomReset, &owner, [this] {
        zoom.reset();
        outdate();
    });
    view->readings = [this](double& x, QString& text) { return read(x, text); };
}

QMenu* CurveChart::Impl::exportMenu() {
    auto* menu = new QMenu(&self);
    const auto ask = [this](const QString& filter, const QString& suffix, auto save) {
        auto* dialog = new QFileDialog(&self, CurveChart::tr("Export chart"), {}, filter);
        dialog->setAcceptMode(QFileDialog::AcceptSave);
        dialog->setDefaultSuffix(suffix);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        QObject::connect(dialog, &QFileDialog::fileSelected, &self, save);
        dialog->open();
    };
    menu->addAction(CurveChart::tr("Save picture…"), &self, [this, ask] {
        ask(CurveChart::tr("Pictures (*.png)"), QStringLiteral("png"),
            [this](const QString& path) { self.savePng(path); });
    });
    menu->addAction(CurveChart::tr("Save values…"), &self, [this, ask] {
        ask(CurveChart::tr("Tables (*.csv)"), QStringLiteral("csv"),
            [this](const QString& path) { self.saveCsv(path); });
    });
    menu->addAction(CurveChart::tr("Copy picture"), &self, [this] { copyPicture(*view); });
    return menu;
}

Curve* CurveChart::Impl::find(const QString& key) const {
    for (const auto& curve : curves)
        if (curve->key == key) return curve.get();
    return nullptr;
}

// What is drawn. --------------------------------------------------------------------------------------

Range CurveChart::Impl::xRange() const {
    if (zoom) return *zoom;
    Range r{INFINITY, -INFINITY};
    bool dots = false;
    for (const auto& curve : curves)
        if (curve->visible && !curve->points.isEmpty()) {
            r.low = std::min(r.low, curve->points.first().x());
            r.high = std::max(r.high, curve->points.last().x());
            dots = dots || curve->style.markers;
        }
    if (!(r.low <= r.high)) return {0, 1};
    if (r.low == r.high) return {r.low - 0.5, r.high + 0.5};
    // Room for half a dot at either end.
    if (dots) return {r.low - 0.012 * r.span(), r.high + 0.012 * r.span()};
    return r;
}

Range CurveChart::Impl::yRange(Range x) const {
    Range r{INFINITY, -INFINITY};
    for (const auto& curve : curves) {
        if (!curve->visible) continue;
        // The raw curve may run out of the picture, or a few outliers would flatten what matters.
        for (const QPointF& p : curve->line->points())
            if (x.contains(p.x())) {
                r.low = std::min(r.low, p.y());
                r.high = std::max(r.high, p.y());
            }
    }
    if (!(r.low <= r.high)) return log->isChecked() ? Range{-1, 0} : Range{0, 1};
    const double margin = r.span() > 0 ? 0.06 * r.span() : std::max(1e-6, std::abs(r.low) * 0.1);
    Range wide{r.low - margin, r.high + margin};
    if (!log->isChecked()) {
        wide.low = std::max(wide.low, std::min(r.low, limits.low));
        wide.high = std::min(wide.high, std::max(r.high, limits.high));
        if (wide.span() <= 0) wide.low = wide.high - 1;
    }
    return wide;
}

void CurveChart::Impl::style(Curve& curve) const {
    const bool smoothing = curve.style.smooth && slider->value() > 0;
    QPen pen(curve.style.color, compact ? 1.5 : 2);
    pen.setJoinStyle(Qt::RoundJoin);
    if (curve.style.dashed) pen.setStyle(Qt::DashLine);
    curve.line->setPen(pen);
    QColor faint = curve.style.color;
    faint.setAlphaF(0.22F);
    curve.raw->setPen(QPen(faint, 1));
    curve.raw->setVisible(curve.visible && smoothing);
    curve.line->setVisible(curve.visible);
    curve.dots->setVisible(curve.visible && curve.style.markers);
    curve.dots->setColor(curve.style.color);
    curve.dots->setBorderColor(Theme::instance().color(QStringLiteral("raised")));
    curve.dots->setMarkerSize(compact ? 6 : 8);
    if (curve.chip) {
        curve.chip->setText(curve.style.chip.isEmpty() ? curve.style.label : curve.style.chip);
        curve.chip->setToolTip(CurveChart::tr("Show or hide %1").arg(curve.style.label));
        curve.chip->setIcon(chipIcon(curve.style.color, curve.visible));
        curve.chip->setAccessibleName(CurveChart::tr("Show %1").arg(curve.style.label));
    }
}

void CurveChart::Impl::draw(Curve& curve, Range x) {
    const bool smoothing = curve.style.smooth && slider->value() > 0;
    curve.shown = smoothing ? smoothed(curve.points, slider->value() / 100.0) : curve.points;
    // Two points a pixel draw all that can be seen.
    const int buckets = std::clamp(view->width() / 2, 50, 500);
    const auto onScale = [this](Points points) {
        if (!log->isChecked()) return points;
        points.removeIf([](const QPointF& p) { return !(p.y() > 0); });
        for (QPointF& p : points)
            p.setY(std::log10(p.y()));
        return points;
    };
    const Points line = onScale(decimated(curve.shown, x, buckets));
    curve.line->replace(line);
    curve.dots->replace(curve.style.markers ? line : Points{});
    curve.raw->replace(smoothing ? onScale(decimated(curve.points, x, buckets)) : Points{});
    curve.stale = false;
}

void CurveChart::Impl::refresh() {
    const Range x = xRange();
    const bool moved = view->xAxis()->min() != x.low || view->xAxis()->max() != x.high;
    bool empty = true;
    bool smooth = false;
    for (auto& curve : curves) {
        smooth = smooth || curve->style.smooth;
        if (restyle) style(*curve);
        if (curve->visible && (curve->stale || moved)) draw(*curve, x);
        empty = empty && curve->points.isEmpty();
    }
    restyle = false;
    for (QWidget* control : {static_cast<QWidget*>(slider), static_cast<QWidget*>(sliderLabel)})
        control->setVisible(smooth);
    view->setEmptyText(emptyText, empty);
    view->setAxes(xTicks(x), yTicks(yRange(x)));
}

ChartView::Axis CurveChart::Impl::xTicks(Range x) const {
    ChartView::Axis axis{x, {}};
    QString last;
    for (const double v : niceTicks(x, std::clamp(view->width() / 90, 2, 8)))
        if (const QString label = xFormat(v); label != last) axis.ticks.append({v, last = label});
    return axis;
}

ChartView::Axis CurveChart::Impl::yTicks(Range y) const {
    ChartView::Axis axis{y, {}};
    const int count = std::clamp(view->height() / 44, 2, 6);
    if (log->isChecked()) {
        for (const double v : logTicks({std::pow(10, y.low), std::pow(10, y.high)}, count))
            if (v > 0) axis.ticks.append({std::log10(v), yFormat(v)});
    } else {
        for (const double v : niceTicks(y, count))
            axis.ticks.append({v, yFormat(v)});
    }
    return axis;
}

QList<Reading> CurveChart::Impl::read(double& x, QString& text) const {
    const QPointF* snap = nullptr;
    for (const auto& curve : curves)
        if (const QPointF* p = curve->visible ? nearest(curve->shown, x) : nullptr)
            if (!snap || std::abs(p->x() - x) < std::abs(snap->x() - x)) snap = p;
    if (!snap) return {};
    x = snap->x();
    text = xName + QLatin1Char(' ') + xFormat(x);
    QList<Reading> lines;
    for (const auto& curve : curves) {
        if (!curve->visible || curve->points.isEmpty()) continue;
        if (x < curve->points.first().x() || x > curve->points.last().x()) continue;
        const QPointF* p = nearest(curve->shown, x);
        if (!p) continue;
        lines.append({curve->style.label, yFormat(p->y()), curve->style.color, scaled(p->y())});
    }
    return lines;
}

// The widget. -----------------------------------------------------------------------------------------

CurveChart::CurveChart(QWidget* parent)
    : QWidget(parent)
    , impl_(new Impl(*this)) {
    setMinimumSize(160, 90);
    impl_->title->setFont(Theme::instance().font(QStringLiteral("strong")));
    impl_->emptyText = tr("Nothing to draw yet.");
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        impl_->restyle = true;
        impl_->later();
    });
    impl_->later();
}

CurveChart::~CurveChart() = default;

void CurveChart::setTitle(const QString& title) {
    impl_->title->setText(title);
    setAccessibleName(title);
}

void CurveChart::setAxes(const QString& x, const QString& y) {
    impl_->xName = x;
    impl_->yName = y;
    impl_->later();
}

void CurveChart::setFormat(std::function<QString(double)> x, std::function<QString(double)> y) {
    if (x) impl_->xFormat = std::move(x);
    if (y) impl_->yFormat = std::move(y);
    impl_->later();
}

void CurveChart::setLimits(double low, double high) {
    impl_->limits = {low, high};
    impl_->later();
}

void CurveChart::setEmptyText(const QString& text) {
    impl_->emptyText = text;
    impl_->later();
}

void CurveChart::setCompact(bool compact) {
    impl_->compact = compact;
    impl_->restyle = true;
    impl_->header->setVisible(!compact);
    impl_->view->setCompact(compact);
    impl_->later();
}

void CurveChart::setLegendBelow() {
    impl_->header->layout()->removeItem(impl_->legend);
    impl_->legend->setParent(nullptr);
    impl_->legend->addStretch(1);
    static_cast<QVBoxLayout*>(layout())->insertLayout(1, impl_->legend);
}

void CurveChart::setCurve(const QString& key, const CurveStyle& style, const Points& points) {
    Curve* curve = impl_->find(key);
    if (!curve) {
        curve = impl_->curves.emplace_back(std::make_unique<Curve>()).get();
        curve->key = key;
        QChart* chart = impl_->view->chart();
        curve->raw = new QLineSeries(chart);
        curve->line = new QLineSeries(chart);
        curve->dots = new QScatterSeries(chart);
        for (QXYSeries* series : {static_cast<QXYSeries*>(curve->raw), static_cast<QXYSeries*>(curve->line),
                                  static_cast<QXYSeries*>(curve->dots)}) {
            chart->addSeries(series);
            series->attachAxis(impl_->view->xAxis());
            series->attachAxis(impl_->view->yAxis());
        }
        curve->chip = new QToolButton;
        curve->chip->setAutoRaise(true);
        curve->chip->setCheckable(true);
        curve->chip->setChecked(true);
        curve->chip->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        curve->chip->setStyleSheet(QStringLiteral("QToolButton:checked { background: transparent; color: "
                                                  "palette(text); border-color: transparent; }"));
        curve->chip->setFont(Theme::instance().font(QStringLiteral("caption")));
        impl_->legend->insertWidget(static_cast<int>(impl_->curves.size()) - 1, curve->chip);
        connect(curve->chip, &QToolButton::toggled, this, [this, key](bool on) { setCurveVisible(key, on); });
        curve->style = style;
        impl_->style(*curve);
    } else if (curve->style.color != style.color || curve->style.label != style.label ||
               curve->style.smooth != style.smooth || curve->style.markers != style.markers ||
               curve->style.dashed != style.dashed) {
        curve->style = style;
        impl_->style(*curve);
    }
    curve->points = points;
    curve->stale = true;
    impl_->later();
}

void CurveChart::removeCurve(const QString& key) {
    std::erase_if(impl_->curves, [&](const std::unique_ptr<Curve>& curve) {
        if (curve->key != key) return false;
        for (QAbstractSeries* series :
             {static_cast<QAbstractSeries*>(curve->raw), static_cast<QAbstractSeries*>(curve->line),
              static_cast<QAbstractSeries*>(curve->dots)}) {
            impl_->view->chart()->removeSeries(series);
            delete series;
        }
        delete curve->chip;
        return true;
    });
    impl_->later();
}

void CurveChart::clear() {
    for (const QString& key : curveKeys())
        removeCurve(key);
    impl_->zoom.reset();
}

QStringList CurveChart::curveKeys() const {
    QStringList keys;
    for (const auto& curve : impl_->curves)
        keys << curve->key;
    return keys;
}

Points CurveChart::curve(const QString& key) const {
    const Curve* curve = impl_->find(key);
    return curve ? curve->points : Points{};
}

double CurveChart::smoothing() const {
    return impl_->slider->value() / 100.0;
}
void CurveChart::setSmoothing(double weight) {
    impl_->slider->setValue(static_cast<int>(std::lround(weight * 100)));
    impl_->restyle = true;
}
bool CurveChart::logScale() const {
    return impl_->log->isChecked();
}
void CurveChart::setLogScale(bool on) {
    impl_->log->setChecked(on);
}

void CurveChart::setCurveVisible(const QString& key, bool visible) {
    Curve* curve = impl_->find(key);
    if (!curve || curve->visible == visible) return;
    curve->visible = visible;
    curve->chip->setChecked(visible);
    impl_->style(*curve);
    impl_->outdate();
}

bool CurveChart::isCurveVisible(const QString& key) const {
    const Curve* curve = impl_->find(key);
    return curve && curve->visible;
}

Range CurveChart::shownX() const {
    return {impl_->view->xAxis()->min(), impl_->view->xAxis()->max()};
}

Points CurveChart::drawnPoints(const QString& key) const {
    const Curve* curve = impl_->find(key);
    return curve ? curve->line->points() : Points{};
}

bool CurveChart::savePng(const QString& path) {
    return savePicture(*this, path);
}

bool CurveChart::saveCsv(const QString& path) const {
    QList<std::pair<QString, Points>> columns;
    for (const auto& curve : impl_->curves)
        columns.append({curve->style.label, curve->points});
    return saveCurves(path, impl_->xName, columns);
}

void CurveChart::changeEvent(QEvent* event) {
    if (event->type() == QEvent::FontChange) impl_->later();
    QWidget::changeEvent(event);
}

void CurveChart::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    impl_->outdate();
}

} // namespace burdock
