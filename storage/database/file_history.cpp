#include "storage/database/file_history.h"

#include <QRandomGenerator>
#include <QSqlQuery>
#include <QVariant>

#include <algorithm>

namespace burdock::storage {
namespace {

// So many fit on a page. Those that wrote longest ago are forgotten, but none that the file itself may end
// with.
constexpr int mostWriters = 64;

const Table& writerTable() {
    static const Table made{QStringLiteral("writer"),
                            {QStringLiteral("id"), QStringLiteral("changes"), QStringLiteral("moved")}};
    return made;
}

} // namespace

qint64 FileHistory::newWriter() {
    return static_cast<qint64>(QRandomGenerator::system()->generate64() >> 1) | 1;
}

FileHistory FileHistory::of(const Database& database) {
    FileHistory history;
    (void)database.each(QStringLiteral("SELECT %1 FROM writer").arg(writerTable().selectList()), {},
                        [&](const QSqlQuery& row) {
                            const qint64 changes = row.value(1).toLongLong(),
                                         moved = row.value(2).toLongLong();
                            if (sealHolds(row, writerTable()) && isCount(changes) && isCount(moved))
                                history.add({row.value(0).toLongLong(), changes}, moved);
                        });
    return history;
}

void FileHistory::add(Change change, qint64 moved) {
    qint64& known = writers_[change.writer];
    known = std::max(known, change.changes);
    if (last_.writer == 0 || change.changes > last_.changes) last_ = change;
    moved_ = std::max(moved_, moved);
}

void FileHistory::add(const FileHistory& other) {
    for (auto one = other.writers_.begin(); one != other.writers_.end(); ++one)
        add({one.key(), one.value()}, other.moved_);
}

bool FileHistory::follows(const FileHistory& earlier) const {
    if (earlier.isEmpty()) return true;
    const Change& last = earlier.last_;
    if (const auto known = writers_.constFind(last.writer); known != writers_.constEnd())
        return *known >= last.changes;
    // It may have been forgotten.
    return writers_.size() >= mostWriters &&
           std::all_of(writers_.begin(), writers_.end(),
                       [&](qint64 changes) { return changes > last.changes; });
}

bool FileHistory::wasBegunAnew(const FileHistory& earlier) const {
    bool anew = false, kept = false;
    for (auto one = writers_.begin(); one != writers_.end(); ++one) {
        const bool known = earlier.writers_.contains(one.key());
        anew = anew || (!known && one.value() == 1);
        kept = kept || (known && one.value() >= earlier.moved_);
    }
    return anew && kept;
}

Outcome<void> FileHistory::keepIn(Database& database) const {
    const FileHistory there = of(database);
    for (auto one = writers_.begin(); one != writers_.end(); ++one) {
        if (there.writers_.value(one.key()) >= one.value()) continue;
        if (auto gone = deleteRow(database, writerTable(), one.key()); !gone) return gone;
        auto added = insertRow(database, writerTable(),
                               {{QStringLiteral("id"), one.key()},
                                {QStringLiteral("changes"), one.value()},
                                {QStringLiteral("moved"), moved_}});
        if (!added) return refuse(added.error());
    }
    return {};
}

Outcome<void> FileHistory::count(Database& database, qint64 writer) {
    add(of(database));
    constexpr qint64 greatest = (qint64{1} << 53) - 1;
    const bool known = writers_.contains(writer);
    add({writer, std::min(last_.changes + 1, greatest)}, 0);
    const Fields fields{{QStringLiteral("changes"), last_.changes}, {QStringLiteral("moved"), moved_}};
    if (known) {
        auto updated = updateRow(database, writerTable(), writer, fields);
        if (updated || (updated.error().kind != StorageError::Kind::NotFound &&
                        updated.error().kind != StorageError::Kind::Damaged))
            return updated;
        // Somebody has taken it away, or changed it.
        if (auto gone = deleteRow(database, writerTable(), writer); !gone) return gone;
    }
    auto added = insertRow(database, writerTable(), Fields{{QStringLiteral("id"), writer}} + fields);
    if (!added) return refuse(added.error());
    return database.run(QStringLiteral("DELETE FROM writer WHERE changes < ? AND id NOT IN "
                                       "(SELECT id FROM writer ORDER BY changes DESC LIMIT %1)")
                            .arg(mostWriters),
                        {moved_});
}

Outcome<void> beginHistory(Database& database) {
    auto made = database.run(QStringLiteral("CREATE TABLE writer (id INTEGER PRIMARY KEY, changes BIGINT NOT "
                                            "NULL, moved BIGINT NOT NULL, seal BIGINT NOT NULL)"));
    if (!made) return made;
    FileHistory history;
    return history.count(database, FileHistory::newWriter());
}

} // namespace burdock::storage
