#pragma once

#include "storage/database/database.h"

#include <QStringList>
#include <QVector>

#include <functional>
#include <optional>

namespace burdock::storage {

/// One numbered step from version - 1 to version, run inside a transaction.
struct Migration {
    int version = 0;
    QString what;
    std::function<Outcome<void>(Database&)> apply;
};

/// What makes an SQLite file ours: its application_id, and the steps that make an empty file current.
struct FileFormat {
    quint32 applicationId = 0;
    QVector<Migration> migrations; ///< versions 1, 2, 3, ... without a gap
    QStringList coreTables;        ///< small tables without which the file says nothing
    /// A table without which it says all that it is for, and what makes that anew.
    struct History {
        QString table;
        std::function<Outcome<void>(Database&)> make;
    };
    std::optional<History> history{};

    int newestVersion() const { return static_cast<int>(migrations.size()); }
};

Outcome<void> runStatements(Database& database, const QStringList& statements);
/// Applies the steps after `from` and sets user_version and application_id; call it inside a transaction.
Outcome<void> migrate(Database& database, const FileFormat& format, int from);

} // namespace burdock::storage
