#include "app/queue_panel.h"

#include "app/queue_row.h"
#include "app/workspace.h"
#include "dashboard/live_runs.h"
#include "dashboard/run_words.h"
#include "theme/move_focus.h"
#include "theme/row_list.h"
#include "theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>

#include <algorithm>

namespace burdock {
namespace {

constexpr int rowHeight = 30;
constexpr int rowsInSight = 4; ///< beyond that the list scrolls

/// What is trained, what waits, then what has ended, the last one first.
std::vector<TrainingRun*> listOrder(const RunQueue& queue) {
    std::vector<TrainingRun*> order = queue.active();
    for (TrainingRun* run : queue.waiting())
        order.push_back(run);
    for (auto run = queue.runs().rbegin(); run != queue.runs().rend(); ++run)
        if ((*run)->state() == TrainingRun::State::Ended) order.push_back(*run);
    return order;
}

} // namespace

QueuePanel::QueuePanel(Workspace& workspace, QWidget* parent)
    : QWidget(parent)
    , workspace_(workspace)
    , queue_(workspace.queue())
    , runs_(LiveRuns::of(queue_))
    , title_(new QLabel(this))
    , list_(new RowList(this))
    , atOnce_(new QSpinBox(this))
    , startAll_(new QPushButton(tr("Start all"), this))
    , stopAll_(new QPushButton(tr("Stop all"), this)) {
    setObjectName(QStringLiteral("queuePanel"));
    const Theme& theme = Theme::instance();
    title_->setFont(theme.font(QStringLiteral("strong")));
    startAll_->setObjectName(QStringLiteral("startAll"));
    startAll_->setToolTip(tr("Let the held runs begin, one after another"));
    stopAll_->setObjectName(QStringLiteral("stopAll"));
    stopAll_->setToolTip(tr("Stop what is trained, and hold what waits"));
    auto* label = new QLabel(tr("Runs at once"), this);
    label->setBuddy(atOnce_);
    label->setProperty("role", "soft");
    atOnce_->setObjectName(QStringLiteral("runsAtOnce"));
    atOnce_->setAccessibleName(label->text());
    atOnce_->setRange(1, RunQueue::maxAtOnce);
    atOnce_->setFixedWidth(58);
    list_->setObjectName(QStringLiteral("queueList"));
    list_->setAccessibleName(tr("Queue of runs"));
    list_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list_->setUniformItemSizes(true);

    auto* head = new QHBoxLayout;
    head->setSpacing(theme.space(2));
    head->addWidget(title_);
    head->addStretch(1);
    head->addWidget(startAll_);
    head->addWidget(stopAll_);
    head->addWidget(label);
    head->addWidget(atOnce_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme.space(4), theme.space(3), theme.space(4), 0);
    column->setSpacing(theme.space(1));
    column->addLayout(head);
    column->addWidget(list_);

    connect(startAll_, &QPushButton::clicked, this, [this] { queue_.releaseAll(); });
    connect(stopAll_, &QPushButton::clicked, this, [this] { queue_.stopAll(); });
    connect(atOnce_, &QSpinBox::valueChanged, this, [this](int runs) { workspace_.setRunsAtOnce(runs); });
    connect(list_, &QListWidget::currentRowChanged, this, [this](int index) {
        if (index >= 0 && index < static_cast<int>(listed_.size()))
            runs_.show(*listed_[static_cast<std::size_t>(index)]);
    });
    // Not at once: the change may come out of a button of the list.
    soon_.setSingleShot(true);
    soon_.setInterval(0);
    poll_.setInterval(500);
    connect(&soon_, &QTimer::timeout, this, &QueuePanel::rebuild);
    connect(&poll_, &QTimer::timeout, this, &QueuePanel::refresh);
    connect(&queue_, &RunQueue::changed, &soon_, qOverload<>(&QTimer::start));
    connect(&runs_, &LiveRuns::shownChanged, &soon_, qOverload<>(&QTimer::start));
    connect(&Theme::instance(), &Theme::changed, &soon_, qOverload<>(&QTimer::start));
    connect(&queue_, &RunQueue::aboutToRemove, this, [this](TrainingRun* run) {
        const auto at = std::find(listed_.begin(), listed_.end(), run);
        if (at == listed_.end()) return;
        const QSignalBlocker quiet(list_);
        const auto index = static_cast<int>(at - listed_.begin());
        if (QueueRow* gone = row(index)) {
            moveFocus(*gone, *list_);
            gone->setEnabled(false);
        }
        list_->removeItemWidget(list_->item(index)); // deletes it later
        delete list_->takeItem(index);
        listed_.erase(at);
    });
    rebuild();
}

QueueRow* QueuePanel::row(int index) const {
    return static_cast<QueueRow*>(list_->itemWidget(list_->item(index)));
}

void QueuePanel::rebuild() {
    const std::vector<TrainingRun*> order = listOrder(queue_);
    {
        const QSignalBlocker quiet(list_);
        if (order != listed_) {
            moveFocus(*list_, *list_);
            list_->clear();
            listed_ = order;
            for (TrainingRun* run : listed_) {
                auto* item = new QListWidgetItem(list_);
                item->setSizeHint({0, rowHeight});
                auto* made = new QueueRow(queue_, *run);
                connect(made, &QueueRow::resumeWanted, this,
                        [this, run] { workspace_.resume(run->runId()); });
                list_->setItemWidget(item, made);
            }
        }
        const int rows = std::clamp(static_cast<int>(listed_.size()), 1, rowsInSight);
        list_->setFixedHeight(rows * rowHeight + 2 * list_->frameWidth() + 2);
        const auto shown = std::find(listed_.begin(), listed_.end(), runs_.shown());
        list_->setCurrentRow(shown == listed_.end() ? -1 : static_cast<int>(shown - listed_.begin()));
        const QSignalBlocker quietToo(atOnce_);
        atOnce_->setValue(queue_.atOnce());
    }
    startAll_->setVisible(!queue_.held().empty());
    stopAll_->setVisible(queue_.isBusy() && listed_.size() > 1);
    const int threads = queue_.threadsEach();
    atOnce_->setToolTip(threads == 1 ? tr("Each run gets one thread")
                                     : tr("Each run gets %1 threads").arg(threads));
    const QStringList counts = queueCounts(queue_);
    title_->setText(counts.isEmpty() ? tr("Runs") : tr("Runs: %1").arg(counts.join(QStringLiteral(", "))));
    queue_.isBusy() ? poll_.start() : poll_.stop();
    setVisible(!listed_.empty());
    refresh();
}

void QueuePanel::refresh() {
    std::vector<QueueRow*> rows;
    QueueRow::Columns widest;
    for (int i = 0; i < list_->count(); ++i)
        if (QueueRow* shown = row(i)) {
            shown->refresh();
            list_->item(i)->setData(Qt::AccessibleTextRole, shown->words());
            const QueueRow::Columns own = shown->wanted();
            widest = {std::max(widest.name, own.name), std::max(widest.state, own.state)};
            rows.push_back(shown);
        }
    for (QueueRow* shown : rows)
        shown->setColumns(widest);
}

} // namespace burdock
