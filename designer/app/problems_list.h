#pragma once

#include "engine/schema/diagnostic.h"

#include <QWidget>

class QLabel;
class QListWidget;
class QListWidgetItem;

namespace burdock {

class Workspace;

/// Everything that is wrong, in one list: a click goes to the layer or field, a button mends it where one
/// click can.
class ProblemsList : public QWidget {
    Q_OBJECT
  public:
    explicit ProblemsList(Workspace& workspace, QWidget* parent = nullptr);

  signals:
    void nodeWanted(const burdock::NodePath& node);
    /// The problem belongs to the training form.
    void fieldWanted(const QString& key);
    /// The network was changed by a problem's button: what was, is selected.
    void mended();
    /// The last problem has gone while the list had the keyboard.
    void focusGivenUp();

  protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void refresh();
    void build();
    void fit(QListWidgetItem& item); ///< as high as its words
    void addRow(const Diagnostic& problem);
    void activate(int row);

    Workspace& workspace_;
    QLabel *title_, *calm_;
    QListWidget* list_;
    std::vector<Diagnostic> shown_;
    bool built_ = false;
    bool narrow_ = false;  ///< what is wrong stands below where
    bool fitting_ = false; ///< rows will be made as high as their words
};

} // namespace burdock
