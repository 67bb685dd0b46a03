#pragma once

#include <QWidget>

namespace burdock {

class StartPage;
class Workspace;

/// The start page on a workspace: opens and trains what is chosen there.
class StartPlace : public QWidget {
    Q_OBJECT
  public:
    explicit StartPlace(Workspace& workspace, QWidget* parent = nullptr);

    StartPage& page() { return *page_; }

  signals:
    void designWanted(); ///< a network was opened
    void dataWanted();   ///< data were chosen, and are to be seen
    void fileWanted();   ///< data are to be chosen
    void folderWanted();
    void notebookWanted(const QString& path);

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    void take(const QString& path);

    Workspace& workspace_;
    StartPage* page_;
};

} // namespace burdock
