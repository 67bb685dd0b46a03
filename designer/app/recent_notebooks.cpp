#include "app/recent_notebooks.h"

#include "plugin_api/locations.h"
#include "session/machine.h"
#include "storage/notebook/notebook.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSettings>

namespace burdock {
namespace {

const QString key = QStringLiteral("notebooks/recent");
constexpr int kept = 8;

} // namespace

QStringList recentNotebooks() {
    QStringList paths = QSettings().value(key).toStringList();
    paths.removeIf([](const QString& path) { return !storage::Notebook::isThere(path); });
    return paths;
}

void rememberNotebook(const QString& path) {
    const QString full = QFileInfo(path).absoluteFilePath();
    QStringList paths = recentNotebooks();
    paths.removeAll(full);
    paths.prepend(full);
    QSettings().setValue(key, paths.mid(0, kept));
}

QString sampleNotebookPath() {
    const QString folder =
        installedOr(QStringLiteral(BURDOCK_SAMPLES_FROM_PROGRAM), QStringLiteral(BURDOCK_SAMPLES_IN_SOURCE));
    const QString path = QDir(folder).filePath(QStringLiteral("sample.burdock"));
    return !folder.isEmpty() && QFileInfo::exists(path) ? path : QString();
}

QString startNotebookPath() {
    if (qEnvironmentVariableIsEmpty("BURDOCK_NOTEBOOK"))
        if (const QStringList recent = recentNotebooks(); !recent.isEmpty()) return recent.front();
    const QString path = defaultNotebookPath();
    if (const QString sample = sampleNotebookPath(); !QFileInfo::exists(path) && !sample.isEmpty()) {
        QDir().mkpath(QFileInfo(path).absolutePath());
        if (QFile::copy(sample, path)) // the installed sample may be read-only
            QFile::setPermissions(path, QFile::permissions(path) | QFile::ReadOwner | QFile::WriteOwner);
    }
    return path;
}

} // namespace burdock
