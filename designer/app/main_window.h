#pragma once

#include <QMainWindow>
#include <QPointer>

#include <memory>

class QStackedWidget;
class QUndoGroup;

namespace burdock {

class AdaptPreview;
class CommandPalette;
class DataPlace;
class DesignPlace;
class MainMenu;
class NoticeBar;
class NotebookPlace;
class PlacesBar;
class ReferenceWindow;
class RunBar;
class StartPlace;
class TrainPlace;
class Workspace;

/// The program's window on one notebook: it puts the pieces together and joins what they say to each other.
class MainWindow : public QMainWindow {
    Q_OBJECT
  public:
    enum Place { Design, Train, Notebook, Data, Start };

    explicit MainWindow(std::unique_ptr<Workspace> workspace, QWidget* parent = nullptr);
    ~MainWindow() override;

    Workspace& workspace() { return *workspace_; }
    /// Whether closing it asks the user about what cannot be kept in the notebook; it does unless told not
    /// to.
    void setAsksAtEnd(bool asks) { asksAtEnd_ = asks; }
    DesignPlace& designPlace() { return *design_; }
    TrainPlace& trainPlace();       ///< made when first asked for
    NotebookPlace& notebookPlace(); ///< made when first asked for
    DataPlace& dataPlace();         ///< made when first asked for
    StartPlace& startPlace();       ///< made when first asked for
    PlacesBar& places() { return *places_; }
    RunBar& runBar() { return *runBar_; }
    QUndoGroup& undoGroup() { return *undo_; } ///< what Undo means in the place that is shown
    CommandPalette& commandPalette() { return *commands_; }

    void goTo(Place place);
    void notice(const QString& text);
    void settle(const QString& text); ///< what was noticed is so no more
    void openCommands();
    void openShortcuts();
    /// What adapting the network to the data would change, to be done or left.
    void openAdaptation();
    /// "layers.html#conv2d"; empty: the first page.
    void openReference(const QString& address = {});

  signals:
    /// The user chose another notebook; an empty path: a new one.
    void notebookWanted(const QString& path);
    /// It is closed, and something is not where it belongs.
    void closedWith(const QString& problem);

  protected:
    void closeEvent(QCloseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override; ///< F1 that nothing else has taken

  private:
    void showPlace(int place);
    void tell(const QString& text); ///< for a while, at the lower edge
    void showTitle();
    void restoreWindow();
    void keepWindow() const;

    std::unique_ptr<Workspace> workspace_;
    bool asksAtEnd_ = true;
    PlacesBar* places_;
    ReferenceWindow* reference_ = nullptr; ///< made when first asked for
    RunBar* runBar_;
    NoticeBar* notice_;
    QUndoGroup* undo_;
    QStackedWidget* stack_;
    DesignPlace* design_;
    TrainPlace* train_ = nullptr;
    NotebookPlace* notebook_ = nullptr;
    DataPlace* data_ = nullptr;
    StartPlace* start_ = nullptr;
    CommandPalette* commands_;
    QPointer<AdaptPreview> adaptation_; ///< while it is open
    MainMenu* menu_;
};

} // namespace burdock
