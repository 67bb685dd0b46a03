#include "notebook/architecture_view.h"

#include "engine/graph/graph_json.h"
#include "notebook/network_lines.h"
#include "session/stored_run.h"
#include "theme/theme.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStackedLayout>
#include <QStandardItemModel>
#include <QTableView>

namespace burdock {
namespace {

QStandardItem* cell(const QString& text, bool number = false) {
    auto* item = new QStandardItem(text);
    item->setEditable(false);
    if (number) {
        item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        item->setFont(Theme::instance().font(QStringLiteral("mono")));
    }
    return item;
}

} // namespace

ArchitectureView::ArchitectureView(QWidget* parent)
    : QWidget(parent)
    , layers_(new QStandardItemModel(this))
    , table_(new QTableView)
    , json_(new QPlainTextEdit)
    , asJson_(new QPushButton(tr("As JSON")))
    , stack_(new QStackedLayout) {
    table_->setModel(layers_);
    table_->setAccessibleName(tr("Layers"));
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(28);
    table_->setShowGrid(false);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->horizontalHeader()->setHighlightSections(false);
    json_->setReadOnly(true);
    json_->setFont(Theme::instance().font(QStringLiteral("mono")));
    json_->setAccessibleName(tr("Architecture as JSON"));
    stack_->addWidget(table_);
    stack_->addWidget(json_);
    asJson_->setCheckable(true);
    connect(asJson_, &QPushButton::toggled, this, [this](bool on) { stack_->setCurrentIndex(on ? 1 : 0); });
    auto* bar = new QHBoxLayout;
    bar->addStretch(1);
    bar->addWidget(asJson_);
    auto* column = new QVBoxLayout(this);
    column->addLayout(bar);
    column->addLayout(stack_, 1);
}

void ArchitectureView::setRun(const storage::RunSummary& run) {
    if (run.start.graphJson == shown_) return;
    shown_ = run.start.graphJson;
    layers_->clear();
    layers_->setHorizontalHeaderLabels(
        {tr("Layer"), tr("Type"), tr("Settings"), tr("Output"), tr("Parameters"), tr("Multiply-adds")});
    for (int column = 0; column < 6; ++column)
        layers_->horizontalHeaderItem(column)->setTextAlignment(
            (column < 4 ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    const auto graph = storedGraph(run.start);
    if (!graph) {
        json_->setPlainText(QString::fromUtf8(shown_));
        layers_->appendRow({cell(QString::fromStdString(graph.error().what))});
        return;
    }
    json_->setPlainText(QString::fromStdString(graphToText(*graph)));
    for (const NetworkLine& line : networkLines(*graph))
        layers_->appendRow({cell(line.name), cell(line.type), cell(line.summary), cell(line.output),
                            cell(line.parameters ? exactCount(line.parameters) : QStringLiteral("–"), true),
                            cell(line.macs ? humanCount(line.macs) : QStringLiteral("–"), true)});
    const int widths[]{160, 140, 200, 110, 120, 140};
    for (int i = 0; i < 6; ++i)
        table_->setColumnWidth(i, widths[i]);
    table_->horizontalHeader()->setStretchLastSection(false);
}

} // namespace burdock
