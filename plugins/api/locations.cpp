#include "plugin_api/locations.h"

#include "plugin_api/resources.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

namespace burdock {

QString installedOr(const QString& fromProgram, const QString& fallback) {
    if (QCoreApplication::instance()) {
        const QString program = QFileInfo(QCoreApplication::applicationDirPath()).canonicalFilePath();
        const QDir folder(program + u'/' + fromProgram);
        if (folder.exists()) return folder.canonicalPath();
        // What an installed program lacks must not come from a build that may be gone, or another's.
        const QString build = QFileInfo(QStringLiteral(BURDOCK_BUILD_DIR)).canonicalFilePath();
        if (build.isEmpty() || !(program + u'/').startsWith(build + u'/')) return {};
    }
    return QDir(fallback).exists() ? fallback : QString();
}

QString resourceFolder() {
    return installedOr(QStringLiteral(BURDOCK_DATA_FROM_PROGRAM), QStringLiteral(BURDOCK_SOURCE_RESOURCES));
}

} // namespace burdock
