#pragma once

#include <QWidget>

class QLabel;

namespace burdock {

class FactList;
class GraphDocument;

/// The inspector's page when nothing is selected: the network as a whole, and what to do next.
class NetworkPage : public QWidget {
    Q_OBJECT
  public:
    explicit NetworkPage(GraphDocument& document, QWidget* parent = nullptr);
    void refresh();

  private:
    GraphDocument& document_;
    QLabel *name_, *hint_;
    FactList* facts_;
};

} // namespace burdock
