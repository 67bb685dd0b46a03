#include "plugin_api/locations.h"

#include "plugin_api/resources.h"

#include <QCoreApplication>
#include <QDir>

namespace burdock {

QString installedOr(const QString& fromProgram, const QString& fallback) {
    if (QCoreApplication::instance()) {
        const QDir folder(QCoreApplication::applicationDirPath() + u'/' + fromProgram);
        if (folder.exists()) return folder.canonicalPath();
    }
    return QDir(fallback).exists() ? fallback : QString();
}

QString resourceFolder() {
    return installedOr(QStringLiteral(BURDOCK_DATA_FROM_PROGRAM), QStringLiteral(BURDOCK_SOURCE_RESOURCES));
}

} // namespace burdock
