#include "surface/surface_maker.h"

#include "engine/data/reading.h"

#include <ctime>
#include <utility>

namespace burdock {
namespace {

/// That the calling thread has used: on a busy machine it waits for far longer.
double processorSeconds() {
    timespec used{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

} // namespace

struct SurfaceMaker::Source {
    storage::RunId run;
    std::optional<CheckpointChoice> weights; ///< none: those of a run that is being trained
    std::unique_ptr<Predictor> network;
    std::shared_ptr<const SurfaceScene> scene;
    std::int64_t epoch = 0;

    bool isOf(storage::RunId other, const std::optional<CheckpointChoice>& chosen) const {
        return network && run == other && weights == chosen;
    }
    void take(storage::RunId of, const std::optional<CheckpointChoice>& chosen,
              std::unique_ptr<Predictor> made, const Dataset& data) {
        auto drawn = SurfaceScene::of(data, made->split()); // may be broken off
        run = of;
        weights = chosen;
        scene = std::move(drawn);
        network = std::move(made);
    }
};

SurfaceMaker::SurfaceMaker(std::shared_ptr<storage::Notebook> notebook, const DatasetCatalog& catalog,
                           QObject* parent)
    : QObject(parent)
    , notebook_(std::move(notebook))
    , catalog_(catalog)
    , source_(std::make_shared<Source>()) {}

SurfaceMaker::~SurfaceMaker() {
    ++wanted_;
}

/// `ready` brings source_ to the weights that are asked for.
template <class Ready>
void SurfaceMaker::start(Ready ready, const SurfaceChoice& choice, int side) {
    const std::int64_t number = ++wanted_;
    making_ = holds_ = true;
    const auto work = [this, number, choice, side, ready,
                       colors = SurfaceColors::ofTheme()]() -> Result<Drawn> {
        const ReadingScope scope([this, number] { return number != wanted_; });
        continueReading();
        if (const Status is = ready(*source_); !is) return refuse(is.error());
        if (!source_->scene) return Drawn();
        const double begun = processorSeconds();
        Surface surface = makeSurface(*source_->network, source_->scene, choice, side);
        surface.epoch = source_->epoch;
        QImage image = surfaceImage(surface, colors);
        return std::make_shared<const DrawnSurface>(
            DrawnSurface{std::move(surface), std::move(image), processorSeconds() - begun});
    };
    worker_.post(this, work, [this, number](const Result<Drawn>& drawn) {
        if (number != wanted_) return;
        making_ = false;
        if (!drawn)
            emit failed(drawn.error());
        else if (*drawn)
            emit made(*drawn);
        else
            emit hasNone();
    });
}

void SurfaceMaker::make(storage::RunId run, const TrainingRequest& request, const WeightsLook& look,
                        const SurfaceChoice& choice, int side) {
    // The graph is a value, and copied only as often as it is asked for.
    const auto ready = [run, look, graph = request.graph, config = request.config](Source& source) -> Status {
        const TensorsInMemory weights(*look.weights);
        source.epoch = look.epoch;
        if (source.isOf(run, std::nullopt)) return source.network->load(weights);
        TrainConfig own = config;
        own.threads = 1; // training has the others
        auto made = Predictor::make(graph, weights, look.data, own);
        if (!made) return refuse(made.error());
        source.take(run, std::nullopt, std::move(*made), *look.data);
        return {};
    };
    start(ready, choice, side);
}

void SurfaceMaker::makeKept(storage::RunId run, const CheckpointChoice& weights, const SurfaceChoice& choice,
                            int side) {
    const auto ready = [this, run, weights](Source& source) -> Status {
        if (source.isOf(run, weights)) return {};
        auto loaded = loadRun(*notebook_, catalog_, run, weights);
        if (!loaded) return refuse(loaded.error());
        source.take(run, weights, std::move(loaded->predictor), *loaded->data);
        source.epoch = loaded->weights.epoch;
        return {};
    };
    start(ready, choice, side);
}

void SurfaceMaker::forget() {
    ++wanted_;
    making_ = false;
    if (!std::exchange(holds_, false)) return; // no thread is begun for nothing
    worker_.post(
        this,
        [source = source_]() -> Status {
            *source = {};
            return {};
        },
        [](const Status&) {});
}

} // namespace burdock
