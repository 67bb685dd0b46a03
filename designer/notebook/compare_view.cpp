#include "notebook/compare_view.h"

#include "dashboard/metric_charts.h"
#include "notebook/tinted_cell.h"
#include "session/damage.h"
#include "session/stored_run.h"
#include "theme/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QSignalBlocker>
#include <QSplitter>
#include <QStyle>
#include <QTableView>

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

constexpr qsizetype most = 12;

QString keyOf(storage::RunId id) {
    return QString::number(id.value);
}

/// The runs' names, cut with an ellipsis: Qt counts neither their bold letters nor the places that the style
/// keeps beside them, and would cut them in the middle of a letter.
class RunTitles final : public QHeaderView {
  public:
    using QHeaderView::QHeaderView;

  protected:
    void initStyleOptionForIndex(QStyleOptionHeader* option, int section) const override {
        QHeaderView::initStyleOptionForIndex(option, section);
        constexpr int padding = 36; // and a sort mark
        const int kept = padding + style()->pixelMetric(QStyle::PM_SmallIconSize, nullptr, this);
        const QFontMetrics metrics(Theme::instance().font(QStringLiteral("strong")));
        const QString title = model()->headerData(section, orientation()).toString();
        option->text = metrics.elidedText(title, Qt::ElideRight, sectionSize(section) - kept);
    }
};

} // namespace

CompareView::CompareView(RunReader& reader, QWidget* parent)
    : QWidget(parent)
    , reader_(reader)
    , chart_(new CurveChart)
    , metric_(new QComboBox)
    , axis_(new QComboBox)
    , comparison_(new ComparisonModel(this))
    , table_(new QTableView)
    , differencesOnly_(new QCheckBox(tr("Differences only")))
    , note_(new QLabel)
    , damage_(new QLabel) {
    metric_->setAccessibleName(tr("Metric"));
    axis_->addItems({tr("by epoch"), tr("by step")});
    axis_->setAccessibleName(tr("Horizontal axis"));
    axis_->setToolTip(tr("Epochs compare runs of unlike batch sizes"));
    note_->setProperty("role", "soft");
    damage_->setProperty("role", "error");
    damage_->setWordWrap(true);
    damage_->hide();
    chart_->setLegendBelow();
    chart_->setEmptyText(tr("None of these runs has this metric."));

    auto* chartBox = new QFrame;
    chartBox->setProperty("card", true);
    auto* left = new QVBoxLayout(chartBox);
    auto* choose = new QHBoxLayout;
    choose->addWidget(metric_);
    choose->addWidget(axis_);
    choose->addStretch(1);
    left->addLayout(choose);
    left->addWidget(chart_, 1);

    auto* tableBox = new QWidget;
    auto* right = new QVBoxLayout(tableBox);
    right->setContentsMargins(0, 0, 0, 0);
    auto* bar = new QHBoxLayout;
    bar->addWidget(note_, 1);
    bar->addWidget(differencesOnly_);
    right->addLayout(bar);
    right->addWidget(table_, 1);
    table_->setHorizontalHeader(new RunTitles(Qt::Horizontal, table_));
    table_->setModel(comparison_);
    table_->setItemDelegate(new TintedCell(table_));
    table_->setAccessibleName(tr("Settings side by side"));
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(26);
    table_->setShowGrid(false);
    table_->setWordWrap(false);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->horizontalHeader()->setHighlightSections(false);
    table_->horizontalHeader()->setTextElideMode(Qt::ElideRight);
    table_->horizontalHeader()->setMinimumSectionSize(150);

    auto* splitter = new QSplitter;
    splitter->addWidget(chartBox);
    splitter->addWidget(tableBox);
    splitter->setChildrenCollapsible(false);
    splitter->setSizes({520, 520});
    splitter->setHandleWidth(Theme::instance().space(3));
    splitter->setStyleSheet(QStringLiteral("QSplitter::handle { background: transparent; }"));
    auto* column = new QVBoxLayout(this);
    const int space = Theme::instance().space(3);
    column->setContentsMargins(space, space / 2, space, space);
    column->addWidget(damage_);
    column->addWidget(splitter, 1);

    connect(metric_, &QComboBox::currentIndexChanged, this, &CompareView::draw);
    connect(axis_, &QComboBox::currentIndexChanged, this, &CompareView::draw);
    connect(differencesOnly_, &QCheckBox::toggled, this, [this](bool only) {
        comparison_->setDifferencesOnly(only);
        fit();
    });
    connect(&reader_, &RunReader::read, this, [this](const std::shared_ptr<const RunRecord>& record) {
        for (const storage::RunSummary& run : runs_)
            if (run.id == record->id) {
                offerSeries();
                drawRun(*record, run);
                if (const QStringList damage = damageOfEach(); damage != toldDamage_) compare(damage);
            }
    });
    connect(&Theme::instance(), &Theme::changed, this, &CompareView::draw);
}

void CompareView::setRuns(const QVector<storage::RunSummary>& runs, const Headings& headings) {
    runs_ = runs.mid(0, most);
    headings_ = headings;
    compare(damageOfEach());
    const int differences = comparison_->differences();
    QString text = differences == 0 ? tr("Same settings")
                                    : (differences == 1 ? tr("1 setting differs")
                                                        : tr("%1 settings differ").arg(differences));
    if (runs.size() > most) text = tr("The first %1 of %2 runs · ").arg(most).arg(runs.size()) + text;
    note_->setText(text);
    offerSeries();
    draw();
}

void CompareView::clear() {
    runs_.clear();
    chart_->clear();
}

void CompareView::setSeries(const QString& name) {
    metric_->setCurrentIndex(metric_->findData(name));
}

void CompareView::offerSeries() {
    std::vector<std::string> names;
    const auto add = [&](const QString& name) {
        if (const std::string told = name.toStdString();
            std::find(names.begin(), names.end(), told) == names.end())
            names.push_back(told);
    };
    for (const storage::RunSummary& run : runs_) {
        for (const storage::SeriesSummary& series : run.series)
            add(series.name);
        if (const auto record = reader_.get(run.id))
            for (const storage::StepSeries& series : record->steps.series)
                add(series.name);
    }
    names = inReadingOrder(std::move(names));
    QStringList before, now;
    for (int i = 0; i < metric_->count(); ++i)
        before << metric_->itemData(i).toString();
    for (const std::string& name : names)
        now << QString::fromStdString(name);
    if (now == before) return;
    const QString chosen = metric_->currentData().toString();
    const QSignalBlocker quiet(metric_);
    metric_->clear();
    for (const std::string& name : names)
        metric_->addItem(QString::fromStdString(describeSeries(name).title), QString::fromStdString(name));
    // What the first run was judged by, unless something else was chosen.
    const QString judged = runs_.isEmpty() ? QString() : QString::fromStdString(bestOf(runs_[0]).series.name);
    metric_->setCurrentIndex(std::max(0, metric_->findData(now.contains(chosen) ? chosen : judged)));
}

QStringList CompareView::damageOfEach() {
    QStringList damage;
    for (const storage::RunSummary& run : runs_)
        damage << damageOf(run, reader_.get(run.id).get());
    return damage;
}

void CompareView::compare(const QStringList& damage) {
    toldDamage_ = damage;
    comparison_->setRuns(runs_, damage, headings_);
    fit();
    QStringList told;
    for (qsizetype i = 0; i < runs_.size(); ++i)
        if (!damage[i].isEmpty()) told << QStringLiteral("#%1: %2").arg(runs_[i].id.value).arg(damage[i]);
    damage_->setVisible(!told.isEmpty());
    damage_->setText(told.isEmpty() ? QString() : (told << damageMend()).join(QLatin1Char('\n')));
}

void CompareView::fit() {
    table_->clearSpans();
    for (int row = 0; row < comparison_->rowCount(); ++row)
        if (comparison_->isGroupRow(row)) table_->setSpan(row, 0, 1, comparison_->columnCount());
    // The runs share what room there is.
    table_->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    table_->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Interactive);
    table_->resizeColumnToContents(0); // which epoch a figure is of stands at the end
    table_->setColumnWidth(0, std::clamp(table_->columnWidth(0), 190, 260));
}

void CompareView::draw() {
    chart_->clear();
    const SeriesSchema series = describeSeries(metric_->currentData().toString().toStdString());
    chart_->setAxes(axis_->currentIndex() == 0 ? tr("Epoch") : tr("Step"), metric_->currentText());
    const auto epochs = [](double v) { return QString::number(v, 'f', v == std::floor(v) ? 0 : 2); };
    const auto steps = [](double v) { return exactCount(std::llround(v)); };
    chart_->setFormat(axis_->currentIndex() == 0 ? std::function<QString(double)>(epochs) : steps,
                      series.share ? shortPercent : humanNumber);
    chart_->setLimits(series.low, series.high);
    for (const storage::RunSummary& run : runs_)
        if (const auto record = reader_.get(run.id))
            drawRun(*record, run);
        else
            chart_->setCurve(keyOf(run.id), styleOf(run), {}); // its place in the legend
}

CurveStyle CompareView::styleOf(const storage::RunSummary& run) const {
    CurveStyle style;
    style.label = QStringLiteral("#%1 %2").arg(run.id.value).arg(run.start.name);
    style.chip = QStringLiteral("#%1").arg(run.id.value);
    style.color = Theme::instance().runColor(run.id.value);
    style.dash = comparison_->dashOf(run.id);
    return style;
}

void CompareView::drawRun(const RunRecord& record, const storage::RunSummary& run) {
    const QString series = metric_->currentData().toString();
    const double perEpoch =
        axis_->currentIndex() == 0 ? std::max<double>(1, static_cast<double>(run.start.stepsPerEpoch)) : 1;
    const QList<SeriesCurve> curves = curvesOf(record);
    const auto found = std::find_if(curves.begin(), curves.end(),
                                    [&](const SeriesCurve& curve) { return curve.name == series; });
    if (found == curves.end() || found->points.isEmpty()) return chart_->removeCurve(keyOf(run.id));
    Points points = found->points;
    for (QPointF& point : points)
        point.rx() /= perEpoch;
    CurveStyle style = styleOf(run);
    if (areCurvesDamaged(record.epochs, record.steps))
        for (QString* words : {&style.label, &style.chip})
            *words += QStringLiteral(" · ") + damagedValue();
    style.smooth =
        found->everyStep && describeSeries(series.toStdString()).better != MetricSchema::Better::Neither;
    style.markers = !found->everyStep;
    chart_->setCurve(keyOf(run.id), style, points);
}

} // namespace burdock
