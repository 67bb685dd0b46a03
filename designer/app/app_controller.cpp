#include "app/app_controller.h"

#include "app/command_line.h"
#include "app/main_window.h"
#include "app/recent_notebooks.h"
#include "app/workspace.h"
#include "engine/schema/layer_registry.h"
#include "plugin_api/plugin_host.h"

namespace burdock {

AppController::AppController() {
    const PluginReport report = loadPlugins(pluginFolders(), layerRegistry(), catalog_);
    for (const Diagnostic& refused : report.refused)
        pluginNotices_ << QString::fromStdString(oneLine(refused));
}

AppController::~AppController() {
    delete window_; // before the catalog it reads
}

MainWindow* AppController::window() const {
    return window_;
}

bool AppController::start(const CommandLine& line, QString* error) {
    QStringList notices = pluginNotices_;
    QString problem;
    const QString wanted = line.notebook.isEmpty() ? startNotebookPath() : line.notebook;
    bool open = openNotebook(wanted, &problem);
    if (!open) {
        notices << problem;
        if (const QString own = startNotebookPath(); own != wanted) open = openNotebook(own, &problem);
    }
    if (!open) {
        *error = problem;
        return false;
    }
    if (!line.model.isEmpty())
        if (const auto status = window_->workspace().openModelFile(line.model); !status)
            notices << QString::fromStdString(oneLine(status.error()));
    if (!notices.isEmpty()) window_->notice(notices.join(u'\n'));
    return true;
}

bool AppController::openNotebook(const QString& path, QString* error) {
    if (window_) window_->workspace().saveNow(); // it may be the same notebook: then it is read again
    auto notebook = storage::Notebook::open(path);
    if (!notebook) {
        const QString why = notebook.error().oneLine();
        if (error) *error = why;
        if (window_) window_->notice(why);
        return false;
    }
    rememberNotebook(path);
    QPointer<MainWindow> old = window_;
    auto workspace = std::make_unique<Workspace>(*notebook, catalog_);
    Workspace& opened = *workspace;
    window_ = new MainWindow(std::move(workspace));
    opened.reopen();
    connect(
        window_, &MainWindow::notebookWanted, this, [this](const QString& wanted) { openNotebook(wanted); },
        Qt::QueuedConnection);
    window_->show();
    if (old) {
        old->close();
        old->deleteLater();
    }
    return true;
}

} // namespace burdock
