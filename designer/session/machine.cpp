#include "session/machine.h"

#include "storage/user_folders.h"

#include <QDir>
#include <QFile>
#include <QStringList>
#include <QSysInfo>
#include <QThread>

#ifdef __unix__
#include <cstdlib>
#include <unistd.h>
#endif

namespace burdock {
namespace {

QString processorName() {
    QFile info(QStringLiteral("/proc/cpuinfo"));
    if (info.open(QIODevice::ReadOnly)) {
        const QString text = QString::fromUtf8(info.readAll());
        for (const QString& line : text.split(QLatin1Char('\n')))
            if (line.startsWith(QLatin1String("model name")))
                return line.section(QLatin1Char(':'), 1).simplified();
    }
    return QSysInfo::currentCpuArchitecture();
}

} // namespace

double memoryBytes() {
#ifdef __unix__
    return static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
#else
    return 0;
#endif
}

bool machineIsBusy() {
#ifdef __unix__
    double load = 0;
    return getloadavg(&load, 1) == 1 && load > QThread::idealThreadCount() + 0.5;
#else
    return false;
#endif
}

QString machineDescription() {
    QStringList parts{processorName(), QStringLiteral("%1 cores").arg(QThread::idealThreadCount())};
    if (const double memory = memoryBytes(); memory > 0)
        parts << QStringLiteral("%1 GB").arg(memory / 1e9, 0, 'f', 1);
    parts << QSysInfo::prettyProductName();
    return parts.join(QStringLiteral(", "));
}

QString programVersion() {
    return QStringLiteral(BURDOCK_VERSION);
}

QString defaultNotebookPath() {
    if (const QString wanted = qEnvironmentVariable("BURDOCK_NOTEBOOK"); !wanted.isEmpty()) return wanted;
    // Not AppDataLocation: the window and the command line are two programs with one notebook.
    QString base = QFile::decodeName(qgetenv("XDG_DATA_HOME"));
    if (!base.startsWith(QLatin1Char('/'))) {
        const QString home = storage::homeFolder();
        if (home.isEmpty()) return {};
        base = home + QStringLiteral("/.local/share");
    }
    const QDir folder(QDir::cleanPath(base) + QStringLiteral("/burdock"));
    folder.mkpath(QStringLiteral("."));
    return folder.filePath(QStringLiteral("notebook.burdock"));
}

} // namespace burdock
