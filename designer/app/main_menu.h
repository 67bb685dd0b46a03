#pragma once

#include "app/command_palette.h"
#include "app/shortcuts_dialog.h"
#include "storage/notebook/records.h"

#include <QObject>

class QAction;
class QMenu;
class QMenuBar;

namespace burdock {

class MainWindow;
class Workspace;

/// The window's menus, and from the same actions the commands and the table of keys.
class MainMenu : public QObject {
    Q_OBJECT
  public:
    MainMenu(MainWindow& window, QMenuBar& bar);

    /// What Delete means follows the place that is shown.
    void showPlace(int place);
    std::vector<CommandPalette::Command> commands() const;
    QList<ShortcutsDialog::Group> shortcutGroups() const;

  private:
    void addFile(QMenuBar& bar);
    void addEdit(QMenuBar& bar);
    void addView(QMenuBar& bar);
    void addRun(QMenuBar& bar);
    void addRunCommands(QMenu& run);
    void addHelp(QMenuBar& bar);
    void fillModels(QMenu& menu);
    void addModel(QMenu& menu, const storage::ModelRow& row);
    void fillRecent(QMenu& menu);
    QAction* add(QMenu& menu, const QString& name, const QString& text, const QString& keys,
                 std::function<void()> act, const QString& icon = {});

    void newModel();
    void openModelFile();
    void saveModelFile();
    void openNotebook(bool create);
    void about();

    MainWindow& window_;
    Workspace& workspace_;
    QList<QMenu*> menus_;
    QMenu* edit_ = nullptr;
    QAction* canvasDelete_ = nullptr;
    QAction* shownDelete_ = nullptr; ///< of the canvas or of the runs
    QString unsaved_;                ///< what was said of a file that could not be written
};

} // namespace burdock
