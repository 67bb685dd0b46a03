#include "notebook/metrics_view.h"

#include "dashboard/metric_charts.h"
#include "notebook/confusion_matrix.h"
#include "notebook/plain_table.h"
#include "theme/theme.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QStackedLayout>
#include <QStandardItemModel>
#include <QTableView>

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

QStandardItem* figure(const MetricValue& metric, double value) {
    return numberCell(figureText(describeSeries(seriesName("test", metric.id)), value));
}

bool isOfNumbers(const MetricSchema& metric) {
    return std::ranges::find(metric.kinds, TargetKind::Number) != metric.kinds.end();
}

/// Names from the registry, but never fewer than there are values.
QStringList named(QStringList names, std::size_t count) {
    if (static_cast<std::size_t>(names.size()) != count) {
        names.clear();
        for (std::size_t i = 0; i < count; ++i)
            names << QString::number(i);
    }
    return names;
}

} // namespace

MetricsView::MetricsView(QWidget* parent)
    : QWidget(parent)
    , totals_(new QStandardItemModel(this))
    , byClass_(new QStandardItemModel(this))
    , totalsTable_(new QTableView)
    , byClassTable_(new QTableView)
    , matrix_(new ConfusionMatrix)
    , hint_(new QLabel(
          tr("Press <b>Evaluate on test set</b>: the test set is put through the network, and every metric "
             "of its task appears here.")))
    , measuredOn_(new QLabel(tr("Measured on the test set: samples that the network did not learn from.")))
    , stack_(new QStackedLayout(this)) {
    dressTable(*totalsTable_, *totals_, tr("Metrics of the test set"));
    dressTable(*byClassTable_, *byClass_, tr("Metrics class by class"));
    hint_->setTextFormat(Qt::RichText);
    hint_->setAlignment(Qt::AlignCenter);
    hint_->setWordWrap(true);
    hint_->setProperty("role", "soft");
    measuredOn_->setProperty("role", "soft");
    measuredOn_->setWordWrap(true);
    auto* page = new QWidget;
    auto* lines = new QVBoxLayout(page);
    lines->setContentsMargins(0, Theme::instance().space(2), 0, 0);
    lines->setSpacing(Theme::instance().space(2));
    auto* row = new QHBoxLayout;
    row->setSpacing(Theme::instance().space(3));
    auto* tables = new QVBoxLayout;
    tables->addWidget(totalsTable_, 2);
    tables->addWidget(byClassTable_, 3);
    row->addLayout(tables, 3); // the matrix is square, and no wider than it is high
    row->addWidget(matrix_, 2);
    lines->addWidget(measuredOn_);
    lines->addLayout(row, 1);
    stack_->addWidget(hint_);
    stack_->addWidget(page);
    setMetrics({}, {});
}

void MetricsView::setMetrics(const std::vector<MetricValue>& values, const QStringList& names) {
    fillTotals(values, names);
    fillByClass(values, names);
    const auto confusion = std::find_if(values.begin(), values.end(), [](const MetricValue& m) {
        return m.columns > 0 &&
               m.values.size() == static_cast<std::size_t>(m.columns) * static_cast<std::size_t>(m.columns);
    });
    if (confusion != values.end())
        matrix_->setCounts(confusion->values, named(names, static_cast<std::size_t>(confusion->columns)));
    else
        matrix_->setCounts({}, {});
    matrix_->setVisible(matrix_->classes() > 0);
    stack_->setCurrentIndex(values.empty() ? 0 : 1);
}

void MetricsView::fillTotals(const std::vector<MetricValue>& values, const QStringList& names) {
    totals_->clear();
    totals_->setHorizontalHeaderLabels({tr("Metric"), tr("Value"), tr("What it says")});
    for (const MetricValue& m : values) {
        const MetricSchema* schema = findMetric(m.id);
        if (!schema || m.columns > 0 || mixesUnits(m, static_cast<std::size_t>(names.size()))) continue;
        QStandardItem* name = textCell(QString::fromStdString(schema->name));
        name->setToolTip(QString::fromStdString(schema->formula));
        QString says = QString::fromStdString(schema->doc);
        if (isOfNumbers(*schema) && m.values.size() > 1) says += tr(" Here the mean over the targets.");
        totals_->appendRow({name, figure(m, m.value), textCell(says)});
    }
    totalsTable_->resizeColumnToContents(0); // no name is cut
    totalsTable_->setColumnWidth(0, std::max(150, totalsTable_->columnWidth(0)));
    totalsTable_->setColumnWidth(1, 90);
    fitTitles(*totalsTable_, *totals_);
    totalsTable_->horizontalHeader()->setStretchLastSection(true);
}

void MetricsView::fillByClass(const std::vector<MetricValue>& values, const QStringList& names) {
    byClass_->clear();
    std::vector<const MetricValue*> columns;
    for (const MetricValue& m : values)
        if (const MetricSchema* schema = findMetric(m.id); schema && schema->each && !m.values.empty())
            columns.push_back(&m);
    byClassTable_->setVisible(!columns.empty());
    if (columns.empty()) return;
    const bool ofNumbers = isOfNumbers(*findMetric(columns.front()->id));
    QStringList titles{ofNumbers ? tr("Target") : tr("Class")};
    byClassTable_->setAccessibleName(ofNumbers ? tr("Metrics target by target")
                                               : tr("Metrics class by class"));
    for (const MetricValue* m : columns)
        titles << QString::fromStdString(findMetric(m->id)->name);
    byClass_->setHorizontalHeaderLabels(titles);
    const QStringList rows = named(names, columns.front()->values.size());
    for (qsizetype i = 0; i < rows.size(); ++i) {
        QList<QStandardItem*> items{textCell(rows[i])};
        for (const MetricValue* m : columns)
            items << figure(*m, static_cast<std::size_t>(i) < m->values.size()
                                    ? m->values[static_cast<std::size_t>(i)]
                                    : NAN);
        byClass_->appendRow(items);
    }
    byClassTable_->resizeColumnsToContents(); // the last of the numbers must not be cut off
    byClassTable_->setColumnWidth(0, std::min(150, byClassTable_->columnWidth(0) + 12));
    fitTitles(*byClassTable_, *byClass_);
}

} // namespace burdock
