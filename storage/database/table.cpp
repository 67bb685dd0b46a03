#include "storage/database/table.h"

#include <QSqlQuery>
#include <QVariant>
#include <QtEndian>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <zlib.h>

namespace burdock::storage {
namespace {

quint32 addBytes(quint32 crc, char kind, const QByteArray& bytes) {
    std::array<char, 9> head{kind};
    qToLittleEndian<qint64>(bytes.size(), head.data() + 1);
    return crc32(bytes.constData(), bytes.size(), crc32(head.data(), head.size(), crc));
}

quint32 addValue(quint32 crc, const QVariant& value) {
    switch (value.typeId()) {
    case QMetaType::QString:
        return addBytes(crc, 's', value.toString().toUtf8());
    case QMetaType::QByteArray:
        return addBytes(crc, 'b', value.toByteArray());
    case QMetaType::Double: {
        QByteArray bytes(8, '\0');
        qToLittleEndian(value.toDouble(), bytes.data());
        return addBytes(crc, 'd', bytes);
    }
    default:
        return addBytes(crc, 'i', QByteArray::number(value.toLongLong()));
    }
}

quint32 sealOf(const QSqlQuery& row, const Table& table, int offset) {
    quint32 crc = 0;
    for (int i = 0; i < table.columns.size(); ++i) {
        const QVariant value = row.value(offset + i);
        if (value.isNull()) continue;
        crc = addValue(addBytes(crc, 'n', table.columns[i].toUtf8()), value);
    }
    return crc;
}

// No notebook comes to it by counting. What another program has put beyond stands in nobody's way.
constexpr qint64 greatestKey = qint64{1} << 53;

QString selectRow(const Table& table) {
    return QStringLiteral("SELECT %1 FROM %2 WHERE %3 = ?")
        .arg(table.selectList(), table.name, table.columns.front());
}

Outcome<void> setSeal(Database& database, const Table& table, qint64 key, qint64 seal) {
    return database.run(
        QStringLiteral("UPDATE %1 SET seal = ? WHERE %2 = ?").arg(table.name, table.columns.front()),
        {seal, key});
}

} // namespace

quint32 crc32(const char* bytes, qsizetype count, quint32 seed) {
    return static_cast<quint32>(
        ::crc32_z(seed, reinterpret_cast<const Bytef*>(bytes), static_cast<z_size_t>(count)));
}

QString Table::selectList() const {
    QStringList list;
    for (const QString& column : columns)
        list << name + QLatin1Char('.') + column;
    list << name + QStringLiteral(".seal");
    return list.join(QStringLiteral(", "));
}

Outcome<qint64> freeKey(const Database& database,
                        const std::vector<std::pair<const char*, const char*>>& columns) {
    QStringList all;
    for (const auto& [table, column] : columns)
        all << QStringLiteral("SELECT MAX(%1) AS number FROM %2 WHERE %1 < %3 AND typeof(%1) = 'integer'")
                   .arg(QLatin1String(column), QLatin1String(table), QString::number(greatestKey));
    const auto largest = database.value(
        QStringLiteral("SELECT MAX(number) FROM (%1)").arg(all.join(QStringLiteral(" UNION ALL "))));
    if (!largest) return refuse(largest.error());
    return std::max<qint64>(largest->toLongLong(), 0) + 1;
}

Outcome<qint64> insertRow(Database& database, const Table& table, const Fields& fields, bool sound) {
    QStringList names, marks;
    QVariantList values;
    for (const auto& [column, value] : fields) {
        names << column;
        marks << QStringLiteral("?");
        values << value;
    }
    auto key = database.insert(
        QStringLiteral("INSERT INTO %1 (%2, seal) VALUES (%3, 0)")
            .arg(table.name, names.join(QStringLiteral(", ")), marks.join(QStringLiteral(", "))),
        values);
    if (!key) return key;
    auto sealed = sound ? sealRow(database, table, *key) : breakSeal(database, table, *key);
    if (!sealed) return refuse(sealed.error());
    return key;
}

Outcome<void> updateRow(Database& database, const Table& table, qint64 key, const Fields& fields) {
    bool found = false, holds = false;
    auto read = database.each(selectRow(table), {key}, [&](const QSqlQuery& row) {
        found = true;
        holds = sealHolds(row, table);
    });
    if (!read) return read;
    const QString where = QStringLiteral("%1, %2 %3").arg(database.path(), table.name).arg(key);
    if (!found)
        return refuse(StorageError::Kind::NotFound, QStringLiteral("There is no such row."), where,
                      QStringLiteral("Another program may have deleted it: restore the notebook from a "
                                     "backup."));
    if (!holds)
        return refuse(StorageError::Kind::Damaged, QStringLiteral("The row is damaged and is not changed."),
                      where, QStringLiteral("Restore the notebook from a backup."));
    QStringList sets;
    QVariantList values;
    for (const auto& [column, value] : fields) {
        sets << column + QStringLiteral(" = ?");
        values << value;
    }
    values << key;
    auto updated = database.run(QStringLiteral("UPDATE %1 SET %2 WHERE %3 = ?")
                                    .arg(table.name, sets.join(QStringLiteral(", ")), table.columns.front()),
                                values);
    if (!updated) return updated;
    return sealRow(database, table, key);
}

// The values are read back first: a column may have changed their type (3 in a real column is 3.0).
Outcome<void> sealRow(Database& database, const Table& table, qint64 key) {
    quint32 seal = 0;
    auto read =
        database.each(selectRow(table), {key}, [&](const QSqlQuery& row) { seal = sealOf(row, table, 0); });
    if (!read) return read;
    return setSeal(database, table, key, seal);
}

Outcome<void> breakSeal(Database& database, const Table& table, qint64 key) {
    constexpr qint64 noSeal = -1; // no CRC-32 is negative
    return setSeal(database, table, key, noSeal);
}

Outcome<void> deleteRow(Database& database, const Table& table, qint64 key) {
    return database.run(QStringLiteral("DELETE FROM %1 WHERE %2 = ?").arg(table.name, table.columns.front()),
                        {key});
}

bool sealHolds(const QSqlQuery& row, const Table& table, int offset) {
    const QVariant kept = row.value(offset + static_cast<int>(table.columns.size()));
    return kept.typeId() == QMetaType::LongLong &&
           kept.toLongLong() == static_cast<qint64>(sealOf(row, table, offset));
}

QVariant textValue(const QString& text) {
    return text.isNull() ? QStringLiteral("") : text;
}

QVariant timeValue(const QDateTime& time) {
    return time.toUTC().toString(Qt::ISODateWithMs);
}

QDateTime timeOf(const QVariant& value) {
    return QDateTime::fromString(value.toString(), Qt::ISODateWithMs).toUTC();
}

QVariant blobValue(const QByteArray& bytes) {
    return bytes.isNull() ? QByteArray("") : bytes;
}

QVariant realValue(double number) {
    return std::isnan(number) ? QVariant(QMetaType(QMetaType::Double)) : QVariant(number);
}

QVariant realValue(std::optional<double> number) {
    return realValue(number.value_or(std::numeric_limits<double>::quiet_NaN()));
}

bool isCount(qint64 number) {
    return number >= 0 && number < qint64{1} << 53;
}

double realOrNan(const QVariant& value) {
    return value.isNull() ? std::numeric_limits<double>::quiet_NaN() : value.toDouble();
}

std::optional<double> realOrNone(const QVariant& value) {
    return value.isNull() ? std::nullopt : std::optional(value.toDouble());
}

} // namespace burdock::storage
