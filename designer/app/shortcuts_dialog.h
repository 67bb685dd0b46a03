#pragma once

#include <QDialog>
#include <QList>

class QAction;

namespace burdock {

/// Every key and what the mouse does, in groups; made from the actions themselves.
class ShortcutsDialog : public QDialog {
    Q_OBJECT
  public:
    struct Group {
        QString title;
        QList<std::pair<QString, QString>> rows; ///< what, keys
    };
    ShortcutsDialog(const QList<Group>& groups, QWidget* parent);

    static Group groupOf(const QString& title, const QList<QAction*>& actions);
    static Group mouseGroup();
};

} // namespace burdock
