#include "storage/storage_error.h"

namespace burdock::storage {

QString StorageError::oneLine() const {
    QString line = where.isEmpty() ? what : where + QStringLiteral(": ") + what;
    if (!mend.isEmpty()) line += QLatin1Char(' ') + mend;
    return line.simplified();
}

tl::unexpected<StorageError> refuse(StorageError::Kind kind, const QString& what, const QString& where,
                                    const QString& mend) {
    return refuse(StorageError{kind, what, where, mend});
}

} // namespace burdock::storage
