#include "storage/notebook/checkpoint_reader.h"
#include "storage/notebook/checkpoint_rows.h"
#include "storage/notebook/model_rows.h"
#include "storage/notebook/rest.h"
#include "storage/notebook/schema.h"
#include "storage/notebook/tensor_text.h"

#include "storage/database/file_opener.h"

#include <QHash>
#include <QSqlQuery>
#include <QVariant>

#include <algorithm>

namespace burdock::storage {
namespace {

using Kind = StorageError::Kind;

/// What of a rest is not as it was written.
struct Damage {
    qint64 epochs = 0, pieces = 0, checkpoints = 0;

    QString text() const {
        QStringList texts;
        const auto add = [&](qint64 count, const char* one, const char* many) {
            if (count > 0)
                texts << QStringLiteral("%1 %2").arg(count).arg(QLatin1String(count == 1 ? one : many));
        };
        add(epochs, "epoch", "epochs");
        add(pieces, "piece of a curve", "pieces of curves");
        add(checkpoints, "checkpoint", "checkpoints");
        return texts.join(QStringLiteral(", "));
    }
};

/// How far a run has come, and when it last told.
struct Standing {
    RunId id;
    QString state, heartbeat;
    qint64 steps = 0, epochs = 0;

    bool isSame(const Standing& other) const {
        return state == other.state && heartbeat == other.heartbeat && steps == other.steps;
    }
    /// Whether this one has been written to since the other was; one that somebody goes on with has.
    bool hasGoneOn(const Standing& since) const {
        return steps > since.steps || epochs > since.epochs || heartbeat > since.heartbeat;
    }
};

/// The runs that began at that instant with that network, in the order in which they were added; none that
/// was removed for good: what is added to that, nobody would see.
Outcome<QVector<Standing>> standings(const Database& database, const RunSummary& run) {
    QVector<Standing> found;
    auto read = database.each(
        QStringLiteral(
            "SELECT run.id, state, heartbeat_at, steps, "
            "(SELECT MAX(epoch) FROM run_epoch WHERE run_epoch.run = run.id) "
            "FROM run JOIN run_setup ON run_setup.run = run.id "
            "WHERE started_at = ? AND graph_json = ? AND seed = ? AND deleted <> ? ORDER BY run.id"),
        {timeValue(run.startedAt), run.start.graphJson, run.start.seed, removedMark},
        [&](const QSqlQuery& row) {
            found.append({{row.value(0).toLongLong()},
                          row.value(1).toString(),
                          row.value(2).toString(),
                          row.value(3).toLongLong(),
                          row.value(4).toLongLong()});
        });
    if (!read) return refuse(read.error());
    return found;
}

/// A row without its key, under another owner.
Fields fieldsOf(const QSqlQuery& row, const Table& table, const QString& owner, qint64 key) {
    Fields fields;
    for (int i = 0; i < table.columns.size(); ++i)
        if (table.columns[i] == owner)
            fields << qMakePair(owner, QVariant(key));
        else if (i > 0 && !row.value(i).isNull())
            fields << qMakePair(table.columns[i], row.value(i));
    return fields;
}

const QString runColumn = QStringLiteral("run");

/// The first failure of `take` ends it.
Outcome<void> through(const Database& database, const Table& table, const QString& where,
                      const QVariantList& values,
                      const std::function<Outcome<void>(const QSqlQuery&)>& take) {
    Outcome<void> taken;
    auto read =
        database.each(QStringLiteral("SELECT %1 FROM %2 WHERE %3").arg(table.selectList(), table.name, where),
                      values, [&](const QSqlQuery& row) {
                          if (taken) taken = take(row);
                      });
    return taken ? read : taken;
}

/// Epochs, or the pieces of curves: what a run has many of.
struct Many {
    const Table& table;
    QStringList place; ///< tells those of a run apart; the last one counts
    QStringList same;  ///< where these are equal as well, one was copied from the other

    int at() const { return static_cast<int>(table.columns.indexOf(place.last())); }
    /// Looks for the run's row at the same place, or for the very same one.
    Outcome<std::optional<Fields>> find(const Database& database, const QSqlQuery& row, RunId run,
                                        bool sound) const {
        QString where = QStringLiteral("run = ?");
        QVariantList values{run.value};
        for (const QString& column : sound ? place + same : place) {
            where += QStringLiteral(" AND %1 = ?").arg(column);
            values << row.value(static_cast<int>(table.columns.indexOf(column)));
        }
        std::optional<Fields> found;
        auto read = through(database, table, where, values, [&](const QSqlQuery& there) {
            if (!sound || sealHolds(there, table)) found = fieldsOf(there, table, runColumn, run.value);
            return Outcome<void>();
        });
        if (!read) return refuse(read.error());
        return found;
    }
};

/// The notebook's rows give way to the rest's from where the rest begins. A row of the rest that is damaged
/// comes from the notebook where that has the same; else it is told as damaged there too.
Outcome<void> takeRows(const Database& rest, Database& notebook, const Many& many, RunId to,
                       const std::function<Outcome<void>(qint64 first)>& giveWay, qint64& damaged) {
    // All rows are the run's: one that says otherwise is damaged.
    const QString all = QStringLiteral("1");
    QHash<qint64, Fields> twins;
    std::optional<qint64> first;
    auto looked = through(rest, many.table, all, {}, [&](const QSqlQuery& row) -> Outcome<void> {
        if (!sealHolds(row, many.table)) {
            auto twin = many.find(notebook, row, to, true);
            if (!twin) return refuse(twin.error());
            if (!*twin) return {};
            twins.insert(row.value(0).toLongLong(), **twin);
        }
        const qint64 place = row.value(many.at()).toLongLong();
        first = std::min(first.value_or(place), place);
        return {};
    });
    if (!looked) return looked;
    if (first)
        if (auto done = giveWay(*first); !done) return done;
    return through(rest, many.table, all, {}, [&](const QSqlQuery& row) -> Outcome<void> {
        const auto twin = twins.constFind(row.value(0).toLongLong());
        const bool sound = sealHolds(row, many.table) || twin != twins.constEnd();
        if (!sound) {
            ++damaged;
            auto taken = many.find(notebook, row, to, false);
            if (!taken) return refuse(taken.error());
            if (*taken) return {};
        }
        auto added = insertRow(
            notebook, many.table,
            twin != twins.constEnd() ? *twin : fieldsOf(row, many.table, runColumn, to.value), sound);
        if (!added) return refuse(added.error());
        return {};
    });
}

/// One tensor with its chunks, whose checksums hold their new place.
Outcome<void> takeTensor(const Database& rest, Database& notebook, const Fields& fields, qint64 from) {
    auto key = addTensorRow(notebook, fields);
    if (!key) return refuse(key.error());
    Outcome<void> taken;
    auto read = rest.each(
        QStringLiteral("SELECT place, data FROM tensor_chunk WHERE tensor = ?"), {from},
        [&](const QSqlQuery& row) {
            if (!taken) return;
            const qint64 place = row.value(0).toLongLong();
            const QByteArray data = row.value(1).toByteArray();
            taken = notebook.run(
                QStringLiteral(
                    "INSERT INTO tensor_chunk (tensor, place, checksum, data) VALUES (?, ?, ?, ?)"),
                {*key, place, qint64(chunkChecksum(*key, place, data.constData(), data.size())), data});
        });
    return taken ? read : taken;
}

/// Whether all its values are as they were written: it may take the place of one that is.
bool isSound(const QString& rest, const CheckpointInfo& info) {
    if (info.damaged) return false;
    auto database = Database::openQuietly(rest);
    if (!database) return false;
    const auto reader = CheckpointReader::open(std::move(*database), info.id);
    return reader && (*reader)->check();
}

Outcome<void> takeCheckpoint(const Database& rest, Database& notebook, const CheckpointInfo& info, RunId to) {
    if (isSingle(info.kind))
        if (auto dropped = dropCheckpoint(notebook, to, info.kind); !dropped) return dropped;
    qint64 checkpoint = 0;
    auto taken = through(rest, checkpointTable(), QStringLiteral("id = ?"), {info.id.value},
                         [&](const QSqlQuery& row) -> Outcome<void> {
                             auto key = addCheckpointRow(
                                 notebook, fieldsOf(row, checkpointTable(), runColumn, to.value));
                             if (!key) return refuse(key.error());
                             checkpoint = *key;
                             return {};
                         });
    if (!taken) return taken;
    return through(rest, tensorTable(), QStringLiteral("checkpoint = ? ORDER BY place"), {info.id.value},
                   [&](const QSqlQuery& row) {
                       return takeTensor(
                           rest, notebook,
                           fieldsOf(row, tensorTable(), QStringLiteral("checkpoint"), checkpoint),
                           row.value(0).toLongLong());
                   });
}

Outcome<void> takeCheckpoints(const Database& rest, Database& notebook, RunId from, RunId to,
                              Damage& damage) {
    const auto there = readCheckpoints(notebook, to);
    if (!there) return refuse(there.error());
    const auto infos = readCheckpoints(rest, from);
    if (!infos) return refuse(infos.error());
    for (const CheckpointInfo& info : *infos) {
        const bool known = std::any_of(there->begin(), there->end(), [&](const CheckpointInfo& other) {
            if (other.damaged || other.kind != info.kind) return false;
            return isSingle(info.kind) ? other.step >= info.step
                                       : other.step == info.step && other.epoch == info.epoch;
        });
        if (known) continue;
        if (!isSound(rest.path(), info))
            ++damage.checkpoints;
        else if (auto done = takeCheckpoint(rest, notebook, info, to); !done)
            return done;
    }
    return {};
}

/// What a user has said of the run in the notebook stays.
bool isUsersOwn(const QString& column) {
    static const QStringList own{QStringLiteral("name"), QStringLiteral("notes"), QStringLiteral("tags"),
                                 QStringLiteral("deleted")};
    return own.contains(column);
}

Outcome<void> bringUpToDate(const Database& rest, Database& notebook, RunId from, RunId to) {
    return through(rest, runTable(), QStringLiteral("id = ?"), {from.value}, [&](const QSqlQuery& row) {
        Fields fields;
        for (int i = 1; i < runTable().columns.size(); ++i)
            if (!isUsersOwn(runTable().columns[i])) fields << qMakePair(runTable().columns[i], row.value(i));
        return updateRow(notebook, runTable(), to.value, fields);
    });
}

/// `beside`: another that has its name is there, and has gone on.
Outcome<RunId> addAsNew(const Database& rest, Database& notebook, RunId from, bool beside) {
    RunId added;
    auto taken = through(rest, runTable(), QStringLiteral("id = ?"), {from.value},
                         [&](const QSqlQuery& row) -> Outcome<void> {
                             Fields fields = fieldsOf(row, runTable(), {}, 0);
                             for (auto& [column, value] : fields)
                                 if (beside && column == QStringLiteral("name"))
                                     value = value.toString() + QStringLiteral(" (rest)");
                             const auto number = freeRunNumber(notebook);
                             if (!number) return refuse(number.error());
                             fields << qMakePair(QStringLiteral("id"), QVariant(*number));
                             auto key = insertRow(notebook, runTable(), fields);
                             if (!key) return refuse(key.error());
                             added = RunId{*key};
                             return {};
                         });
    if (!taken) return refuse(taken.error());
    taken = through(rest, setupTable(), QStringLiteral("run = ?"), {from.value},
                    [&](const QSqlQuery& row) -> Outcome<void> {
                        auto key = insertRow(notebook, setupTable(),
                                             fieldsOf(row, setupTable(), runColumn, added.value));
                        if (!key) return refuse(key.error());
                        return {};
                    });
    if (!taken) return refuse(taken.error());
    return added;
}

/// Another program may have deleted the run's own row, and left all else of it: it gets the row back, and
/// with it what is orphaned. The setup tells that it is the same run.
Outcome<void> joinAgain(const Database& rest, Database& notebook, const RunSummary& run) {
    const auto orphaned = notebook.value(
        QStringLiteral("SELECT 1 FROM run_setup WHERE run = ? AND graph_json = ? AND config_json = ? AND "
                       "seed = ? AND NOT EXISTS (SELECT 1 FROM run WHERE id = run_setup.run)"),
        {run.id.value, run.start.graphJson, run.start.configJson, run.start.seed});
    if (!orphaned) return refuse(orphaned.error());
    if (!orphaned->isValid()) return {};
    return through(rest, runTable(), QStringLiteral("id = ?"), {run.id.value},
                   [&](const QSqlQuery& row) -> Outcome<void> {
                       auto key = insertRow(notebook, runTable(),
                                            fieldsOf(row, runTable(), QStringLiteral("id"), run.id.value));
                       if (!key) return refuse(key.error());
                       return {};
                   });
}

/// The run of the notebook that the rest goes into.
Outcome<RunId> ownerOf(const Database& rest, Database& notebook, const RunSummary& run) {
    const auto own = standings(rest, run);
    if (!own) return refuse(own.error());
    if (auto joined = joinAgain(rest, notebook, run); !joined) return refuse(joined.error());
    const auto there = standings(notebook, run);
    if (!there) return refuse(there.error());
    if (own->isEmpty()) return refuse(Kind::NotFound, QStringLiteral("The rest holds no run."), rest.path());
    // A program that was killed before it had removed the rest has taken it in all the same.
    auto owner = std::find_if(there->begin(), there->end(),
                              [&](const Standing& one) { return one.isSame(own->first()); });
    if (owner == there->end() && !there->isEmpty() && !there->first().hasGoneOn(own->first()))
        owner = there->begin();
    if (owner == there->end()) return addAsNew(rest, notebook, run.id, !there->isEmpty());
    if (auto done = bringUpToDate(rest, notebook, run.id, owner->id); !done) return refuse(done.error());
    return owner->id;
}

} // namespace

Outcome<TakenIn> takeIn(Database& notebook, const QString& path) {
    const auto opened = openFile(path, Access::ReadWrite, notebookFormat());
    if (!opened) return refuse(opened.error());
    auto rest = Database::openQuietly(path);
    if (!rest) return refuse(rest.error());
    const auto named = readSetting(*rest, restSetting);
    if (!named) return refuse(named.error());
    const auto runs = readRuns(*rest, true);
    if (!runs) return refuse(runs.error());
    if (!*named || runs->size() != 1 || runs->first().changed)
        return refuse(Kind::Damaged, QStringLiteral("The rest of a run is damaged."), path,
                      QStringLiteral("Open it as a notebook of its own to see what is left."));
    const RunSummary& run = runs->first();
    const auto owner = ownerOf(*rest, notebook, run);
    if (!owner) return refuse(owner.error());
    const RunId to = *owner;
    Damage damage;
    const Many epochs{epochTable(), {QStringLiteral("epoch")}, {}};
    auto done = takeRows(
        *rest, notebook, epochs, to,
        [&](qint64 first) {
            return notebook.run(QStringLiteral("DELETE FROM run_epoch WHERE run = ? AND epoch >= ?"),
                                {to.value, first});
        },
        damage.epochs);
    if (!done) return refuse(done.error());
    const Many pieces{chunkTable(),
                      {QStringLiteral("series"), QStringLiteral("first_step")},
                      {QStringLiteral("begins"), QStringLiteral("steps")}};
    done = takeRows(
        *rest, notebook, pieces, to, [&](qint64 first) { return cutSteps(notebook, to, first - 1); },
        damage.pieces);
    if (!done) return refuse(done.error());
    const auto others =
        notebook.value(QStringLiteral("SELECT COUNT(*) <> ? OR MIN(epoch) > 1 FROM run_epoch WHERE run = ?"),
                       {run.epochs, to.value});
    if (!others) return refuse(others.error());
    if (others->toBool()) // the rest did not know of the first ones
        if (done = summariseEpochs(notebook, to, TestResult::Stays); !done) return refuse(done.error());
    if (done = takeCheckpoints(*rest, notebook, run.id, to, damage); !done) return refuse(done.error());
    const auto name = notebook.value(QStringLiteral("SELECT name FROM run WHERE id = ?"), {to.value});
    if (!name) return refuse(name.error());
    return TakenIn{QStringLiteral("run %1, %2").arg(QString::number(to.value), name->toString()),
                   damage.text()};
}

} // namespace burdock::storage
