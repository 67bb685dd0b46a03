#include "theme/file_question.h"

#include <QDir>
#include <QFileInfo>
#include <QSettings>

namespace burdock {
namespace {

constexpr const char* key = "lastFolder";

/// Of last time, as long as it is there; else the user's own.
QString lastFolder() {
    const QString folder = QSettings().value(QLatin1String(key)).toString();
    return !folder.isEmpty() && QFileInfo(folder).isDir() ? folder : QDir::homePath();
}

/// A folder that was chosen is found again in the one around it.
QString remembered(const QString& path) {
    if (!path.isEmpty()) QSettings().setValue(QLatin1String(key), QFileInfo(path).absolutePath());
    return path;
}

QString begin(const QString& folder) {
    return folder.isEmpty() ? lastFolder() : folder;
}

} // namespace

QFileDialog* fileQuestion(QWidget* parent, const QString& title, const QString& filters) {
    auto* dialog = new QFileDialog(parent, title, lastFolder(), filters);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    QObject::connect(dialog, &QFileDialog::filesSelected, dialog,
                     [](const QStringList& paths) { remembered(paths.value(0)); });
    return dialog;
}

QString askToOpen(QWidget* parent, const QString& title, const QString& filters, const QString& folder) {
    return remembered(QFileDialog::getOpenFileName(parent, title, begin(folder), filters));
}

QString askForFolder(QWidget* parent, const QString& title, const QString& folder) {
    return remembered(QFileDialog::getExistingDirectory(parent, title, begin(folder)));
}

QString askToSave(QWidget* parent, const QString& title, const QString& proposed, const QString& filters,
                  QFileDialog::Options options) {
    const QString path = QDir(lastFolder()).filePath(proposed);
    return remembered(QFileDialog::getSaveFileName(parent, title, path, filters, nullptr, options));
}

} // namespace burdock
