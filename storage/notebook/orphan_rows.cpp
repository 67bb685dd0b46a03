#include "storage/notebook/orphan_rows.h"

#include "storage/notebook/schema.h"

#include <QSqlQuery>
#include <QStringList>
#include <QVariant>

#include <algorithm>
#include <span>

namespace burdock::storage {
namespace {

/// The condition on a row that its owner is there, and the owner's owner.
QString isOwned(const Owned& one) {
    QString condition =
        QStringLiteral("EXISTS (SELECT 1 FROM %3 WHERE %3.id = %1.%2")
            .arg(QLatin1String(one.table), QLatin1String(one.owner), QLatin1String(one.owners));
    for (const Owned& above : ownedRows())
        if (QLatin1String(above.table) == QLatin1String(one.owners))
            condition += QStringLiteral(" AND ") + isOwned(above);
    return condition + QLatin1Char(')');
}

/// A column `owner` of the owners that rows name and that are not there. A file may have anything in that
/// place, texts of megabytes: what is no number is null.
QString missingOwners(std::span<const Owned> all) {
    QStringList parts;
    for (const Owned& one : all)
        parts << QStringLiteral("SELECT CASE typeof(%1) WHEN 'integer' THEN %1 END AS owner FROM %2 "
                                "WHERE %1 NOT IN (SELECT id FROM %3)")
                     .arg(QLatin1String(one.owner), QLatin1String(one.table), QLatin1String(one.owners));
    return parts.join(QStringLiteral(" UNION ALL "));
}

struct MissingRuns {
    QVector<qint64> numbers;
    qint64 nameless = 0; ///< rows whose run has no number
};

Outcome<MissingRuns> findMissingRuns(const Database& database) {
    MissingRuns missing;
    auto read = database.each(QStringLiteral("SELECT owner, COUNT(*) FROM (%1) GROUP BY owner ORDER BY owner")
                                  .arg(missingOwners(ownedByRuns())),
                              {}, [&](const QSqlQuery& row) {
                                  if (row.isNull(0))
                                      missing.nameless = row.value(1).toLongLong();
                                  else
                                      missing.numbers << row.value(0).toLongLong();
                              });
    if (!read) return refuse(read.error());
    return missing;
}

QString names(const QVector<qint64>& runs) {
    constexpr qsizetype most = 10;
    QStringList names;
    for (const qint64 run : runs.first(std::min(runs.size(), most)))
        names << QString::number(run);
    return names.join(QStringLiteral(", ")) + (runs.size() > most ? QStringLiteral(", …") : QString());
}

} // namespace

Outcome<std::optional<StorageError>> findOrphans(const Database& database) {
    const auto runs = findMissingRuns(database);
    if (!runs) return refuse(runs.error());
    const auto weights = database.value(
        QStringLiteral("SELECT EXISTS (SELECT 1 FROM (%1))").arg(missingOwners(ownedByCheckpoints())));
    if (!weights) return refuse(weights.error());
    QStringList told;
    if (!runs->numbers.isEmpty())
        told << (runs->numbers.size() == 1
                     ? QStringLiteral("Another program has deleted run %1, but not all of it.")
                     : QStringLiteral("Another program has deleted runs %1, but not all of them."))
                    .arg(names(runs->numbers));
    if (runs->nameless > 0)
        told << QStringLiteral("Rows that another program has left without a run's number: %1.")
                    .arg(runs->nameless);
    if (weights->toBool())
        told << QStringLiteral("Another program has deleted weights, but not all of them.");
    if (told.isEmpty()) return std::optional<StorageError>();
    return std::optional(
        StorageError{StorageError::Kind::Damaged, told.join(QLatin1Char(' ')), database.path(),
                     QStringLiteral("Restore the notebook from a backup, or delete the orphaned rows by "
                                    "`burdock-cli runs --delete-orphans`.")});
}

Outcome<void> OrphanRemover::findNext(const Database& database) {
    const auto all = ownedRows();
    constexpr int most = 100'000; // so many are remembered at once
    for (; table_ < all.size(); ++table_) {
        // What owns goes after what it owns.
        const Owned& one = all[all.size() - 1 - table_];
        // The inner query is for those alone that are found: the others are looked at in an index.
        auto read = database.each(
            QStringLiteral("SELECT rowid, (SELECT LENGTH(%2) FROM %1 AS same WHERE same.rowid = %1.rowid) "
                           "FROM %1 WHERE NOT %3 LIMIT %4")
                .arg(QLatin1String(one.table), QLatin1String(one.values), isOwned(one),
                     QString::number(most)),
            {}, [&](const QSqlQuery& row) {
                found_.append({row.value(0).toLongLong(), std::max<qint64>(row.value(1).toLongLong(), 0)});
            });
        if (!read || !found_.isEmpty()) return read;
    }
    return {};
}

Outcome<bool> OrphanRemover::removeSlice(Database& database, qint64 bytes) {
    constexpr qint64 rowBytes = 1024; // with its part of the indexes: many small rows end a slice as well
    if (!std::exchange(begun_, true)) {
        const auto runs = findMissingRuns(database);
        if (!runs) return refuse(runs.error());
        removed_.runs = runs->numbers.size();
    }
    while (bytes > 0) {
        if (found_.isEmpty())
            if (auto read = findNext(database); !read) return refuse(read.error());
        if (found_.isEmpty()) return true;
        const auto all = ownedRows();
        const Owned& one = all[all.size() - 1 - table_];
        const Row row = found_.takeLast();
        // Another program may have brought its owner back between two slices.
        qint64 gone = 0;
        auto done = database.run(QStringLiteral("DELETE FROM %1 WHERE rowid = ? AND NOT %2")
                                     .arg(QLatin1String(one.table), isOwned(one)),
                                 {row.id}, &gone);
        if (!done) return refuse(done.error());
        bytes -= row.bytes + rowBytes;
        if (gone > 0) removed_.bytes += row.bytes;
        removed_.rows += gone;
    }
    return false;
}

} // namespace burdock::storage
