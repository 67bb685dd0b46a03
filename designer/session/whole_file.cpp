#include "session/whole_file.h"

#include <QSaveFile>

namespace burdock {

std::optional<QString> writeWhole(const QString& path, const QByteArray& bytes) {
    QSaveFile file(path);
    // What waits in the buffer is only written by flush(), and commit() overlooks that it could not be.
    if (file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.flush() && file.commit())
        return std::nullopt;
    return file.errorString();
}

} // namespace burdock
