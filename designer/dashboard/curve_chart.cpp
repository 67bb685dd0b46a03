#include "dashboard/curve_chart.h"

#include "dashboard/curve_export.h"
#include "dashboard/curve_pen.h"
#include "dashboard/curve_plot.h"
#include "dashboard/flow_layout.h"
#include "theme/plain_text.h"
#include "theme/theme.h"

#include <QActionGroup>
#include <QCheckBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QHash>
#include <QLabel>
#include <QLineSeries>
#include <QMenu>
#include <QSlider>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>
#include <QValueAxis>

#include <cmath>

namespace burdock {
/// The header around the plot: title, legend and controls.
struct CurveChart::Impl {
    CurveChart& self;
    ChartView* view;
    CurvePlot plot;
    QLabel* title;
    QWidget* header;
    QWidget* legend;
    FlowLayout* chipRow;
    QWidget* controls;
    QSlider* slider;
    QLabel* sliderLabel;
    QCheckBox* log;
    QHash<QString, QToolButton*> chips;
    int roomy = 0;            ///< between the controls, where there is room
    bool fitted = false;      ///< the header shows what there is room for
    bool ownRow = false;      ///< the legend stands below the header
    bool alwaysBelow = false; ///< it does so whatever room there is
    QTimer refreshSoon;

    explicit Impl(CurveChart& owner);
    QToolButton* addChip(const QString& key);
    void restyle(CurvePlot::Curve& curve);
    void putLegend(bool below);
    void showLegend();
    int headerWidth() const;
    void fitHeader();
    void refresh();
    void later() {
        if (!refreshSoon.isActive()) refreshSoon.start();
    }
    void outdate() {
        plot.outdate();
        later();
    }
    void nameAxes();

    QStringList xChoices;
    QActionGroup* xActions = nullptr;
    QMenu* xMenu = nullptr;
};

CurveChart::Impl::Impl(CurveChart& owner)
    : self(owner)
    , view(new ChartView)
    , plot(*view)
    , title(new QLabel)
    , header(new QWidget)
    , legend(new QWidget)
    , chipRow(new FlowLayout(legend))
    , controls(new QWidget)
    , slider(new QSlider(Qt::Horizontal))
    , sliderLabel(new QLabel(CurveChart::tr("Smoothing")))
    , log(new QCheckBox(CurveChart::tr("Log scale"))) {
    slider->setRange(0, 99);
    slider->setValue(static_cast<int>(std::lround(plot.smoothing * 100)));
    slider->setAccessibleName(CurveChart::tr("Smoothing"));
    slider->setToolTip(CurveChart::tr("Smoothing: how much of the past each point averages"));
    log->setAccessibleName(CurveChart::tr("Logarithmic vertical axis"));
    log->setToolTip(CurveChart::tr("Logarithmic vertical axis"));

    auto* menu = new QToolButton;
    menu->setIcon(Theme::instance().icon(QStringLiteral("download"), QStringLiteral("ink.soft")));
    menu->setText(CurveChart::tr("Export"));
    menu->setToolTip(CurveChart::tr("Keep the picture or the values"));
    menu->setAccessibleName(CurveChart::tr("Export chart"));
    menu->setPopupMode(QToolButton::InstantPopup);
    menu->setAutoRaise(true);
    QMenu* entries = exportMenu(owner, *view);
    xMenu = entries->addMenu(CurveChart::tr("Horizontal axis"));
    xMenu->menuAction()->setVisible(false);
    menu->setMenu(entries);

    sliderLabel->setBuddy(slider);
    auto* controlRow = new QHBoxLayout(controls);
    controlRow->setContentsMargins(0, 0, 0, 0);
    roomy = controlRow->spacing();
    controlRow->addWidget(sliderLabel);
    controlRow->addWidget(slider);
    controlRow->addWidget(log);
    controlRow->addWidget(menu);

    chipRow->setContentsMargins(0, 0, 0, 0);
    chipRow->setSpacing(Theme::instance().space(1));
    auto* top = new QHBoxLayout(header);
    top->setContentsMargins(0, 0, 0, 0);
    top->addWidget(title);
    top->addWidget(legend, 1);
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
        plot.smoothing = value / 100.0;
        plot.restyle = true; // the raw curve comes and goes with it
        outdate();
        emit self.smoothingChanged(value / 100.0);
    });
    QObject::connect(log, &QCheckBox::toggled, &owner, [this](bool on) {
        plot.log = on;
        outdate();
        emit self.logScaleChanged(on);
    });
    QObject::connect(view, &ChartView::zoomed, &owner, [this](Range x) {
        plot.zoom = x;
        outdate();
    });
    QObject::connect(view, &ChartView::xNameClicked, &owner, [this](QPoint at) { xMenu->popup(at); });
    QObject::connect(view, &ChartView::zoomReset, &owner, [this] {
        plot.zoom.reset();
        outdate();
    });
}

void CurveChart::Impl::nameAxes() {
    plot.namesY = plot.yName != title->text();
    later();
}

QToolButton* CurveChart::Impl::addChip(const QString& key) {
    auto* chip = new QToolButton;
    chip->setAutoRaise(true);
    chip->setCheckable(true);
    chip->setChecked(true);
    chip->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    chip->setStyleSheet(QStringLiteral("QToolButton:checked { background: transparent; color: "
                                       "palette(text); border-color: transparent; }"));
    chip->setFont(Theme::instance().font(QStringLiteral("caption")));
    chipRow->addWidget(chip);
    QObject::connect(chip, &QToolButton::toggled, &self,
                     [this, key](bool on) { self.setCurveVisible(key, on); });
    chips[key] = chip;
    fitted = false;
    return chip;
}

void CurveChart::Impl::restyle(CurvePlot::Curve& curve) {
    plot.style(curve);
    QToolButton* chip = chips.value(curve.key);
    const CurveStyle& style = curve.style;
    if (const QString text = style.chip.isEmpty() ? style.label : style.chip; text != chip->text()) {
        chip->setText(text);
        fitted = false;
    }
    chip->setToolTip(plainTip(CurveChart::tr("Show or hide %1").arg(style.label)));
    if (const QSize size = curveSampleSize(style.dash).toSize(); size != chip->iconSize()) {
        chip->setIconSize(size);
        fitted = false;
    }
    chip->setIcon(curveSample(style.color, style.dash, curve.visible));
    chip->setAccessibleName(CurveChart::tr("Show %1").arg(style.label));
}

void CurveChart::Impl::putLegend(bool below) {
    if (below == ownRow) return;
    ownRow = below;
    auto* column = static_cast<QVBoxLayout*>(self.layout());
    auto* top = static_cast<QHBoxLayout*>(header->layout());
    top->removeWidget(legend);
    column->removeWidget(legend);
    if (below) {
        top->insertStretch(1, 1);
        column->insertWidget(1, legend);
    } else {
        delete top->takeAt(1);
        top->insertWidget(1, legend, 1);
    }
    showLegend();
}

/// A single curve that is called as the chart needs no legend.
void CurveChart::Impl::showLegend() {
    const bool said = plot.curves().size() == 1 && plot.curves().front()->style.label == title->text();
    legend->setVisible(!plot.compact && !said);
}

/// What the header's parts take side by side.
int CurveChart::Impl::headerWidth() const {
    // Layouts remember hints of before; those of the parts hold now.
    int width = title->sizeHint().width() + (ownRow ? 1 : 2) * header->layout()->spacing();
    if (!ownRow && !legend->isHidden())
        for (const QToolButton* chip : chips)
            width += chip->sizeHint().width() + chipRow->spacing();
    const QLayout& row = *controls->layout();
    width -= row.spacing(); // one less than parts
    for (int i = 0; i < row.count(); ++i)
        if (const QWidget* part = row.itemAt(i)->widget(); !part->isHidden())
            width += std::max(part->minimumSizeHint().width(), part->minimumWidth()) + row.spacing();
    return width;
}

void CurveChart::Impl::fitHeader() {
    fitted = true;
    showLegend();
    bool smooth = false;
    for (const auto& curve : plot.curves())
        smooth = smooth || curve->style.smooth;
    slider->setVisible(smooth);
    // The legend gets a row of its own before a control loses its word: the same control is to be called the
    // same in every chart that has the room.
    const int gap = Theme::instance().space(1);
    for (const auto& [below, labelled, tight, scale] :
         {std::tuple(alwaysBelow, true, false, "Log scale"), std::tuple(true, true, false, "Log scale"),
          std::tuple(true, false, false, "Log scale"), std::tuple(true, false, true, "Log scale"),
          std::tuple(true, false, true, "Log")}) {
        putLegend(below);
        slider->setFixedWidth(tight ? 48 : 64);
        controls->layout()->setSpacing(tight ? gap : roomy);
        header->layout()->setSpacing(gap * (tight ? 1 : 3));
        sliderLabel->setVisible(smooth && labelled);
        log->setText(CurveChart::tr(scale));
        log->setMinimumWidth(log->sizeHint().width());
        controls->updateGeometry();
        if (headerWidth() <= self.width()) break;
    }
    self.layout()->activate(); // the next picture is of this, not of the header before
}

void CurveChart::Impl::refresh() {
    if (plot.restyle)
        for (const auto& curve : plot.curves())
            restyle(*curve);
    if (!fitted) fitHeader();
    plot.refresh();
}

// The widget. -----------------------------------------------------------------------------------------

CurveChart::CurveChart(QWidget* parent)
    : QWidget(parent)
    , impl_(new Impl(*this)) {
    setMinimumSize(160, 90);
    impl_->title->setFont(Theme::instance().font(QStringLiteral("strong")));
    impl_->plot.emptyText = tr("Nothing to draw yet.");
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        impl_->plot.restyle = true;
        impl_->later();
    });
    impl_->later();
}

CurveChart::~CurveChart() = default;

void CurveChart::setTitle(const QString& title) {
    impl_->title->setText(title);
    impl_->nameAxes();
    setAccessibleName(title);
}

void CurveChart::setAxes(const QString& x, const QString& y) {
    impl_->plot.xName = x;
    impl_->plot.yName = y;
    impl_->nameAxes();
}

void CurveChart::setXChoices(const QStringList& names, int current) {
    if (names != impl_->xChoices) {
        impl_->xChoices = names;
        impl_->xMenu->clear();
        delete impl_->xActions;
        impl_->xActions = new QActionGroup(this);
        for (int i = 0; i < names.size(); ++i) {
            QAction* action = impl_->xMenu->addAction(names[i], this, [this, i] { emit xChosen(i); });
            action->setCheckable(true);
            impl_->xActions->addAction(action);
        }
        impl_->xMenu->menuAction()->setVisible(names.size() > 1);
        impl_->view->setChoosable(names.size() > 1);
    }
    if (current >= 0 && current < names.size()) impl_->xActions->actions().at(current)->setChecked(true);
}

void CurveChart::setFormat(std::function<QString(double)> x, std::function<QString(double)> y) {
    if (x) impl_->plot.xFormat = std::move(x);
    if (y) impl_->plot.yFormat = std::move(y);
    impl_->later();
}

void CurveChart::setWholeX(bool whole) {
    impl_->plot.wholeX = whole;
    impl_->later();
}

void CurveChart::setLimits(double low, double high) {
    impl_->plot.limits = {low, high};
    impl_->later();
}

void CurveChart::setEmptyText(const QString& text) {
    impl_->plot.emptyText = text;
    impl_->later();
}

void CurveChart::setCompact(bool compact) {
    impl_->plot.compact = compact;
    impl_->plot.restyle = true;
    impl_->header->setVisible(!compact);
    impl_->showLegend();
    impl_->view->setCompact(compact);
    impl_->later();
}

void CurveChart::setLegendBelow() {
    impl_->alwaysBelow = true;
    impl_->putLegend(true);
}

void CurveChart::setCurve(const QString& key, const CurveStyle& style, const Points& points) {
    CurvePlot::Curve* curve = impl_->plot.find(key);
    if (!curve) {
        impl_->addChip(key);
        curve = &impl_->plot.add(key);
        curve->style = style;
        impl_->restyle(*curve);
    } else if (curve->style != style) {
        if (curve->style.smooth != style.smooth) impl_->fitted = false;
        curve->style = style;
        impl_->restyle(*curve);
    }
    curve->points = points;
    curve->stale = true;
    impl_->later();
}

void CurveChart::removeCurve(const QString& key) {
    impl_->plot.remove(key);
    delete impl_->chips.take(key);
    impl_->fitted = false;
    impl_->later();
}

void CurveChart::clear() {
    for (const QString& key : curveKeys())
        removeCurve(key);
    impl_->plot.zoom.reset();
}

QStringList CurveChart::curveKeys() const {
    QStringList keys;
    for (const auto& curve : impl_->plot.curves())
        keys << curve->key;
    return keys;
}

Points CurveChart::curve(const QString& key) const {
    const CurvePlot::Curve* curve = impl_->plot.find(key);
    return curve ? curve->points : Points{};
}

double CurveChart::smoothing() const {
    return impl_->slider->value() / 100.0;
}
void CurveChart::setSmoothing(double weight) {
    impl_->slider->setValue(static_cast<int>(std::lround(weight * 100)));
}
bool CurveChart::logScale() const {
    return impl_->log->isChecked();
}
void CurveChart::setLogScale(bool on) {
    impl_->log->setChecked(on);
}

void CurveChart::setCurveVisible(const QString& key, bool visible) {
    CurvePlot::Curve* curve = impl_->plot.find(key);
    if (!curve || curve->visible == visible) return;
    curve->visible = visible;
    impl_->chips.value(key)->setChecked(visible);
    impl_->restyle(*curve);
    impl_->outdate();
}

bool CurveChart::isCurveVisible(const QString& key) const {
    const CurvePlot::Curve* curve = impl_->plot.find(key);
    return curve && curve->visible;
}

Range CurveChart::shownX() const {
    return {impl_->view->xAxis()->min(), impl_->view->xAxis()->max()};
}

Points CurveChart::drawnPoints(const QString& key) const {
    const CurvePlot::Curve* curve = impl_->plot.find(key);
    return curve ? curve->line->points() : Points{};
}

std::optional<QString> CurveChart::savePng(const QString& path) {
    return savePicture(*this, path);
}

std::optional<QString> CurveChart::saveCsv(const QString& path) const {
    QList<std::pair<QString, Points>> columns;
    for (const auto& curve : impl_->plot.curves())
        columns.append({curve->style.label, curve->points});
    return saveCurves(path, impl_->plot.xName, columns);
}

void CurveChart::changeEvent(QEvent* event) {
    if (event->type() == QEvent::FontChange) {
        impl_->fitted = false;
        impl_->later();
    }
    QWidget::changeEvent(event);
}

void CurveChart::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    // By its width alone: while one chart's header is fitted, the heights of those below it change.
    if (event->size().width() != event->oldSize().width()) impl_->fitted = false;
    impl_->outdate();
}

void CurveChart::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    impl_->fitted = false; // only what is shown has its font
    impl_->later();
}

} // namespace burdock
