#include "notebook/run_details.h"

#include "dashboard/curve_chart.h"
#include "dashboard/live_charts.h"
#include "notebook/architecture_view.h"
#include "notebook/metrics_view.h"
#include "notebook/run_actions.h"
#include "notebook/run_facts.h"
#include "notebook/run_notes.h"
#include "notebook/try_panel.h"
#include "session/stored_run.h"
#include "theme/plain_text.h"
#include "theme/theme.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QStandardItemModel>
#include <QTabWidget>
#include <QTableView>
#include <QTreeView>

#include <cmath>

namespace burdock {
namespace {

QStandardItem* cell(const QString& text) {
    auto* item = new QStandardItem(text);
    item->setEditable(false);
    item->setToolTip(plainTip(text));
    return item;
}

QStandardItem* figure(const QString& text) {
    QStandardItem* item = cell(text);
    item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    item->setFont(Theme::instance().font(QStringLiteral("mono")));
    return item;
}

} // namespace

RunDetails::RunDetails(std::shared_ptr<storage::Notebook> notebook, const DatasetCatalog& catalog,
                       RunReader& reader, QWidget* parent)
    : QWidget(parent)
    , reader_(reader)
    , actions_(new RunActions)
    , tabs_(new QTabWidget)
    , loss_(new CurveChart)
    , accuracy_(new CurveChart)
    , rate_(new CurveChart)
    , facts_(new QStandardItemModel(this))
    , epochs_(new QStandardItemModel(this))
    , factsTree_(new QTreeView)
    , epochsTable_(new QTableView)
    , metrics_(new MetricsView)
    , network_(new ArchitectureView)
    , notes_(new RunNotes)
    , try_(new TryPanel(std::move(notebook), catalog)) {
    tabs_->setDocumentMode(true);
    tabs_->addTab(makeCurves(), tr("Curves"));
    tabs_->addTab(makeSettings(), tr("Settings"));
    tabs_->addTab(makeEpochs(), tr("Epochs"));
    tabs_->addTab(metrics_, tr("Metrics"));
    tabs_->addTab(network_, tr("Network"));
    tabs_->addTab(notes_, tr("Notes and tags"));
    tabs_->addTab(try_, tr("Try it"));
    auto* column = new QVBoxLayout(this);
    const int space = Theme::instance().space(3);
    column->setContentsMargins(space, space / 2, space, space);
    column->addWidget(actions_);
    column->addWidget(tabs_, 1);
    connect(&reader_, &RunReader::read, this, [this](const std::shared_ptr<const RunRecord>& record) {
        if (record->id != run()) return;
        record_ = record;
        showRecord(*record);
        showFacts();
    });
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        if (!run()) return;
        actions_->setRun(row_);
        if (record_) showRecord(*record_);
    });
}

QWidget* RunDetails::makeCurves() {
    dressLossChart(*loss_);
    dressAccuracyChart(*accuracy_);
    dressRateChart(*rate_);
    connect(loss_, &CurveChart::smoothingChanged, accuracy_, &CurveChart::setSmoothing);
    connect(accuracy_, &CurveChart::smoothingChanged, loss_, &CurveChart::setSmoothing);
    auto* page = new QWidget;
    auto* row = new QHBoxLayout(page);
    row->setContentsMargins(0, Theme::instance().space(2), 0, 0);
    row->setSpacing(Theme::instance().space(3));
    for (const auto& [chart, share] : {std::pair(loss_, 3), std::pair(accuracy_, 3), std::pair(rate_, 2)}) {
        auto* card = new QFrame;
        card->setProperty("card", true);
        (new QVBoxLayout(card))->addWidget(chart);
        row->addWidget(card, share);
    }
    return page;
}

QWidget* RunDetails::makeSettings() {
    factsTree_->setModel(facts_);
    factsTree_->setHeaderHidden(true);
    factsTree_->setRootIsDecorated(false);
    factsTree_->setIndentation(12);
    factsTree_->setAccessibleName(tr("Settings and results"));
    factsTree_->setUniformRowHeights(true);
    return factsTree_;
}

QWidget* RunDetails::makeEpochs() {
    epochsTable_->setModel(epochs_);
    epochsTable_->setAccessibleName(tr("Metrics by epoch"));
    epochsTable_->verticalHeader()->hide();
    epochsTable_->verticalHeader()->setDefaultSectionSize(26);
    epochsTable_->setShowGrid(false);
    epochsTable_->setSelectionBehavior(QAbstractItemView::SelectRows);
    epochsTable_->horizontalHeader()->setHighlightSections(false);
    return epochsTable_;
}

void RunDetails::showTab(Tab tab) {
    tabs_->setCurrentIndex(static_cast<int>(tab));
}

void RunDetails::setRun(const RunRow& row) {
    const bool other = row.summary.id != row_.summary.id;
    row_ = row;
    actions_->setRun(row);
    notes_->setRun(row.summary);
    const NamedMetrics tested = storedMetrics(row.summary.testMetrics);
    QStringList names;
    for (const std::string& name : tested.names)
        names << QString::fromStdString(name);
    metrics_->setMetrics(tested.values, names);
    network_->setRun(row.summary);
    try_->setRun(row.summary.id);
    if (other) {
        record_.reset();
        loss_->clear();
        accuracy_->clear();
        rate_->clear();
        epochs_->clear();
    }
    if (auto record = reader_.get(row.summary.id)) {
        record_ = std::move(record);
        showRecord(*record_);
    }
    showFacts();
}

void RunDetails::showFacts() {
    facts_->clear();
    QStandardItem* group = nullptr;
    QList<Fact> facts = runFacts(row_.summary);
    const auto begin = [&](const QString& title) {
        group = cell(title);
        group->setFont(Theme::instance().font(QStringLiteral("strong")));
        facts_->appendRow({group, cell({})});
    };
    for (qsizetype i = 0; i < facts.size(); ++i) {
        if (i == 0 || facts[i].group != facts[i - 1].group) begin(groupTitle(facts[i].group));
        group->appendRow({cell(facts[i].label), cell(facts[i].value)});
    }
    actions_->setCheckpoints(record_ ? record_->checkpoints : QVector<storage::CheckpointInfo>());
    if (record_) {
        begin(tr("Kept weights"));
        if (record_->checkpoints.isEmpty()) group->appendRow({cell(tr("None")), cell({})});
        for (const storage::CheckpointInfo& c : record_->checkpoints)
            group->appendRow(
                {cell(checkpointName(c)),
                 cell(tr("after epoch %1, step %2 · %3 · %4")
                          .arg(QString::number(c.epoch), exactCount(c.step), humanBytes(c.bytes),
                               c.savedAt.toLocalTime().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"))))});
        if (!record_->problem.isEmpty()) group->appendRow({cell(tr("Problem")), cell(record_->problem)});
        if (record_->steps.damagedChunks > 0)
            group->appendRow({cell(tr("Damaged")),
                              cell(tr("%1 pieces of the curve do not match their checksum and are left out")
                                       .arg(record_->steps.damagedChunks))});
    }
    factsTree_->expandAll();
    factsTree_->setColumnWidth(0, 300);
}

void RunDetails::showRecord(const RunRecord& record) {
    const Theme& theme = Theme::instance();
    Points loss, accuracy, validationLoss, validationAccuracy, rates;
    const auto addSteps = [&](Points& points, QStringView name) {
        const storage::StepSeries* steps = record.steps.find(name);
        for (qsizetype i = 0; steps && i < steps->values.size(); ++i)
            if (std::isfinite(steps->values[i]))
                points.append(
                    {static_cast<double>(steps->firstStep + i), static_cast<double>(steps->values[i])});
    };
    addSteps(loss, u"train.loss");
    addSteps(accuracy, u"train.accuracy");
    epochs_->clear();
    epochs_->setHorizontalHeaderLabels({tr("Epoch"), tr("Step"), tr("Training loss"), tr("Training accuracy"),
                                        tr("Validation loss"), tr("Validation accuracy"), tr("Learning rate"),
                                        tr("Samples/s"), tr("Elapsed")});
    for (int column = 0; column < epochs_->columnCount(); ++column)
        epochs_->horizontalHeaderItem(column)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    for (const storage::EpochRow& e : record.epochs) {
        const auto x = static_cast<double>(e.step);
        if (std::isfinite(storage::valueOf(e.values, u"validation.loss")))
            validationLoss.append({x, storage::valueOf(e.values, u"validation.loss")});
        if (std::isfinite(storage::valueOf(e.values, u"validation.accuracy")))
            validationAccuracy.append({x, storage::valueOf(e.values, u"validation.accuracy")});
        if (std::isfinite(storage::valueOf(e.values, u"learning_rate")))
            rates.append({x, storage::valueOf(e.values, u"learning_rate")});
        epochs_->appendRow({figure(QString::number(e.epoch)), figure(exactCount(e.step)),
                            figure(humanNumber(storage::valueOf(e.values, u"train.loss"))),
                            figure(humanPercent(storage::valueOf(e.values, u"train.accuracy"))),
                            figure(humanNumber(storage::valueOf(e.values, u"validation.loss"))),
                            figure(humanPercent(storage::valueOf(e.values, u"validation.accuracy"))),
                            figure(humanNumber(storage::valueOf(e.values, u"learning_rate"))),
                            figure(exactCount(std::llround(e.samplesPerSecond))),
                            figure(humanDuration(e.seconds))});
    }
    epochsTable_->horizontalHeader()->setDefaultSectionSize(128);
    const CurveStyle train{CurveChart::tr("Training"), theme.curve(0), true, false, false};
    const CurveStyle validation{CurveChart::tr("Validation"), theme.curve(1), false, true, false};
    const auto put = [](CurveChart* chart, const QString& key, const CurveStyle& style,
                        const Points& points) {
        if (!points.isEmpty()) chart->setCurve(key, style, points);
    };
    put(loss_, QStringLiteral("train"), train, loss);
    put(loss_, QStringLiteral("validation"), validation, validationLoss);
    put(accuracy_, QStringLiteral("train"), train, accuracy);
    put(accuracy_, QStringLiteral("validation"), validation, validationAccuracy);
    put(rate_, QStringLiteral("rate"), {tr("Learning rate"), theme.curve(2), false, true, false}, rates);
    rate_->parentWidget()->setVisible(!rates.isEmpty()); // older notebooks did not keep it
}

} // namespace burdock
