#pragma once

#include "session/estimate.h"

#include <QObject>

namespace burdock {

class Inspector;
class Workspace;

/// Tells the inspector what the layers run on: after each change of the network or of the training settings,
/// once they rest. A network with problems runs on nothing.
class KernelWatch : public QObject {
    Q_OBJECT
  public:
    KernelWatch(Workspace& workspace, Inspector& inspector);

  private:
    void ask();

    Workspace& workspace_;
    Inspector& inspector_;
    Estimate kernels_;
    bool waits_ = false; ///< for the end of a run
};

} // namespace burdock
