#pragma once

#include <QWidget>

class QLabel;
class QLineEdit;

namespace burdock {

class FactList;
class GraphDocument;

/// The inspector's page when nothing is selected: the network as a whole, and what to do next.
class NetworkPage : public QWidget {
    Q_OBJECT
  public:
    explicit NetworkPage(GraphDocument& document, QWidget* parent = nullptr);
    void refresh();
    void editName();

  private:
    GraphDocument& document_;
    QLineEdit* name_;
    QLabel* hint_;
    FactList* facts_;
};

} // namespace burdock
