#pragma once

#include "engine/graph/graph.h"

#include <QWidget>

class QLabel;
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
    void showProposal(const QStringList& lines);
    void withdrawProposal();
    void showSeen();

    Workspace& workspace_;
    DatasetChooser* datasets_;
    QPushButton* propose_;
    QLabel *proposalTitle_, *proposal_;
    std::optional<Graph> proposed_; ///< what the proposal is about
    DataPage* page_;
};

} // namespace burdock
