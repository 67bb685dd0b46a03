#include "notebook/runs_model.h"

#include "session/damage.h"
#include "session/run_queue.h"
#include "theme/plain_text.h"
#include "theme/theme.h"

#include <algorithm>
#include <utility>

namespace burdock {

using storage::RunId;

RunsModel::RunsModel(std::shared_ptr<storage::Notebook> notebook, RunQueue& queue, QObject* parent)
    : QAbstractTableModel(parent)
    , notebook_(std::move(notebook))
    , queue_(queue) {
    connect(&queue_, &RunQueue::started, this, [this](RunId id) { refresh(id); });
    connect(&queue_, &RunQueue::epochFinished, this, [this](RunId id) { refresh(id); });
    connect(&queue_, &RunQueue::finished, this, [this](RunId id) { refresh(id); });
    connect(&queue_, &RunQueue::changed, this, &RunsModel::followQueue);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        if (!rows_.isEmpty()) emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    });
    follow_.setInterval(500);
    connect(&follow_, &QTimer::timeout, this, &RunsModel::showProgress);
}

RunsModel::~RunsModel() = default;

int RunsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int RunsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(runColumns().size());
}

QVariant RunsModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const RunRow& row = rows_[index.row()];
    const RunColumn& column = runColumns()[index.column()];
    switch (role) {
    case Qt::DisplayRole:
    case Qt::EditRole:
        return column.text(row);
    case OrderRole:
        return column.order(row);
    case UnitRole:
        return column.unit ? column.unit(row) : QString();
    case RunIdRole:
        return row.summary.id.value;
    case ProgressRole:
        return row.progress;
    case StateRole:
        return static_cast<int>(row.summary.state);
    case BinnedRole:
        return row.summary.deleted;
    case DamagedRole:
        return row.summary.damaged;
    case WordsRole: {
        const auto& s = row.summary;
        return QStringList{s.start.name,
                           s.start.modelName,
                           s.start.datasetTitle,
                           row.optimizer,
                           stateText(s.state),
                           s.tags.join(QLatin1Char(' ')),
                           s.notes,
                           QLatin1Char('#') + QString::number(s.id.value)}
            .join(QLatin1Char('\n'))
            .toLower();
    }
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter | (column.number ? Qt::AlignRight : Qt::AlignLeft));
    case Qt::FontRole:
        return column.number ? QVariant(Theme::instance().font(QStringLiteral("mono"))) : QVariant();
    case Qt::ToolTipRole:
        if (column.key == QLatin1String("status") && !row.summary.problem.isEmpty())
            return plainTip(row.summary.problem);
        if (row.summary.damaged)
            return plainTip(column.text(row) + QLatin1Char('\n') + damageOf(row.summary) + QLatin1Char(' ') +
                            damageMend());
        return plainTip(column.text(row));
    case Qt::ForegroundRole:
        return row.summary.damaged ? QVariant(Theme::instance().color(QStringLiteral("error.text")))
                                   : QVariant();
    default:
        return {};
    }
}

QVariant RunsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) return {};
    const RunColumn& column = runColumns()[section];
    if (role == Qt::DisplayRole) return column.title;
    if (role == Qt::ToolTipRole) return column.tip;
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignVCenter | (column.number ? Qt::AlignRight : Qt::AlignLeft));
    return {};
}

Qt::ItemFlags RunsModel::flags(const QModelIndex& index) const {
    Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    if (index.isValid() && index.column() == columnOf(QStringLiteral("name"))) flags |= Qt::ItemIsEditable;
    return flags;
}

bool RunsModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (!index.isValid() || role != Qt::EditRole) return false;
    const QString name = value.toString().trimmed();
    const RunRow& row = rows_[index.row()];
    if (name.isEmpty() || name == row.summary.start.name) return false;
    emit renameWanted(row.summary.id, name);
    return true;
}

// Reading. --------------------------------------------------------------------------------------------

void RunsModel::reload() {
    worker_.post(
        this,
        [notebook = notebook_]() -> storage::Outcome<QVector<RunRow>> {
            auto summaries = notebook->runs(/*withDeleted=*/true);
            if (!summaries) return tl::unexpected(summaries.error());
            QVector<RunRow> rows;
            rows.reserve(summaries->size());
            for (auto& summary : *summaries)
                rows.append(makeRow(std::move(summary)));
            return rows;
        },
        [this](storage::Outcome<QVector<RunRow>> rows) {
            if (rows)
                take(std::move(*rows));
            else
                emit failed(rows.error().oneLine());
        });
}

void RunsModel::refresh(RunId id) {
    if (const auto reading = reading_.find(id.value); reading != reading_.end()) {
        *reading = true;
        return;
    }
    reading_[id.value] = false;
    worker_.post(
        this, [notebook = notebook_, id] { return notebook->run(id); },
        [this, id](storage::Outcome<storage::RunSummary> summary) {
            const bool again = reading_.take(id.value);
            if (summary) put(makeRow(std::move(*summary)));
            if (again) refresh(id);
        });
}

void RunsModel::take(QVector<RunRow> rows) {
    if (!pending_.empty())
        for (RunRow& row : rows)
            applyPending(row);
    // Rows that only joined at the top keep selection and scroll position.
    const auto added = rows.size() - rows_.size();
    bool sameTail = added >= 0;
    for (qsizetype i = 0; sameTail && i < rows_.size(); ++i)
        sameTail = rows[i + added].summary.id == rows_[i].summary.id;
    if (sameTail && loaded_) {
        if (added > 0) {
            beginInsertRows({}, 0, static_cast<int>(added) - 1);
            rows_ = std::move(rows);
            rowById_.clear();
            for (int i = 0; i < rows_.size(); ++i)
                rowById_[rows_[i].summary.id.value] = i;
            endInsertRows();
        } else {
            rows_ = std::move(rows);
        }
        if (!rows_.isEmpty()) emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    } else {
        beginResetModel();
        rows_ = std::move(rows);
        rowById_.clear();
        for (int i = 0; i < rows_.size(); ++i)
            rowById_[rows_[i].summary.id.value] = i;
        endResetModel();
    }
    loaded_ = true;
    findHeadings();
    showProgress();
    for (const RunRow& row : rows_)
        queue_.rename(row.summary.id, row.summary.start.name);
    emit loaded();
}

void RunsModel::put(RunRow row) {
    applyPending(row);
    const RunId id = row.summary.id;
    queue_.rename(id, row.summary.start.name);
    if (const int at = rowOf(id); at >= 0) {
        rows_[at] = std::move(row);
        findHeadings();
        showProgress();
        changed(at);
        return;
    }
    beginInsertRows({}, 0, 0);
    rows_.prepend(std::move(row));
    for (int& at : rowById_)
        ++at;
    rowById_[id.value] = 0;
    endInsertRows();
    findHeadings();
    showProgress();
    emit runChanged(id);
}

void RunsModel::findHeadings() {
    QVector<storage::RunSummary> folds;
    for (RunRow& row : rows_) {
        row.heading.reset();
        if (!foldText(row.summary.start).isEmpty()) folds.append(row.summary);
    }
    if (folds.isEmpty()) return;
    for (CrossValidation& found : crossValidations(folds)) {
        const auto heading = std::make_shared<const CrossValidation>(std::move(found));
        for (const RunId run : heading->members)
            rows_[rowOf(run)].heading = heading;
        // They are in the order of the rows.
        const int column = columnOf(QStringLiteral("folds"));
        emit dataChanged(index(rowOf(heading->members.front()), column),
                         index(rowOf(heading->members.back()), column));
    }
}

/// A run that is loading its data has nothing new in the notebook yet, nor has one that is refused then.
void RunsModel::followQueue() {
    queue_.isBusy() ? follow_.start() : follow_.stop();
    showProgress();
    QSet<qint64> now;
    for (const TrainingRun* run : queue_.active())
        if (run->runId()) now << run->runId().value;
    const QSet<qint64> before = std::exchange(inTraining_, now);
    for (const qint64 id : (now - before) + (before - now))
        if (rowById_.contains(id)) emit runChanged(RunId{id});
}

void RunsModel::showProgress() {
    for (const TrainingRun* run : queue_.runs())
        if (!run->isWaiting() && queue_.find(run->runId()) == run) showProgressOf(*run);
}

void RunsModel::showProgressOf(const TrainingRun& run) {
    const int at = rowOf(run.runId());
    if (at < 0) return;
    RunRow& row = rows_[at];
    const TrainingProgress p = run.progress();
    const bool running = run.isActive() && run.state() != TrainingRun::State::Starting;
    if (!running && row.progress < 0) return; // told when it ended
    row.progress = running && p.steps ? static_cast<double>(p.step) / static_cast<double>(p.steps) : -1;
    row.phase = p.phase;
    if (running) {
        row.summary.seconds = p.secondsDone;
        row.summary.steps = p.step;
    }
    emit dataChanged(index(at, 0), index(at, columnCount() - 1));
}

void RunsModel::changed(int row) {
    emit dataChanged(index(row, 0), index(row, columnCount() - 1));
    emit runChanged(rows_[row].summary.id);
}

const RunRow* RunsModel::find(RunId id) const {
    const int at = rowOf(id);
    return at < 0 ? nullptr : &rows_[at];
}

int RunsModel::rowOf(RunId id) const {
    return rowById_.value(id.value, -1);
}

bool RunsModel::hasRunning() const {
    return std::any_of(rows_.begin(), rows_.end(), [this](const RunRow& row) {
        return row.summary.state == storage::RunState::Running &&
               !(queue_.find(row.summary.id) && queue_.find(row.summary.id)->isActive());
    });
}

// Changing. -------------------------------------------------------------------------------------------

bool RunsModel::write(RunId id, Write write, Change change, Refused refused, std::function<void()> taken) {
    const int at = rowOf(id);
    if (at < 0) return false;
    const qint64 number = ++lastWrite_;
    pending_.push_back({number, id, change});
    worker_.post(
        this, [notebook = notebook_, write = std::move(write)] { return write(*notebook); },
        [this, id, number, refused = std::move(refused),
         taken = std::move(taken)](const storage::Outcome<void>& written) {
            std::erase_if(pending_, [number](const Pending& p) { return p.number == number; });
            if (written) return taken ? taken() : void();
            if (refused) refused();
            emit failed(written.error().oneLine());
            refresh(id);
        });
    change(rows_[at].summary);
    queue_.rename(id, rows_[at].summary.start.name);
    changed(at);
    return true;
}

void RunsModel::applyPending(RunRow& row) const {
    for (const Pending& p : pending_)
        if (p.run == row.summary.id) p.change(row.summary);
}

QVector<RunId> RunsModel::binnedRuns() const {
    QVector<RunId> runs;
    for (const RunRow& row : rows_)
        if (row.summary.deleted && row.summary.state != storage::RunState::Running) runs << row.summary.id;
    return runs;
}

void RunsModel::weighRuns(const QVector<RunId>& runs, std::function<void(qint64 bytes)> done) {
    worker_.post(
        this,
        [notebook = notebook_, runs]() -> storage::Outcome<qint64> {
            qint64 bytes = 0;
            for (const RunId run : runs) {
                const auto kept = notebook->checkpoints(run);
                if (!kept) return storage::refuse(kept.error());
                for (const storage::CheckpointInfo& checkpoint : *kept)
                    bytes += checkpoint.bytes;
            }
            return bytes;
        },
        [this, done = std::move(done)](const storage::Outcome<qint64>& bytes) {
            if (bytes)
                done(*bytes);
            else
                emit failed(bytes.error().oneLine());
        });
}

void RunsModel::removeRuns(const QVector<RunId>& runs, std::function<void()> done) {
    worker_.post(
        this, [notebook = notebook_, runs] { return notebook->removeRuns(runs); },
        [this, runs, done = std::move(done)](const storage::Outcome<void>& removed) {
            reload();
            if (!removed) return emit failed(removed.error().oneLine());
            // What the queue still shows of them is no run of the notebook any more.
            for (const RunId run : runs)
                for (TrainingRun* queued : {queue_.find(run), queue_.findWaiting(run)})
                    if (queued) queue_.remove(*queued);
            done();
        });
}

void RunsModel::flush() {
    worker_.flush();
}

bool RunsModel::rename(RunId id, const QString& name, Refused refused) {
    return write(
        id, [id, name](storage::Notebook& n) { return n.renameRun(id, name); },
        [name](storage::RunSummary& s) { s.start.name = name; }, std::move(refused));
}

bool RunsModel::setNotes(RunId id, const QString& notes, Refused refused) {
    return write(
        id, [id, notes](storage::Notebook& n) { return n.setNotes(id, notes); },
        [notes](storage::RunSummary& s) { s.notes = notes; }, std::move(refused));
}

bool RunsModel::setTags(RunId id, const QStringList& tags, Refused refused) {
    return write(
        id, [id, tags](storage::Notebook& n) { return n.setTags(id, tags); },
        [tags](storage::RunSummary& s) { s.tags = tags; }, std::move(refused));
}

QString RunsModel::whyNotBinned(RunId id) const {
    const RunRow* row = find(id);
    const TrainingRun* queued = queue_.find(id);
    if (!row || (row->summary.state != storage::RunState::Running && !(queued && queued->isActive())))
        return {};
    return tr("“%1” is being trained: it can be deleted once it has stopped.").arg(row->summary.start.name);
}

bool RunsModel::setBinned(RunId id, bool binned, Refused refused) {
    const auto leaveQueue = [this, id] {
        TrainingRun* waits = queue_.findWaiting(id);
        if (!waits) return;
        const QString name = waits->name();
        queue_.remove(*waits);
        emit tookOutOfQueue(name);
    };
    return write(
        id, [id, binned](storage::Notebook& n) { return n.setDeleted(id, binned); },
        [binned](storage::RunSummary& s) { s.deleted = binned; }, std::move(refused),
        binned ? std::function<void()>(leaveQueue) : nullptr);
}

} // namespace burdock
