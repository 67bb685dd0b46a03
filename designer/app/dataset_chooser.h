#pragma once

#include "engine/data/dataset_catalog.h"

#include <QWidget>

#include <optional>

class QComboBox;
class QLabel;
class QPushButton;

namespace burdock {

class ParamForm;
class Workspace;

/// Chooses the data: one of the catalog's, or a file or folder; asks how they are to be made or read, and
/// says what is known of them.
class DatasetChooser : public QWidget {
    Q_OBJECT
  public:
    explicit DatasetChooser(Workspace& workspace, QWidget* parent = nullptr);

    void openFile();
    void openFolder();
    /// Asks where the data are that are not where they were.
    void findMoved();
    ParamForm& options() const { return *options_; }

  signals:
    /// The user wants to see the data. The button for it is there when somebody listens.
    void pageWanted();

  protected:
    void connectNotify(const QMetaMethod& signal) override;

  private:
    void showChoice();
    void showFacts();

    Workspace& workspace_;
    QComboBox* combo_;
    QLabel *doc_, *facts_, *problem_;
    QPushButton *look_, *find_;
    ParamForm* options_;
    std::optional<DatasetRef> shown_; ///< what combo and options show
};

} // namespace burdock
