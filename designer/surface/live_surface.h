#pragma once

#include "dashboard/live_runs.h"
#include "surface/surface_box.h"
#include "surface/surface_pace.h"

#include <QElapsedTimer>
#include <QTimer>

class QLabel;

namespace burdock {

/// The surface of the run that LiveRuns shows, as its network learns; hidden where the network has other
/// inputs than one or two numbers. While it is not seen the run is not asked for anything. Once the run has
/// ended, that of its last weights.
class LiveSurface : public QWidget {
    Q_OBJECT
  public:
    LiveSurface(RunQueue& queue, const DatasetCatalog& catalog, QWidget* parent = nullptr);

    SurfaceBox& box() const { return *box_; }
    int pictures() const { return pictures_; } ///< how many were drawn

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

  private:
    void follow();
    void poll();
    void showEnd();
    void put(const std::shared_ptr<const DrawnSurface>& drawn);

    LiveRuns& runs_;
    SurfaceMaker maker_;
    SurfaceBox* box_;
    QLabel* epoch_;
    SurfacePace pace_;
    QTimer poll_;
    QElapsedTimer since_;                ///< the last picture was begun
    const TrainingRun* shown_ = nullptr; ///< what is followed
    std::int64_t step_ = -1;             ///< whose weights were looked at last
    bool fits_ = false;                  ///< it may have a surface
    bool endShown_ = false;
    int pictures_ = 0;
};

} // namespace burdock
