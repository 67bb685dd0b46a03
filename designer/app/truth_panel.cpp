#include "app/truth_panel.h"

#include "document/graph_document.h"
#include "session/diagnostics.h"
#include "theme/elided_label.h"
#include "theme/theme.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QScrollBar>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

using namespace std::chrono_literals;

namespace burdock {
namespace {

constexpr int tableRow = 24, rowsInView = 4;
constexpr int leastColumn = 48, besideTitle = 24; // of a column; what the style keeps for a sort mark
constexpr int aroundTable = 30;                   // margins, frame and what the table keeps to scroll down
constexpr auto beat = 900ms;                      // of a played step
constexpr std::size_t mostUnits = 4;              // whose sums are written out
constexpr std::int64_t mostChips = 24;

} // namespace

TruthPanel::TruthPanel(GraphDocument& document, QWidget* parent)
    : QWidget(parent)
    , document_(document)
    , rows_(new TruthRows(this))
    , table_(new QTableView(this))
    , told_(new ElidedLabel({}, this))
    , truth_(0ms, [this] { ask(); }) {
    setObjectName(QStringLiteral("truthPanel"));
    setAccessibleName(tr("Truth table"));
    setProperty("panel", true);
    setAttribute(Qt::WA_StyledBackground);
    auto* title = new QLabel(tr("Truth table"), this);
    title->setFont(Theme::instance().font(QStringLiteral("strong")));
    told_->setObjectName(QStringLiteral("truthStep"));
    told_->setProperty("role", "soft");
    auto* bar = new QHBoxLayout;
    bar->setSpacing(Theme::instance().space());
    bar->addWidget(title);
    bar->addSpacing(Theme::instance().space(2));
    bar->addWidget(told_, 1);
    reset_ =
        addButton(QStringLiteral("reset"), QStringLiteral("truthReset"), tr("Back to the inputs (Home)"));
    back_ = addButton(QStringLiteral("chevron-left"), QStringLiteral("truthBack"), tr("One layer back (←)"));
    on_ = addButton(QStringLiteral("chevron-right"), QStringLiteral("truthStepOn"),
                    tr("Compute the next layer (→)"));
    play_ = addButton(QStringLiteral("play"), QStringLiteral("truthPlay"), tr("Play all layers (P)"));
    play_->setCheckable(true);
    for (QToolButton* button : {reset_, back_, on_, play_})
        bar->addWidget(button);
    connect(reset_, &QToolButton::clicked, this, &TruthPanel::reset);
    connect(back_, &QToolButton::clicked, this, &TruthPanel::stepBack);
    connect(on_, &QToolButton::clicked, this, &TruthPanel::stepOn);
    connect(play_, &QToolButton::toggled, this, &TruthPanel::play);

    table_->setObjectName(QStringLiteral("truthTable"));
    table_->setAccessibleName(tr("Truth table: a row for each combination of the inputs"));
    table_->setModel(rows_);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table_->setTabKeyNavigation(false);
    table_->setShowGrid(false);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table_->verticalHeader()->setDefaultSectionSize(tableRow);
    table_->horizontalHeader()->setHighlightSections(false);
    table_->installEventFilter(this);
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &TruthPanel::showStep);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 6, 12, 8);
    layout->setSpacing(4);
    layout->addLayout(bar);
    layout->addWidget(table_);

    beat_.setInterval(beat);
    connect(&beat_, &QTimer::timeout, this, [this] {
        if (at_ < last()) stepOn();
        if (at_ >= last()) play_->setChecked(false);
    });
    connect(&document_, &GraphDocument::graphChanged, this, [this] { truth_.outdate(); });
    connect(&document_, &GraphDocument::wasReset, this, [this] {
        play_->setChecked(false);
        at_ = 0;
        rows_->setTruth({}); // another network's nodes may bear the same ids
        showStep();
    });
    hide();
    truth_.outdate();
}

QToolButton* TruthPanel::addButton(const QString& icon, const QString& name, const QString& tip) {
    auto* button = new QToolButton(this);
    button->setObjectName(name);
    button->setIcon(Theme::instance().icon(icon));
    button->setToolTip(tip);
    button->setAccessibleName(tip);
    connect(&Theme::instance(), &Theme::changed, button,
            [button, icon] { button->setIcon(Theme::instance().icon(icon)); });
    return button;
}

void TruthPanel::setWeights(std::shared_ptr<const WeightSet> weights) {
    if (weights == weights_) return;
    weights_ = std::move(weights);
    truth_.outdate();
}

// Working out
// -------------------------------------------------------------------------------------------------

void TruthPanel::ask() {
    const auto& network = document_.report().network;
    if (!network) { // while it is edited the place stays
        rows_->setTruth({});
        showStep();
        return truth_.giveUp();
    }
    if (network->steps().size() < 2 || !checkTruthTable(*network, weights_ != nullptr)) {
        truth_.giveUp();
        return leave();
    }
    truth_.workOut(
        [network = *network, weights = weights_] {
            return guarded(brokenOff("Truth table"), [&] { return tracedTruth(network, weights.get()); });
        },
        [this](Result<TracedTruth> truth) { take(std::move(truth)); });
}

void TruthPanel::take(Result<TracedTruth> truth) {
    if (!truth) return leave();
    const int row = table_->currentIndex().row();
    const auto titles = [this] {
        QStringList all;
        for (int i = 0; i < rows_->columnCount(); ++i)
            all << rows_->headerData(i, Qt::Horizontal, Qt::DisplayRole).toString();
        return all;
    };
    const QStringList before = titles();
    const bool computed = rows_->truth() && at_ > 0 && at_ == last();
    rows_->setTruth(std::move(*truth));
    at_ = computed ? last() : std::min(at_, last());
    if (titles() != before) fitColumns();
    fitHeight();
    table_->setCurrentIndex(rows_->index(std::clamp(row, 0, rows_->rowCount() - 1), 0));
    setVisible(true);
    showStep();
}

/// As many rows as are to be in view, with the bar that scrolls sideways where it is needed.
void TruthPanel::fitHeight() {
    QHeaderView& titles = *table_->horizontalHeader();
    titles.ensurePolished();
    const int shownRows = std::min(rows_->rowCount(), rowsInView);
    const bool scrolls = titles.length() > width() - aroundTable;
    table_->setFixedHeight(std::max(titles.height(), titles.sizeHint().height()) + shownRows * tableRow +
                           2 * table_->frameWidth() + 2 +
                           (scrolls ? table_->horizontalScrollBar()->sizeHint().height() : 0));
}

void TruthPanel::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (rows_->truth()) fitHeight();
}

void TruthPanel::fitColumns() {
    table_->ensurePolished(); // or the header has not its font yet
    table_->resizeColumnsToContents();
    for (int column = 0; column < rows_->columnCount(); ++column)
        table_->setColumnWidth(column,
                               std::max({leastColumn, table_->columnWidth(column),
                                         table_->horizontalHeader()->sectionSizeHint(column) + besideTitle}));
}

void TruthPanel::leave() {
    play_->setChecked(false);
    rows_->setTruth({});
    if (const QWidget* focused = QApplication::focusWidget(); focused && isAncestorOf(focused))
        emit focusGivenUp();
    hide();
    emit shown({});
}

// Step by step
// -------------------------------------------------------------------------------------------------

std::size_t TruthPanel::last() const {
    return rows_->truth() ? rows_->truth()->steps.size() - 1 : 0;
}

void TruthPanel::toggleInput(int index) {
    if (!rows_->truth() || !table_->currentIndex().isValid()) return;
    std::vector<bool> bits = rows_->bits(table_->currentIndex().row());
    if (index < 0 || index >= std::ssize(bits)) return;
    bits[static_cast<std::size_t>(index)].flip();
    table_->setCurrentIndex(rows_->index(rows_->rowOf(bits), 0));
}

void TruthPanel::reset() {
    play_->setChecked(false);
    at_ = 0;
    showStep();
}

void TruthPanel::stepOn() {
    if (at_ < last()) ++at_;
    showStep();
}

void TruthPanel::stepBack() {
    play_->setChecked(false);
    if (at_ > 0) --at_;
    showStep();
}

void TruthPanel::play(bool on) {
    const QString icon = on ? QStringLiteral("pause") : QStringLiteral("play");
    play_->setIcon(Theme::instance().icon(icon));
    play_->setChecked(on);
    if (!on) return beat_.stop();
    if (at_ >= last()) at_ = 0;
    showStep();
    beat_.start();
}

QStringList TruthPanel::note(const TruthStep& step) const {
    QStringList lines;
    const int row = table_->currentIndex().row();
    const auto given = step.row(row);
    for (std::size_t unit = 0; unit < std::min(given.size(), mostUnits); ++unit) {
        const auto sum = unitSum(*rows_->truth(), step, row, unit, weights_.get());
        if (!sum) return {};
        lines << sumText(*sum, static_cast<double>(given[unit]));
    }
    if (given.size() > mostUnits) lines << tr("and %1 more").arg(given.size() - mostUnits);
    return lines;
}

ShownValues TruthPanel::values() const {
    const TracedTruth& truth = *rows_->truth();
    const int row = table_->currentIndex().row();
    ShownValues values;
    for (std::size_t i = 0; i <= at_; ++i) {
        const TruthStep& step = truth.steps[i];
        const NodeId card = truth.network.steps()[step.step].path.top();
        QVector<ShownValue> chips; // of several layers in a block, those of the last
        for (const float value :
             step.row(row).first(static_cast<std::size_t>(std::min(step.size, mostChips))))
            chips.append({truthText(static_cast<double>(value)), value != 0, i == 0});
        values.cards[card] = std::move(chips);
        values.computing = card;
    }
    if (at_ > 0) values.note = note(truth.steps[at_]);
    return values;
}

void TruthPanel::showStep() {
    enableButtons();
    if (!rows_->truth() || !table_->currentIndex().isValid()) {
        told_->setText(document_.report().network ? QString() : tr("Not known while the network has errors"));
        if (isVisibleTo(parentWidget())) emit shown({});
        return;
    }
    const ShownValues values = this->values();
    const TruthStep& step = rows_->truth()->steps[at_];
    const QString name = QString::fromStdString(rows_->truth()->network.steps()[step.step].name);
    QStringList given;
    for (const ShownValue& value : values.cards.at(values.computing))
        given << value.text;
    told_->setText(at_ == 0
                       ? tr("Click an input's bit on the canvas or a row below, then compute layer by layer.")
                       : QStringLiteral("%1: %2").arg(name, values.note.isEmpty()
                                                                ? given.join(u' ')
                                                                : values.note.join(QStringLiteral("; "))));
    emit shown(values);
}

void TruthPanel::enableButtons() {
    const bool known = rows_->truth().has_value();
    const auto enable = [this](QToolButton* button, bool can) {
        if (!can && button->hasFocus()) table_->setFocus();
        button->setEnabled(can);
    };
    enable(reset_, known && at_ > 0);
    enable(back_, known && at_ > 0);
    enable(on_, known && at_ < last());
    enable(play_, known);
}

// Keys
// -------------------------------------------------------------------------------------------------

void TruthPanel::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Right:
        return stepOn();
    case Qt::Key_Left:
        return stepBack();
    case Qt::Key_Home:
        return reset();
    case Qt::Key_P:
        return play(!play_->isChecked());
    case Qt::Key_Escape:
        return emit focusGivenUp();
    default:
        QWidget::keyPressEvent(event);
    }
}

bool TruthPanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched == table_ && event->type() == QEvent::KeyPress) {
        auto* key = static_cast<QKeyEvent*>(event);
        const bool plain = !(key->modifiers() & ~Qt::KeypadModifier);
        constexpr std::array own{Qt::Key_Right, Qt::Key_Left, Qt::Key_Home, Qt::Key_P, Qt::Key_Escape};
        if (plain && std::ranges::find(own, key->key()) != own.end()) {
            keyPressEvent(key);
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace burdock
