#pragma once

#include "engine/data/dataset_catalog.h"

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

    /// Opens a notebook in a new window in place of the current one; says in the current one why it cannot.
    bool openNotebook(const QString& path, QString* error = nullptr);

  private:
    DatasetCatalog catalog_;
    QStringList pluginNotices_;
    QPointer<MainWindow> window_;
};

} // namespace burdock
