#include "datapage/table_view.h"

#include "datapage/column_table.h"
#include "datapage/histogram_cell.h"
#include "datapage/row_table.h"
#include "datapage/sample_table.h"
#include "engine/data/picture.h"
#include "theme/plain_text.h"
#include "theme/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace burdock {
namespace {

void dress(QTableView& table, const QString& name) {
    table.setAccessibleName(name);
    table.setShowGrid(false);
    table.setWordWrap(false);
    table.setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table.verticalHeader()->hide();
    table.verticalHeader()->setSectionResizeMode(QHeaderView::Fixed); // of a million rows none is measured
    table.verticalHeader()->setDefaultSectionSize(26);
    table.horizontalHeader()->setHighlightSections(false);
    table.horizontalHeader()->setTextElideMode(Qt::ElideRight);
    table.setTabKeyNavigation(false);
}

} // namespace

TableView::TableView(Surveyor& surveyor, QWidget* parent)
    : QWidget(parent)
    , surveyor_(surveyor)
    , columns_(new ColumnTable(surveyor, this))
    , rows_(new RowTable(this))
    , columnsTable_(new SampleTable(this))
    , rowsTable_(new SampleTable(this))
    , part_(new QComboBox(this)) {
    columnsTable_->setObjectName(QStringLiteral("columns"));
    columnsTable_->setModel(columns_);
    dress(*columnsTable_, tr("Columns of the data"));
    columnsTable_->setSelectionBehavior(QAbstractItemView::SelectRows);
    columnsTable_->setItemDelegateForColumn(ColumnTable::Histogram, new HistogramCell(columnsTable_));
    columnsTable_->setContextMenuPolicy(Qt::CustomContextMenu);
    rowsTable_->setObjectName(QStringLiteral("rows"));
    rowsTable_->setModel(rows_);
    dress(*rowsTable_, tr("Samples of the data"));
    rowsTable_->horizontalHeader()->setContextMenuPolicy(Qt::CustomContextMenu);
    rowsTable_->horizontalHeader()->setSectionsClickable(true);

    auto* parts = new QSplitter(Qt::Vertical, this);
    parts->setHandleWidth(1);
    parts->addWidget(columnsTable_);
    parts->addWidget(below_ = makeRows());
    parts->setChildrenCollapsible(false);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->addWidget(parts);

    connect(columnsTable_, &QTableView::clicked, this, [this](const QModelIndex& index) {
        if (index.column() != ColumnTable::Use) return;
        openMenu(index.row(),
                 columnsTable_->viewport()->mapToGlobal(columnsTable_->visualRect(index).bottomLeft()));
    });
    connect(columnsTable_, &QTableView::activated, this, [this](const QModelIndex& index) { // Enter
        openMenu(index.row(),
                 columnsTable_->viewport()->mapToGlobal(columnsTable_->visualRect(index).bottomLeft()));
    });
    connect(columnsTable_, &QWidget::customContextMenuRequested, this, [this](const QPoint& at) {
        openMenu(columnsTable_->rowAt(at.y()), columnsTable_->viewport()->mapToGlobal(at));
    });
    const auto ofTitle = [this](int section, const QPoint& at) {
        const std::int64_t feature = rows_->featureAt(section);
        if (feature < 0 || !surveyor_.survey()) return;
        openMenu(columns_->rowOfFeature(feature), at);
    };
    QHeaderView* titles = rowsTable_->horizontalHeader();
    connect(titles, &QHeaderView::sectionClicked, this, [titles, ofTitle](int section) {
        ofTitle(section,
                titles->mapToGlobal(QPoint(titles->sectionViewportPosition(section), titles->height())));
    });
    connect(titles, &QWidget::customContextMenuRequested, this, [titles, ofTitle](const QPoint& at) {
        ofTitle(titles->logicalIndexAt(at), titles->mapToGlobal(at));
    });
    connect(part_, &QComboBox::currentIndexChanged, this, [this] {
        rows_->setData(surveyor_.data(), static_cast<Part>(part_->currentData().toInt()));
        fitColumns();
    });
}

QWidget* TableView::makeRows() {
    auto* box = new QWidget(this);
    part_->addItem(tr("Training"), int(Part::Train));
    part_->addItem(tr("Test"), int(Part::Test));
    part_->setAccessibleName(tr("Part of the data set"));
    auto* title = new QLabel(tr("Samples"), box);
    title->setFont(Theme::instance().font(QStringLiteral("strong")));
    auto* bar = new QHBoxLayout;
    bar->addWidget(title);
    bar->addWidget(part_);
    bar->addStretch();
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 6, 0, 0);
    column->addLayout(bar);
    column->addWidget(rowsTable_, 1);
    return box;
}

void TableView::setUse(const ColumnUse& use) {
    use_ = use;
    columns_->setUse(use);
    fitColumns();
}

void TableView::refresh() {
    const auto& data = surveyor_.data();
    columns_->refresh();
    const bool table = data && !data->tokenizer() && !isPicture(data->info().input);
    below_->setVisible(table);
    const bool parts = table && data->info().testSize > 0;
    if (!parts) part_->setCurrentIndex(0);
    part_->setVisible(parts);
    rows_->setData(table ? data : nullptr, static_cast<Part>(part_->currentData().toInt()));
    fitColumns();
}

void TableView::fitColumns() {
    constexpr int mostFitted = 200; // titles of more are as wide as they are
    for (QTableView* table : {columnsTable_, rowsTable_}) {
        table->ensurePolished(); // or the header has not its font yet
        const int columns = table->model()->columnCount();
        if (columns > mostFitted) continue;
        table->resizeColumnsToContents();
        constexpr int markPlace = 16; // what the style keeps for a sort mark, and does not count
        for (int column = 0; column < columns; ++column) {
            const int title = table->horizontalHeader()->sectionSizeHint(column) + markPlace;
            table->setColumnWidth(column, std::clamp(std::max(table->columnWidth(column), title), 64, 240));
        }
    }
    columnsTable_->setColumnWidth(ColumnTable::Histogram, 124);
}

std::vector<int> TableView::rowsMeant(int row) const {
    std::vector<int> rows;
    for (const QModelIndex& index : columnsTable_->selectionModel()->selectedRows())
        rows.push_back(index.row());
    std::ranges::sort(rows);
    return std::ranges::find(rows, row) != rows.end() ? rows : std::vector<int>{row};
}

void TableView::fillMenu(QMenu& menu, int row) {
    if (row < 0 || row >= columns_->rowCount()) return;
    std::vector<std::string> columns; // several features may be of one
    std::size_t targets = 0, leftOut = 0;
    for (const int meant : rowsMeant(row)) {
        const std::string column = columns_->columnAt(meant);
        if (column.empty() || std::ranges::find(columns, column) != columns.end()) continue;
        columns.push_back(column);
        targets += columns_->usedAs(meant) == ColumnTable::Used::Target;
        leftOut += columns_->usedAs(meant) == ColumnTable::Used::LeftOut;
    }
    if (columns.empty()) return;
    const auto add = [&](const QString& title, const ParamValues& options) {
        connect(menu.addAction(title), &QAction::triggered, this,
                [this, options] { emit optionsWanted(options); });
    };
    const QString what = columns.size() == 1
                             ? tr("“%1”").arg(plainEntry(QString::fromStdString(columns.front())))
                             : tr("these %1 columns").arg(columns.size());
    const bool someStay = targets < use_.targets().size(); // something must be predicted
    if (use_.canPredict() && (targets < columns.size() || someStay))
        add(targets > 0 ? tr("Predict %1 alone").arg(what) : tr("Predict %1").arg(what),
            use_.predicting(columns));
    if (use_.canPredict() && targets < columns.size() && someStay)
        add(tr("Predict %1 too").arg(what), use_.predictingToo(columns));
    if (targets + leftOut > 0 && (targets == 0 || someStay))
        add(columns.size() == 1 ? tr("Use %1 as an input").arg(what) : tr("Use %1 as inputs").arg(what),
            use_.taking(columns));
    if (use_.canIgnore() && leftOut < columns.size() && (targets == 0 || someStay))
        add(tr("Leave %1 out").arg(what), use_.ignoring(columns));
}

void TableView::openMenu(int row, const QPoint& at) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    fillMenu(*menu, row);
    menu->isEmpty() ? delete menu : menu->popup(at);
}

} // namespace burdock
