#pragma once

#include "engine/train_support.h"
#include "surface/surface_maker.h"

#include <limits>

namespace burdock::testing {

/// A number over one input: y = x² of -2 to 2.
class Parabola final : public Dataset {
  public:
    Parabola() {
        info_.id = info_.title = "parabola";
        info_.task = Task::Regression;
        info_.input = {1, 1, 1};
        info_.featureNames = {"speed"};
        info_.targetNames = {"braking distance"};
        info_.trainSize = 80;
        info_.standardise = info_.standardiseTargets = true;
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part, std::int64_t index, float* values) const override {
        values[0] = -2 + 4 * static_cast<float>(index) / 79;
    }
    void readTarget(Part part, std::int64_t index, float* values) const override {
        readInput(part, index, values);
        values[0] *= values[0];
    }

  private:
    DatasetInfo info_;
};

/// Four features, of which a value is missing now and then. Whether the last is large is to be told; of
/// labels, also whether the one before it is.
class FourFeatures final : public Dataset {
  public:
    /// `words`: the first of them is 0 or 1.
    explicit FourFeatures(Task task, bool words = false)
        : words_(words) {
        info_.id = info_.title = "four";
        info_.task = task;
        info_.input = {4, 1, 1};
        info_.targets = task == Task::Multilabel ? 2 : 1;
        info_.classNames = {"light", "heavy"};
        info_.featureNames = {"length", "width", "height", "mass"};
        info_.trainSize = 60;
        info_.missingValues = 9;
        info_.standardise = true;
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part, std::int64_t index, float* values) const override {
        for (int i = 0; i < 4; ++i)
            values[i] = static_cast<float>((index * (2 * i + 3)) % 11);
        if (words_) values[0] = static_cast<float>(index % 2);
        if (index % 7 == 0) values[1] = std::numeric_limits<float>::quiet_NaN();
    }
    void readTarget(Part part, std::int64_t index, float* values) const override {
        float input[4];
        readInput(part, index, input);
        for (std::int64_t k = 0; k < info_.targets; ++k)
            values[k] = input[3 - k] > 5 ? 1.F : 0.F;
    }

  private:
    DatasetInfo info_;
    bool words_;
};

/// A network that has learned these data for a few epochs, to be asked.
inline std::unique_ptr<Predictor> learned(const Graph& graph, const std::shared_ptr<const Dataset>& data,
                                          TrainConfig config = {}) {
    config.threads = 1;
    Recorder recorder;
    (void)train(graph, data, config, recorder);
    auto made = Predictor::make(graph, recorder.last(), data, config);
    if (!made) throw std::runtime_error(oneLine(made.error()));
    return std::move(*made);
}

inline std::shared_ptr<const DrawnSurface> drawn(Predictor& network, const Dataset& data,
                                                 const SurfaceChoice& choice = {}, int side = 20) {
    Surface made = makeSurface(network, SurfaceScene::of(data, network.split()), choice, side);
    QImage image = surfaceImage(made, SurfaceColors::ofTheme());
    return std::make_shared<const DrawnSurface>(DrawnSurface{std::move(made), std::move(image)});
}

} // namespace burdock::testing
