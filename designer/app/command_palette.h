#pragma once

#include <QFrame>
#include <QList>
#include <QPointer>

#include <functional>

class QAction;
class QLabel;
class QLineEdit;
class QListWidget;

namespace burdock {

/// All that the program can do, found by typing: an overlay at the top of the window.
class CommandPalette : public QFrame {
    Q_OBJECT
  public:
    struct Command {
        QString title;
        QString group;    ///< "Layer", "Template", a menu's name
        QString shortcut; ///< may be empty
        bool enabled = true;
        std::function<void()> run;
        QString keywords{}; ///< other words for it
    };

    explicit CommandPalette(QWidget* window);
    /// Opens over the window with these commands; closes by Escape, by choosing, or when the focus goes.
    void open(std::vector<Command> commands);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void filter(const QString& query);
    void choose();
    void dismiss();

    QLineEdit* search_;
    QListWidget* list_;
    QLabel* none_; ///< what is said where nothing is found
    std::vector<Command> commands_;
    QPointer<QWidget> before_; ///< had the focus when this opened
};

/// How well a title fits what was typed: the start of the title, of a word, anywhere, letters in order; zero:
/// not at all.
int commandMatch(const QString& title, const QString& query);

} // namespace burdock
