#include "session/whole_file.h"

#include "engine/schema/plain_file.h"

#include <QFile>
#include <QObject>
#include <QSaveFile>

namespace burdock {

std::optional<QString> writeWhole(const QString& path, const QByteArray& bytes) {
    if (const auto other = otherThanPlain(QFile::encodeName(path).toStdString()))
        return QObject::tr("It is %1, no plain file").arg(QString::fromStdString(*other));
    QSaveFile file(path);
    // What waits in the buffer is only written by flush(), and commit() overlooks that it could not be.
    if (file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.flush() && file.commit())
        return std::nullopt;
    return file.errorString();
}

} // namespace burdock
