#include "notebook/architecture_view.h"

#include "engine/graph/graph_json.h"
#include "notebook/network_lines.h"
#include "notebook/plain_table.h"
#include "session/stored_run.h"
#include "theme/theme.h"

#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStackedLayout>
#include <QStandardItemModel>
#include <QTableView>

namespace burdock {
ArchitectureView::ArchitectureView(QWidget* parent)
    : QWidget(parent)
    , layers_(new QStandardItemModel(this))
    , table_(new QTableView)
    , json_(new QPlainTextEdit)
    , asJson_(new QPushButton(tr("As JSON")))
    , stack_(new QStackedLayout) {
    dressTable(*table_, *layers_, tr("Layers"));
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
    const auto graph = storedGraph(run.start);
    if (!graph) {
        json_->setPlainText(QString::fromUtf8(shown_));
        layers_->appendRow({textCell(QString::fromStdString(graph.error().what))});
        return;
    }
    json_->setPlainText(QString::fromStdString(graphToText(*graph)));
    for (const NetworkLine& line : networkLines(*graph))
        layers_->appendRow({textCell(line.name), textCell(line.type), textCell(line.summary),
                            textCell(line.output),
                            numberCell(line.parameters ? exactCount(line.parameters) : QStringLiteral("–")),
                            numberCell(line.macs ? humanCount(line.macs) : QStringLiteral("–"))});
    const int widths[]{160, 140, 200, 110, 120, 140};
    for (int i = 0; i < 6; ++i)
        table_->setColumnWidth(i, widths[i]);
    fitTitles(*table_, *layers_);
}

} // namespace burdock
