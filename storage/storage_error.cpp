#include "storage/storage_error.h"

namespace burdock::storage {

QString StorageError::oneLine() const {
    QString line = where.isEmpty() ? what : where + QStringLiteral(": ") + what;
    if (!mend.isEmpty()) line += QLatin1Char(' ') + mend;
    return line.simplified();
}

} // namespace burdock::storage
