#include "notebook/run_details.h"

#include "dashboard/metric_charts.h"
#include "notebook/architecture_view.h"
#include "notebook/metrics_view.h"
#include "notebook/plain_table.h"
#include "notebook/run_actions.h"
#include "notebook/run_facts.h"
#include "notebook/run_notes.h"
#include "notebook/try_panel.h"
#include "session/damage.h"
#include "session/stored_run.h"
#include "surface/kept_surface.h"
#include "theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QStandardItemModel>
#include <QTabWidget>
#include <QTableView>
#include <QTreeView>

namespace burdock {
RunDetails::RunDetails(std::shared_ptr<storage::Notebook> notebook, const DatasetCatalog& catalog,
                       RunReader& reader, QWidget* parent)
    : QWidget(parent)
    , reader_(reader)
    , actions_(new RunActions)
    , tabs_(new QTabWidget)
    , damage_(new QLabel)
    , charts_(new MetricCharts)
    , facts_(new QStandardItemModel(this))
    , epochs_(new QStandardItemModel(this))
    , factsTree_(new QTreeView)
    , epochsTable_(new QTableView)
    , metrics_(new MetricsView)
    , network_(new ArchitectureView)
    , notes_(new RunNotes)
    , try_(new TryPanel(notebook, catalog))
    , surface_(new KeptSurface(std::move(notebook), catalog)) {
    tabs_->setDocumentMode(true);
    tabs_->addTab(charts_, tr("Curves"));
    tabs_->addTab(makeSettings(), tr("Settings"));
    tabs_->addTab(makeEpochs(), tr("Epochs"));
    tabs_->addTab(metrics_, tr("Metrics"));
    tabs_->addTab(network_, tr("Network"));
    tabs_->addTab(notes_, tr("Notes and tags"));
    tabs_->addTab(try_, tr("Try it"));
    tabs_->addTab(surface_, tr("Surface"));
    auto* column = new QVBoxLayout(this);
    const int space = Theme::instance().space(3);
    column->setContentsMargins(space, space / 2, space, space);
    column->addWidget(actions_);
    charts_->setCurves({}, {QStringLiteral("loss")});
    damage_->setProperty("role", "error");
    damage_->setWordWrap(true);
    damage_->hide();
    column->addWidget(damage_);
    column->addWidget(tabs_, 1);
    connect(&reader_, &RunReader::read, this, [this](const std::shared_ptr<const RunRecord>& record) {
        if (record->id != run()) return;
        record_ = record;
        showRecord(*record);
        showFacts();
    });
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        if (!run()) return;
        showFacts();
        if (record_) showRecord(*record_);
    });
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
    dressTable(*epochsTable_, *epochs_, tr("Metrics by epoch"));
    return epochsTable_;
}

void RunDetails::showTab(Tab tab) {
    tabs_->setCurrentIndex(static_cast<int>(tab));
}

bool RunDetails::hasTab(Tab tab) const {
    return tabs_->isTabVisible(static_cast<int>(tab));
}

void RunDetails::setRun(const RunRow& row, const QString& whyNotBinned) {
    const bool other = row.summary.id != row_.summary.id;
    row_ = row;
    whyNotBinned_ = whyNotBinned;
    notes_->setRun(row.summary);
    const NamedMetrics tested = storedMetrics(row.summary.testMetrics);
    QStringList names;
    for (const std::string& name : tested.names)
        names << QString::fromStdString(name);
    metrics_->setMetrics(tested.values, names);
    network_->setRun(row.summary);
    try_->setRun(row.summary.id);
    surface_->setRun(row.summary.id);
    if (other) {
        tabs_->setTabVisible(static_cast<int>(Tab::Surface), KeptSurface::mayBeOf(row.summary.start));
        record_.reset();
        charts_->clear();
        epochs_->clear();
    }
    if (auto record = reader_.get(row.summary.id)) {
        record_ = std::move(record);
        showRecord(*record_);
    }
    showFacts();
}

void RunDetails::showDamage(const QString& told) {
    damage_->setVisible(!told.isEmpty());
    damage_->setText(told.isEmpty() ? told : told + QLatin1Char(' ') + damageMend());
}

void RunDetails::showFacts() {
    const QString damage = damageOf(row_.summary, record_.get());
    actions_->setRun(row_, whyNotBinned_, !damage.isEmpty());
    showDamage(damage);
    facts_->clear();
    QStandardItem* group = nullptr;
    QList<Fact> facts = runFacts(row_.summary, damage, row_.heading.get());
    const auto begin = [&](const QString& title) {
        group = textCell(title);
        group->setFont(Theme::instance().font(QStringLiteral("strong")));
        facts_->appendRow({group, textCell({})});
    };
    for (qsizetype i = 0; i < facts.size(); ++i) {
        if (i == 0 || facts[i].group != facts[i - 1].group) begin(groupTitle(facts[i].group));
        group->appendRow({textCell(facts[i].label), textCell(facts[i].value)});
    }
    if (record_)
        actions_->setCheckpoints(record_->checkpoints, record_->problem);
    else
        actions_->setCheckpoints({}, tr("Reading the notebook…"));
    if (record_) {
        begin(tr("Kept weights"));
        if (record_->checkpoints.isEmpty()) group->appendRow({textCell(tr("None")), textCell({})});
        for (const storage::CheckpointInfo& c : record_->checkpoints)
            group->appendRow(
                {textCell(c.damaged ? tr("%1 (%2)").arg(checkpointName(c), damagedValue())
                                    : checkpointName(c)),
                 textCell(
                     tr("after epoch %1, step %2 · %3 · %4")
                         .arg(QString::number(c.epoch), exactCount(c.step), humanBytes(c.bytes),
                              c.savedAt.toLocalTime().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"))))});
        if (!record_->problem.isEmpty())
            group->appendRow({textCell(tr("Problem")), textCell(record_->problem)});
    }
    factsTree_->expandAll();
    factsTree_->setColumnWidth(0, 300);
}

void RunDetails::showRecord(const RunRecord& record) {
    charts_->setClock(clockOf(record.epochs));
    charts_->setCurves(curvesOf(record), {QStringLiteral("loss")});
    showEpochs(record.epochs);
}

void RunDetails::showEpochs(const QVector<storage::EpochRow>& epochs) {
    std::vector<SeriesSchema> series;
    for (const std::string& name : seriesOf(epochs))
        series.push_back(describeSeries(name));
    QStringList titles{tr("Epoch"), tr("Step")};
    for (const SeriesSchema& one : series)
        titles << QString::fromStdString(one.title);
    epochs_->clear();
    epochs_->setHorizontalHeaderLabels(titles << tr("Samples/s") << tr("Elapsed"));
    for (const storage::EpochRow& e : epochs) {
        const bool best = !e.damaged && e.epoch == row_.summary.bestEpoch;
        const auto value = [&](const QString& text) { return numberCell(e.damaged ? damagedValue() : text); };
        QList<QStandardItem*> cells{numberCell(best ? tr("best %1").arg(e.epoch) : QString::number(e.epoch)),
                                    value(exactCount(e.step))};
        for (const SeriesSchema& one : series)
            cells << value(figureText(one, storage::valueOf(e.values, QString::fromStdString(one.name))));
        cells << value(speedText(speedOf(e))) << value(humanDuration(e.seconds));
        for (QStandardItem* item : cells) {
            if (e.damaged) item->setForeground(Theme::instance().color(QStringLiteral("error.text")));
            if (best) item->setFont(Theme::instance().font(QStringLiteral("strong")));
        }
        epochs_->appendRow(cells);
    }
    fitTitles(*epochsTable_, *epochs_);
}

} // namespace burdock
