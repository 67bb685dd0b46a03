#pragma once

#include <QTimer>
#include <QToolButton>

namespace burdock {

class Workspace;

/// "Fashion-MNIST · 60,000": what Train would train on, with a menu to see it or to choose other data. A
/// change of data shows on it for a while and is told.
class DataChip : public QToolButton {
    Q_OBJECT
  public:
    explicit DataChip(Workspace& workspace, QWidget* parent = nullptr);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  signals:
    void pageWanted(); ///< the user wants to see the data
    void findWanted(); ///< the user wants to tell where the data are now
    void fileWanted(); ///< the user wants to train on a file

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    void refresh();
    void fillMenu();
    bool isMissing() const;

    Workspace& workspace_;
    QString told_; ///< the reference whose data were told of last
    QTimer fresh_; ///< while a change is shown
};

} // namespace burdock
