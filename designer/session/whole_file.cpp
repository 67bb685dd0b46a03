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
    // Unbuffered: of a disk that becomes full, Qt gives no reason where a part could still be written, and
    // commit() overlooks what a buffer could not be rid of. The next write has the system's reason.
    bool done = file.open(QIODevice::WriteOnly | QIODevice::Unbuffered);
    for (qsizetype at = 0; done && at < bytes.size();) {
        const qint64 written = file.write(bytes.constData() + at, bytes.size() - at);
        done = written > 0;
        at += written;
    }
    if (done && file.commit()) return std::nullopt;
    return file.errorString();
}

} // namespace burdock
