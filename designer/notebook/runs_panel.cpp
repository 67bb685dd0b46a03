#include "notebook/runs_panel.h"

#include "notebook/ask_bar.h"
#include "notebook/run_cell.h"
#include "session/csv_field.h"
#include "session/whole_file.h"
#include "theme/file_question.h"
#include "theme/theme.h"

#include <QAction>
#include <QDropEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSettings>
#include <QShortcut>
#include <QStackedLayout>
#include <QTableView>
#include <QTextStream>
#include <QToolButton>

#include <algorithm>

namespace burdock {
namespace {

const QString columnsKey = QStringLiteral("notebook/columns");

QToolButton* toolButton(const QString& icon, const QString& text, const QString& tip) {
    auto* button = new QToolButton;
    button->setIcon(Theme::instance().icon(icon, QStringLiteral("ink.soft")));
    button->setText(text);
    button->setToolTip(tip);
    button->setAccessibleName(tip);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    return button;
}

} // namespace

RunsPanel::RunsPanel(RunsModel& model, QWidget* parent)
    : QWidget(parent)
    , model_(model)
    , filter_(new RunsFilter(this))
    , table_(new QTableView)
    , delete_(new QAction(this))
    , filterField_(new QLineEdit)
    , count_(new QLabel)
    , empty_(new QLabel)
    , bin_(new QPushButton(tr("Bin")))
    , emptyBin_(new QPushButton(tr("Empty bin…")))
    , stack_(new QStackedLayout) {
    filter_->setSourceModel(&model_);
    filter_->setDynamicSortFilter(true);

    filterField_->setPlaceholderText(tr("Filter by name, model, data, optimizer, tag, status…"));
    filterField_->setAccessibleName(tr("Filter runs"));
    filterField_->setClearButtonEnabled(true);
    filterField_->addAction(Theme::instance().icon(QStringLiteral("search"), QStringLiteral("ink.soft")),
                            QLineEdit::LeadingPosition);
    connect(filterField_, &QLineEdit::textChanged, filter_, &RunsFilter::setWords);
    count_->setProperty("role", "soft");
    empty_->setTextFormat(Qt::RichText);

    auto* columns = toolButton(QStringLiteral("settings"), tr("Columns"), tr("Choose columns"));
    auto* columnMenu = new QMenu(columns);
    fillColumnMenu(columnMenu);
    columns->setMenu(columnMenu);
    columns->setPopupMode(QToolButton::InstantPopup);
    auto* csv = toolButton(QStringLiteral("download"), tr("Export"), tr("Export this table as a CSV file"));
    connect(csv, &QToolButton::clicked, this, &RunsPanel::askCsv);
    bin_->setIcon(Theme::instance().icon(QStringLiteral("trash"), QStringLiteral("ink.soft")));
    bin_->setCheckable(true);
    bin_->setToolTip(tr("Show the runs that were deleted; they can be restored"));
    connect(bin_, &QPushButton::toggled, this, &RunsPanel::showBin);
    emptyBin_->setObjectName(QStringLiteral("emptyBin"));
    emptyBin_->setToolTip(tr("Delete the runs in the bin for good, to free the room of their weights"));
    connect(emptyBin_, &QPushButton::clicked, this, &RunsPanel::emptyBinWanted);

    auto* bar = new QHBoxLayout;
    bar->setSpacing(Theme::instance().space(2));
    bar->addWidget(filterField_, 1);
    bar->addWidget(count_);
    bar->addWidget(columns);
    bar->addWidget(csv);
    bar->addWidget(emptyBin_);
    bar->addWidget(bin_);

    table_->setModel(filter_);
    table_->setItemDelegate(new RunCell(table_));
    table_->setAccessibleName(tr("Runs"));
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    table_->setEditTriggers(QAbstractItemView::EditKeyPressed);
    table_->setSortingEnabled(true);
    table_->sortByColumn(columnOf(QStringLiteral("number")), Qt::DescendingOrder);
    table_->setShowGrid(false);
    table_->setWordWrap(false);
    table_->setTabKeyNavigation(false);
    table_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table_->verticalHeader()->hide();
    // One height for all rows: nothing is measured, however many there are.
    table_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table_->verticalHeader()->setDefaultSectionSize(30);
    QHeaderView* header = table_->horizontalHeader();
    header->setSectionsMovable(true);
    header->setHighlightSections(false);
    header->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(header, &QWidget::customContextMenuRequested, this,
            [header, columnMenu](const QPoint& at) { columnMenu->popup(header->mapToGlobal(at)); });
    restoreColumns();
    table_->viewport()->setAcceptDrops(true);
    table_->viewport()->installEventFilter(this);

    empty_->setAlignment(Qt::AlignCenter);
    empty_->setProperty("role", "soft");
    empty_->setWordWrap(true);
    stack_->addWidget(table_);
    stack_->addWidget(empty_);
    auto* column = new QVBoxLayout(this);
    const int space = Theme::instance().space(3);
    column->setContentsMargins(space, space, space, space / 2);
    column->addLayout(bar);
    column->addLayout(stack_, 1);

    delete_->setObjectName(QStringLiteral("runs.delete"));
    delete_->setShortcut(QKeySequence::Delete);
    delete_->setShortcutContext(Qt::WidgetShortcut); // where a text is edited the key is the text's
    table_->addAction(delete_);
    connect(delete_, &QAction::triggered, this, &RunsPanel::deleteWanted);
    auto* find = new QShortcut(QKeySequence::Find, this, nullptr, nullptr, Qt::WidgetWithChildrenShortcut);
    connect(find, &QShortcut::activated, filterField_,
            [this] { filterField_->setFocus(Qt::ShortcutFocusReason); });
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &RunsPanel::selectionChanged);
    connect(this, &RunsPanel::selectionChanged, this, &RunsPanel::showDelete);
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(filter_, signal, this, &RunsPanel::showState);
    connect(filter_, &QAbstractItemModel::modelReset, this, &RunsPanel::showState);
    connect(filter_, &QAbstractItemModel::layoutChanged, this, &RunsPanel::showState);
    connect(&model_, &RunsModel::loaded, this, [this] {
        showState();
        fitNumbers();
    });
    showState();
    showDelete();
}

/// Files are dropped on a run to ask its network about them.
bool RunsPanel::eventFilter(QObject* watched, QEvent* event) {
    const auto type = event->type();
    if (watched != table_->viewport() ||
        (type != QEvent::DragEnter && type != QEvent::DragMove && type != QEvent::Drop))
        return QWidget::eventFilter(watched, event);
    auto* const drop = static_cast<QDropEvent*>(event);
    const QModelIndex row = table_->indexAt(drop->position().toPoint());
    const QStringList paths = droppedPaths(*drop->mimeData());
    const bool fits = !paths.isEmpty() && (row.isValid() || type == QEvent::DragEnter);
    drop->setAccepted(fits);
    if (fits) drop->acceptProposedAction();
    if (fits && type == QEvent::Drop) emit askWanted({row.data(RunsModel::RunIdRole).toLongLong()}, paths);
    return true;
}

void RunsPanel::showDelete() {
    delete_->setText(filter_->isBin() ? tr("Restore") : tr("Delete"));
    delete_->setEnabled(table_->selectionModel()->hasSelection());
}

void RunsPanel::showState() {
    const int shown = filter_->rowCount();
    stack_->setCurrentWidget(shown > 0 ? static_cast<QWidget*>(table_) : empty_);
    count_->setText(shown == 1 ? tr("1 run") : tr("%1 runs").arg(shown));
    emptyBin_->setVisible(filter_->isBin());
    emptyBin_->setEnabled(!model_.binnedRuns().isEmpty());
    if (shown > 0) return;
    if (!model_.isLoaded())
        empty_->setText(tr("Reading the notebook…"));
    else if (!filterField_->text().isEmpty())
        empty_->setText(tr("<h3>No run fits the filter</h3><p>Take words out of it, or clear it.</p>"));
    else if (filter_->isBin())
        empty_->setText(tr("<h3>The bin is empty</h3><p>Deleted runs wait here until they are restored, or "
                           "the bin is emptied.</p>"));
    else
        empty_->setText(
            tr("<h3>No runs yet</h3><p>Press <b>Train</b>: each run is kept here with its settings, "
               "curves and weights.</p>"));
}

QVector<storage::RunId> RunsPanel::selectedRuns() const {
    QModelIndexList rows = table_->selectionModel()->selectedRows();
    std::sort(rows.begin(), rows.end());
    QVector<storage::RunId> runs;
    for (const QModelIndex& row : rows)
        runs.append(storage::RunId{row.data(RunsModel::RunIdRole).toLongLong()});
    return runs;
}

void RunsPanel::select(storage::RunId run) {
    const QModelIndex index = filter_->mapFromSource(model_.index(model_.rowOf(run), 0));
    if (!index.isValid()) return;
    table_->selectRow(index.row());
    table_->scrollTo(index);
}

void RunsPanel::showBin(bool bin) {
    bin_->setChecked(bin);
    table_->clearSelection();
    filter_->setBin(bin);
    showState();
    showDelete();
}

// Columns. --------------------------------------------------------------------------------------------

void RunsPanel::fillColumnMenu(QMenu* menu) {
    const auto& columns = runColumns();
    for (int i = 0; i < columns.size(); ++i) {
        QAction* action = menu->addAction(columns[i].tip.isEmpty()
                                              ? columns[i].title
                                              : columns[i].title + QStringLiteral("  –  ") + columns[i].tip);
        action->setCheckable(true);
        action->setEnabled(columns[i].key != QLatin1String("name")); // a run without a name is nobody
        connect(menu, &QMenu::aboutToShow, action,
                [this, action, i] { action->setChecked(!table_->isColumnHidden(i)); });
        connect(action, &QAction::triggered, this, [this, i](bool on) {
            table_->setColumnHidden(i, !on);
            fitNumbers();
            keepColumns();
        });
    }
}

void RunsPanel::restoreColumns() {
    const QSettings settings;
    const bool chosen = settings.contains(columnsKey);
    const QStringList keys = settings.value(columnsKey).toStringList();
    const auto& columns = runColumns();
    for (int i = 0; i < columns.size(); ++i) {
        table_->setColumnWidth(i, columns[i].width);
        table_->setColumnHidden(i, chosen ? !keys.contains(columns[i].key) : !columns[i].visible);
    }
}

/// A number that is cut is another number: their columns are at least as wide as they need.
void RunsPanel::fitNumbers() {
    const auto& columns = runColumns();
    const QAbstractItemView& view = *table_;
    for (int i = 0; i < columns.size(); ++i)
        if (columns[i].number && !table_->isColumnHidden(i))
            table_->setColumnWidth(i, std::max(table_->columnWidth(i), view.sizeHintForColumn(i)));
}

void RunsPanel::keepColumns() const {
    QStringList keys;
    const auto& columns = runColumns();
    for (int i = 0; i < columns.size(); ++i)
        if (!table_->isColumnHidden(i)) keys << columns[i].key;
    QSettings().setValue(columnsKey, keys);
}

// Export. ---------------------------------------------------------------------------------------------

void RunsPanel::askCsv() {
    auto* dialog = fileQuestion(this, tr("Export runs"), tr("Tables (*.csv)"));
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("csv"));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        if (const auto failure = saveCsv(path))
            emit model_.failed(tr("%1 could not be written: %2.").arg(path, *failure));
        else
            emit exported(path, filter_->rowCount());
    });
    dialog->open();
}

std::optional<QString> RunsPanel::saveCsv(const QString& path) const {
    QByteArray bytes;
    QTextStream out(&bytes);
    QList<int> columns;
    const QHeaderView* header = table_->horizontalHeader();
    for (int visual = 0; visual < header->count(); ++visual)
        if (const int column = header->logicalIndex(visual); !header->isSectionHidden(column))
            columns << column;
    const auto line = [&](auto field) {
        QStringList fields;
        for (const int column : columns)
            fields << csvField(field(column));
        out << fields.join(QLatin1Char(',')) << '\n';
    };
    // What is damaged says so in every file, whichever columns are shown.
    const int status = columnOf(QStringLiteral("status"));
    const auto damaged = [&](int row) {
        return filter_->index(row, status).data(RunsModel::DamagedRole).toBool();
    };
    bool anyDamaged = false;
    for (int row = 0; row < filter_->rowCount(); ++row)
        anyDamaged = anyDamaged || damaged(row);
    if (anyDamaged && !columns.contains(status)) columns << status;
    const int metric = columnOf(QLatin1String(metricColumn)); // figures without it say nothing
    const bool telling = std::ranges::any_of(columns, [](int c) { return bool(runColumns()[c].unit); });
    if (telling && !columns.contains(metric)) columns << metric;
    line([](int column) { return runColumns()[column].key; });
    for (int row = 0; row < filter_->rowCount(); ++row)
        line([&](int column) {
            const QModelIndex index = filter_->index(row, column);
            // Figures as they are, not as they are written for people.
            if (!runColumns()[column].number) return index.data().toString();
            const QVariant value = index.data(RunsModel::OrderRole);
            return value.typeId() == QMetaType::Double ? QString::number(value.toDouble(), 'g', 9)
                                                       : value.toString();
        });
    out.flush();
    return writeWhole(path, bytes);
}

} // namespace burdock
