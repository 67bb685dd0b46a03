#include "app/app_controller.h"

#include "app/command_line.h"
#include "app/main_window.h"
#include "app/recent_notebooks.h"
#include "app/workspace.h"
#include "engine/schema/layer_registry.h"
#include "plugin_api/plugin_host.h"
#include "plugin_api/registries.h"
#include "session/visible_text.h"

#include <QApplication>

#include <cstdio>

namespace burdock {

AppController::AppController() {
    const QStringList folders = pluginFolders();
    const PluginReport report = loadPlugins(folders, Registries(catalog_));
    if (const auto none = noPluginFound(folders, report))
        pluginNotices_ << QString::fromStdString(oneLine(*none));
    for (const Diagnostic& refused : report.refused)
        pluginNotices_ << QString::fromStdString(oneLine(refused));
}

AppController::~AppController() {
    close(); // before the catalog it reads
}

void AppController::close() {
    delete window_;
}

void AppController::tellProblem(const QString& problem) {
    problems_ = true;
    std::fprintf(stderr, "burdock: %s\n", visibleText(problem.toStdString()).c_str());
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
    if (!line.model.isEmpty()) {
        window_->goTo(MainWindow::Design);
        window_->workspace().openModelFileLater(line.model, [] {});
    }
    if (!notices.isEmpty()) window_->notice(notices.join(u'\n'));
    return true;
}

void AppController::end() {
    if (window_) {
        window_->workspace().queue().stopAll(); // at once; the window's end waits for it
        window_->setAsksAtEnd(false);           // nobody may be there to answer
    }
    QApplication::closeAllWindows();
    QCoreApplication::quit(); // whatever dialog may refuse to be closed
}

bool AppController::openNotebook(const QString& path, QString* error) {
    auto notebook = storage::Notebook::open(path);
    if (!notebook) {
        *error = notebook.error().oneLine();
        return false;
    }
    show(*notebook, path);
    return true;
}

void AppController::openNotebookLater(const QString& path) {
    // It may be the same notebook: then it is read when all is written.
    window_->workspace().readModels(window_, [this, path](const auto&) {
        opener_.post(
            window_, [path] { return storage::Notebook::open(path); },
            [this, path](storage::Outcome<std::shared_ptr<storage::Notebook>> notebook) {
                if (!window_->isVisible()) return; // closed meanwhile
                if (!notebook)
                    window_->notice(notebook.error().oneLine());
                else if (window_->workspace().queue().isBusy())
                    window_->notice(
                        tr("A run was begun meanwhile: wait for its end, or stop it, then open %1 again.")
                            .arg(path));
                else
                    show(*notebook, path);
            });
    });
}

void AppController::show(std::shared_ptr<storage::Notebook> notebook, const QString& path) {
    QPointer<MainWindow> old = window_;
    QGuiApplication::setQuitOnLastWindowClosed(false); // another one comes
    const bool closed = !old || old->close();
    QGuiApplication::setQuitOnLastWindowClosed(true);
    if (!closed) return; // there is something that its user does not want to lose
    rememberNotebook(path);
    QStringList told;
    if (!notebook->takenIn().isEmpty())
        told << tr("Taken in from the files that had to keep them: %1.")
                    .arg(notebook->takenIn().join(tr("; ")));
    told += notebook->notTakenIn();
    if (const auto why = notebook->unwritable()) told << why->oneLine();
    auto workspace = std::make_unique<Workspace>(std::move(notebook), catalog_);
    Workspace& opened = *workspace;
    window_ = new MainWindow(std::move(workspace));
    opened.reopen();
    if (!opened.hasOwnDraft()) window_->goTo(MainWindow::Start);
    connect(window_, &MainWindow::closedWith, this, &AppController::tellProblem);
    connect(&opened, &Workspace::leftUnwritten, this, &AppController::tellProblem);
    connect(window_, &MainWindow::notebookWanted, this, &AppController::openNotebookLater,
            Qt::QueuedConnection);
    window_->show();
    if (!told.isEmpty()) window_->notice(told.join(QLatin1Char(' ')));
    if (old) old->deleteLater();
}

} // namespace burdock
