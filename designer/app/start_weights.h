#pragma once

#include "session/worker.h"

#include <QPushButton>

namespace burdock {

class Workspace;

/// What Train begins with: fresh weights, or those of a kept run as far as they fit, chosen from a menu.
class StartWeightsButton : public QPushButton {
    Q_OBJECT
  public:
    explicit StartWeightsButton(Workspace& workspace, QWidget* parent = nullptr);

    /// Opens the menu, as a click does.
    void choose();

  private:
    void refresh();
    void fill();

    Workspace& workspace_;
    Worker reader_;
};

} // namespace burdock
