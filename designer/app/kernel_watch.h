#pragma once

#include "session/worker.h"

#include <QObject>
#include <QTimer>

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
    void wait();
    void ask();

    Workspace& workspace_;
    Inspector& inspector_;
    QTimer rest_;
    int request_ = 0; ///< an older one's answer is not shown
    bool asking_ = false;
    bool waits_ = false; ///< for the end of a run
    Worker worker_;      // last: it ends before what its jobs use
};

} // namespace burdock
