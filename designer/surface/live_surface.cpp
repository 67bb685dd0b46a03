#include "surface/live_surface.h"

#include "engine/graph/check_graph.h"
#include "theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace burdock {
namespace {

/// Whether the network's input is so few numbers that a picture of what it answers tells all.
bool mayHaveSurface(const Graph& graph) {
    const auto network = checkNetwork(graph);
    return network && SurfaceScene::mayBeOf(*network) && network->inputShape().size() <= 2;
}

} // namespace

LiveSurface::LiveSurface(RunQueue& queue, const DatasetCatalog& catalog, QWidget* parent)
    : QWidget(parent)
    , runs_(LiveRuns::of(queue))
    , maker_(queue.notebook(), catalog)
    , box_(new SurfaceBox)
    , epoch_(new QLabel) {
    setObjectName(QStringLiteral("liveSurface"));
    epoch_->setProperty("role", "soft");
    epoch_->setFont(Theme::instance().font(QStringLiteral("caption")));
    box_->bar().addWidget(epoch_);
    box_->view().setEmptyText(tr("What the network answers over its inputs is drawn here as it learns."));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(box_);
    poll_.setInterval(50);
    connect(&poll_, &QTimer::timeout, this, &LiveSurface::poll);
    connect(&runs_, &LiveRuns::shownChanged, this, &LiveSurface::follow);
    connect(&runs_, &LiveRuns::changed, this, &LiveSurface::follow);
    connect(&maker_, &SurfaceMaker::made, this, &LiveSurface::put);
    connect(&maker_, &SurfaceMaker::hasNone, this, [this] {
        fits_ = false;
        poll_.stop();
        hide();
    });
    connect(&maker_, &SurfaceMaker::failed, this, [this] {
        fits_ = false; // what it says, the run's own end says as well
        poll_.stop();
        setVisible(box_->view().surface() != nullptr);
    });
    connect(box_, &SurfaceBox::choiceChanged, this, [this] {
        since_.invalidate();
        step_ = -1;
        endShown_ = false;
        follow();
    });
    hide();
    follow();
}

void LiveSurface::follow() {
    const TrainingRun* run = runs_.shown();
    if (run != shown_) {
        shown_ = run;
        endShown_ = false;
        since_.invalidate();
        step_ = -1;
        maker_.forget();
        box_->resetChoice();
        box_->setSurface(nullptr);
        epoch_->clear();
        fits_ = run && mayHaveSurface(run->request().graph);
    }
    // One that never began has nothing to show.
    if (!fits_) return setVisible(box_->view().surface() != nullptr);
    setVisible(!(run->refusal() && !box_->view().surface()));
    if (!isVisible()) return;
    if (run->state() == TrainingRun::State::Ended)
        showEnd();
    else if (!poll_.isActive())
        poll_.start();
}

void LiveSurface::poll() {
    TrainingRun* run = runs_.shown();
    if (!run || !run->isActive() || maker_.isMaking()) return;
    if (const auto look = run->takeLook()) {
        since_.start();
        step_ = look->step;
        maker_.make(run->runId(), run->request(), *look, box_->choice(), pace_.side());
    } else if (run->progress().step == step_) {
        return; // nothing has been learned since, as in a pause
    } else if (!since_.isValid() || since_.elapsed() + poll_.interval() >= pace_.rest().count()) {
        run->lookAtWeights(); // there by the next poll
    }
}

void LiveSurface::showEnd() {
    poll_.stop();
    if (endShown_ || !shown_->result()) return;
    endShown_ = true;
    maker_.makeKept(shown_->runId(), storage::CheckpointKind::Last, box_->choice(), SurfacePace::finest);
}

void LiveSurface::put(const std::shared_ptr<const DrawnSurface>& drawn) {
    pace_.took(drawn->seconds);
    ++pictures_;
    box_->setSurface(drawn);
    epoch_->setText(tr("epoch %1").arg(drawn->surface.epoch));
    if (endShown_) maker_.forget();
}

void LiveSurface::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    follow();
}

void LiveSurface::hideEvent(QHideEvent* event) {
    poll_.stop();
    QWidget::hideEvent(event);
}

} // namespace burdock
