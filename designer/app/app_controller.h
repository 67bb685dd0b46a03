#pragma once

#include "engine/data/dataset_catalog.h"
#include "session/worker.h"
#include "storage/notebook/notebook.h"

#include <QObject>
#include <QPointer>

#include <memory>

namespace burdock {

struct CommandLine;
class MainWindow;

/// The running program: its plugins, and the window on the notebook that is open.
class AppController : public QObject {
    Q_OBJECT
  public:
    AppController();
    ~AppController() override;

    /// Opens the window as the command line says. A notebook that is refused is told of in the window, which
    /// then shows the user's own; false if even that cannot be opened, with `error` in one line.
    bool start(const CommandLine& line, QString* error);
    MainWindow* window() const;

    /// Ends the program as by closing its window: runs are stopped and kept.
    void end();
    /// Closes the notebook, as far as it is open: what is still going on is stopped, kept, and waited for.
    void close();
    /// Whether something was not kept where it belongs; known once it is closed.
    bool hadProblems() const { return problems_; }

  private:
    bool openNotebook(const QString& path, QString* error);
    /// Opens a notebook, beside the window, in a new one in its place; says in the current one why it cannot.
    void openNotebookLater(const QString& path);
    void tellProblem(const QString& problem);
    void show(std::shared_ptr<storage::Notebook> notebook, const QString& path);

    DatasetCatalog catalog_;
    QStringList pluginNotices_;
    QPointer<MainWindow> window_;
    Worker opener_;
    bool problems_ = false;
};

} // namespace burdock
