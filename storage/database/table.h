#pragma once

#include "storage/database/database.h"

#include <QDateTime>
#include <QPair>
#include <QStringList>

#include <optional>
#include <utility>
#include <vector>

class QSqlQuery;

namespace burdock::storage {

/// The CRC-32 of zlib, PNG and IEEE 802.3; `seed` is the value of what came before.
quint32 crc32(const char* bytes, qsizetype count, quint32 seed = 0);

/// A table whose rows carry a seal: the CRC-32 over names and values of all their other columns, NULLs left
/// out (so that a later nullable column breaks no seal). SQLite notices a damaged page structure by itself,
/// but not a flipped bit inside a value.
struct Table {
    QString name;
    QStringList columns; ///< the first is the integer primary key; `seal` is not listed

    /// Of the columns' names with blanks between them.
    static Table of(const char* name, const char* columns) {
        return {QString::fromLatin1(name), QString::fromLatin1(columns).split(QLatin1Char(' '))};
    }
    /// "t.a, t.b, t.seal", to be read back with sealHolds() at the offset where it stands in a SELECT.
    QString selectList() const;
    int width() const { return static_cast<int>(columns.size()) + 1; }
};

using Fields = QList<QPair<QString, QVariant>>;

/// A key above all that stand in these columns, each of a table: those of the rows that are to be added, and
/// those that name such rows. What another program has left of a row that it deleted would else be taken for
/// a part of the one that is given its key. Only whole numbers below 2^53 count.
Outcome<qint64> freeKey(const Database& database,
                        const std::vector<std::pair<const char*, const char*>>& columns);
/// Adds a row; a key that is not among `fields` is chosen by the database. One that was not sound where it
/// comes from is not so here either: its seal is broken. Gives the key.
Outcome<qint64> insertRow(Database& database, const Table& table, const Fields& fields, bool sound = true);
/// Changes some columns of one row and seals it anew; refuses with NotFound if there is no such row, and
/// with Damaged if its seal was broken (else the damage would be sealed in).
Outcome<void> updateRow(Database& database, const Table& table, qint64 key, const Fields& fields);
/// Seals a row as it is, whatever its seal was: for migrations, which have looked at it before.
Outcome<void> sealRow(Database& database, const Table& table, qint64 key);
/// Says of a row that it is damaged.
Outcome<void> breakSeal(Database& database, const Table& table, qint64 key);
Outcome<void> deleteRow(Database& database, const Table& table, qint64 key);

/// Whether the row that begins at column `offset` of the current record is as it was written.
bool sealHolds(const QSqlQuery& row, const Table& table, int offset = 0);

// Values as columns hold them: a null string would be stored as NULL, NaN always is.
QVariant textValue(const QString& text);
QVariant timeValue(const QDateTime& time); ///< UTC, to the millisecond
QDateTime timeOf(const QVariant& value);   ///< UTC; invalid where it is none
QVariant blobValue(const QByteArray& bytes);
QVariant realValue(double number);
QVariant realValue(std::optional<double> number);
double realOrNan(const QVariant& value);
std::optional<double> realOrNone(const QVariant& value);
/// Whether it can have counted anything: steps, epochs and bytes are not negative, and stay below 2^53, up to
/// which numbers of JSON are exact.
bool isCount(qint64 number);

} // namespace burdock::storage
