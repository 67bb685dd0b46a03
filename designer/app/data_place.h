#pragma once

#include <QWidget>

class QPushButton;

namespace burdock {

class DataPage;
class DatasetChooser;
class Workspace;

/// Where the chosen data are seen: choice and options at the left, with what was found in the data; the data
/// themselves beside them.
class DataPlace : public QWidget {
    Q_OBJECT
  public:
    explicit DataPlace(Workspace& workspace, QWidget* parent = nullptr);

    DatasetChooser& datasets() { return *datasets_; }
    DataPage& page() { return *page_; }

  signals:
    void designWanted(); ///< a network was opened for the data

  private:
    void showData();
    void showSeen();

    Workspace& workspace_;
    DatasetChooser* datasets_;
    QPushButton* propose_;
    DataPage* page_;
};

} // namespace burdock
