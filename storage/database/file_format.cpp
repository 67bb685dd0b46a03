#include "storage/database/file_format.h"

namespace burdock::storage {

Outcome<void> runStatements(Database& database, const QStringList& statements) {
    for (const QString& statement : statements)
        if (auto done = database.run(statement); !done) return done;
    return {};
}

Outcome<void> migrate(Database& database, const FileFormat& format, int from) {
    for (const Migration& step : format.migrations) {
        if (step.version <= from) continue;
        if (auto done = step.apply(database); !done) {
            StorageError error = done.error();
            error.what = QStringLiteral("The notebook could not be brought to version %1 (%2): %3")
                             .arg(QString::number(step.version), step.what, error.what);
            return refuse(std::move(error));
        }
    }
    return runStatements(database,
                         {QStringLiteral("PRAGMA application_id = %1").arg(qint32(format.applicationId)),
                          QStringLiteral("PRAGMA user_version = %1").arg(format.newestVersion())});
}

} // namespace burdock::storage
