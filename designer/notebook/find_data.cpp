#include "notebook/find_data.h"

#include "theme/file_question.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

namespace burdock {
namespace {

/// The innermost folder around it that is still there.
QString folderNear(const QString& path) {
    QString folder = QFileInfo(path).absolutePath();
    while (!QFileInfo::exists(folder) && QFileInfo(folder).absolutePath() != folder)
        folder = QFileInfo(folder).absolutePath();
    return folder;
}

} // namespace

QString askForPlace(QWidget* parent, const QString& path) {
    const QFileInfo was(path);
    const QString title = QCoreApplication::translate("FindData", "Where is “%1” now?").arg(was.fileName());
    if (was.suffix().isEmpty()) // a folder, as far as can be told of what is gone
        return askForFolder(parent, title, folderNear(path));
    const QString same = QCoreApplication::translate("FindData", "Files like it (*.%1)").arg(was.suffix());
    const QString all = QCoreApplication::translate("FindData", "All files (*)");
    return askToOpen(parent, title, same + QStringLiteral(";;") + all, folderNear(path));
}

} // namespace burdock
