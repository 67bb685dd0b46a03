#pragma once

#include "session/stored_run.h"
#include "session/training_run.h"
#include "session/worker.h"
#include "surface/surface_colors.h"

#include <QObject>

#include <atomic>

namespace burdock {

/// A surface with its picture, in the colours of the theme as it was.
struct DrawnSurface {
    Surface surface;
    QImage image;
    double seconds = 0; ///< of one processor's time, for working it out
};

/// Works out surfaces on a thread of its own: of a run that is being trained from the weights that it hands
/// out, of one that is kept from the notebook's. Of several that are asked for only the last is answered.
class SurfaceMaker : public QObject {
    Q_OBJECT
  public:
    SurfaceMaker(std::shared_ptr<storage::Notebook> notebook, const DatasetCatalog& catalog,
                 QObject* parent = nullptr);
    ~SurfaceMaker() override;

    void make(storage::RunId run, const TrainingRequest& request, const WeightsLook& look,
              const SurfaceChoice& choice, int side);
    /// The weights are read once, until forget() or until another run is asked for.
    void makeKept(storage::RunId run, const CheckpointChoice& weights, const SurfaceChoice& choice, int side);
    void forget(); ///< frees what is held of a run; what is being made is not answered
    bool isMaking() const { return making_; }

  signals:
    void made(const std::shared_ptr<const burdock::DrawnSurface>& drawn);
    void hasNone(); ///< the run's data have no surface
    void failed(const burdock::Diagnostic& why);

  private:
    using Drawn = std::shared_ptr<const DrawnSurface>; ///< null: the data have none
    struct Source;
    template <class Ready>
    void start(Ready ready, const SurfaceChoice& choice, int side);

    const std::shared_ptr<storage::Notebook> notebook_;
    const DatasetCatalog& catalog_;
    std::atomic<std::int64_t> wanted_ = 0;
    bool making_ = false, holds_ = false;
    std::shared_ptr<Source> source_; ///< of the worker's thread: the network that was asked last
    Worker worker_;                  ///< last: it ends before what its jobs use
};

} // namespace burdock
