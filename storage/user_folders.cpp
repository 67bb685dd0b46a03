#include "storage/user_folders.h"

#include <QDir>
#include <QFile>

#include <pwd.h>
#include <unistd.h>

namespace burdock::storage {

QString homeFolder() {
    // Not QDir::homePath(), which gives the root folder where HOME is missing.
    if (const QByteArray home = qgetenv("HOME"); home.startsWith('/')) return QFile::decodeName(home);
    const passwd* entry = ::getpwuid(::getuid());
    if (!entry || !entry->pw_dir || entry->pw_dir[0] != '/') return {};
    return QFile::decodeName(entry->pw_dir);
}

QString stateFolder() {
    QString base = QFile::decodeName(qgetenv("XDG_STATE_HOME"));
    if (!base.startsWith(QLatin1Char('/'))) {
        const QString home = homeFolder();
        if (home.isEmpty()) return {};
        base = home + QStringLiteral("/.local/state");
    }
    return QDir::cleanPath(base) + QStringLiteral("/burdock");
}

} // namespace burdock::storage
