#pragma once

#include <QWidget>

class QComboBox;
class QLabel;

namespace burdock {

class Workspace;

/// Chooses the data: one of the catalog's, or a file; and says what is known of them.
class DatasetChooser : public QWidget {
    Q_OBJECT
  public:
    explicit DatasetChooser(Workspace& workspace, QWidget* parent = nullptr);

    void openFile();

  private:
    void showChoice();
    void showFacts();

    Workspace& workspace_;
    QComboBox* combo_;
    QLabel *doc_, *facts_, *problem_;
};

} // namespace burdock
