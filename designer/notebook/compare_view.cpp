#include "notebook/compare_view.h"

#include "dashboard/curve_chart.h"
#include "dashboard/live_charts.h"
#include "notebook/tinted_cell.h"
#include "theme/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QSplitter>
#include <QTableView>

#include <cmath>

namespace burdock {
namespace {

constexpr qsizetype most = 12;

QString keyOf(storage::RunId id) {
    return QString::number(id.value);
}

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
    , note_(new QLabel) {
    metric_->addItems({tr("Validation accuracy"), tr("Validation loss"), tr("Training accuracy"),
                       tr("Training loss"), tr("Learning rate")});
    metric_->setAccessibleName(tr("Metric"));
    axis_->addItems({tr("by epoch"), tr("by step")});
    axis_->setAccessibleName(tr("Horizontal axis"));
    axis_->setToolTip(tr("Epochs compare runs of unlike batch sizes"));
    note_->setProperty("role", "soft");
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
    table_->horizontalHeader()->setDefaultSectionSize(170);

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
    column->addWidget(splitter);

    connect(metric_, &QComboBox::currentIndexChanged, this, &CompareView::draw);
    connect(axis_, &QComboBox::currentIndexChanged, this, &CompareView::draw);
    connect(differencesOnly_, &QCheckBox::toggled, this, [this](bool only) {
        comparison_->setDifferencesOnly(only);
        fit();
    });
    connect(&reader_, &RunReader::read, this, [this](const std::shared_ptr<const RunRecord>& record) {
        for (const storage::RunSummary& run : runs_)
            if (run.id == record->id) drawRun(*record, run);
    });
    connect(&Theme::instance(), &Theme::changed, this, &CompareView::draw);
}

void CompareView::setRuns(const QVector<storage::RunSummary>& runs) {
    runs_ = runs.mid(0, most);
    comparison_->setRuns(runs_);
    const int differences = comparison_->differences();
    QString text = differences == 0 ? tr("Same settings")
                                    : (differences == 1 ? tr("1 setting differs")
                                                        : tr("%1 settings differ").arg(differences));
    if (runs.size() > most) text = tr("The first %1 of %2 runs · ").arg(most).arg(runs.size()) + text;
    note_->setText(text);
    fit();
    draw();
}

void CompareView::clear() {
    runs_.clear();
    chart_->clear();
}

void CompareView::setMetric(Metric metric) {
    metric_->setCurrentIndex(static_cast<int>(metric));
}

void CompareView::fit() {
    table_->clearSpans();
    for (int row = 0; row < comparison_->rowCount(); ++row)
        if (comparison_->isGroupRow(row)) table_->setSpan(row, 0, 1, comparison_->columnCount());
    table_->setColumnWidth(0, 190);
}

void CompareView::draw() {
    chart_->clear();
    const auto metric = static_cast<Metric>(metric_->currentIndex());
    const bool accuracy = metric == Metric::ValidationAccuracy || metric == Metric::TrainingAccuracy;
    chart_->setAxes(axis_->currentIndex() == 0 ? tr("Epoch") : tr("Step"), metric_->currentText());
    const auto epochs = [](double v) { return QString::number(v, 'f', v == std::floor(v) ? 0 : 2); };
    const auto steps = [](double v) { return exactCount(std::llround(v)); };
    chart_->setFormat(axis_->currentIndex() == 0 ? std::function<QString(double)>(epochs) : steps,
                      accuracy ? shortPercent : humanNumber);
    chart_->setLimits(0, accuracy ? 1 : INFINITY);
    for (const storage::RunSummary& run : runs_)
        if (const auto record = reader_.get(run.id)) drawRun(*record, run);
}

void CompareView::drawRun(const RunRecord& record, const storage::RunSummary& run) {
    const auto metric = static_cast<Metric>(metric_->currentIndex());
    const double perEpoch =
        axis_->currentIndex() == 0 ? std::max<double>(1, static_cast<double>(run.start.stepsPerEpoch)) : 1;
    Points points;
    const auto add = [&](double step, double value) {
        if (std::isfinite(value)) points.append({step / perEpoch, value});
    };
    const bool byStep = metric == Metric::TrainingAccuracy || metric == Metric::TrainingLoss;
    if (byStep) {
        const storage::StepSeries* steps =
            record.steps.find(metric == Metric::TrainingLoss ? u"train.loss" : u"train.accuracy");
        for (qsizetype i = 0; steps && i < steps->values.size(); ++i)
            add(static_cast<double>(steps->firstStep + i), static_cast<double>(steps->values[i]));
    } else {
        for (const storage::EpochRow& e : record.epochs)
            add(static_cast<double>(e.step),
                metric == Metric::LearningRate     ? storage::valueOf(e.values, u"learning_rate")
                : metric == Metric::ValidationLoss ? storage::valueOf(e.values, u"validation.loss")
                                                   : storage::valueOf(e.values, u"validation.accuracy"));
    }
    if (points.isEmpty()) return;
    CurveStyle style;
    style.label = QStringLiteral("#%1 %2").arg(run.id.value).arg(run.start.name);
    style.chip = QStringLiteral("#%1").arg(run.id.value);
    style.color = Theme::instance().runColor(run.id.value);
    style.smooth = byStep;
    style.markers = !byStep;
    // Colours come again after seven runs: the second of a colour is dashed.
    for (const storage::RunSummary& other : runs_) {
        if (other.id == run.id) break;
        if (Theme::instance().runColor(other.id.value) == style.color) style.dashed = true;
    }
    chart_->setCurve(keyOf(run.id), style, points);
}

} // namespace burdock
