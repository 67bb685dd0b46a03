#pragma once

#include "engine/tensor/random.h"
#include "engine/train/trainer.h"

#include <cmath>
#include <functional>
#include <stdexcept>

namespace burdock::testing {

/// Points of a plane in as many classes, in clouds around a circle; features of unlike scales.
class Clouds : public Dataset {
  public:
    explicit Clouds(Task task, std::int64_t samples = 203, std::int64_t classes = 3)
        : classes_(classes) {
        info_.id = "clouds";
        info_.title = "Clouds";
        info_.task = task;
        info_.input = {2, 1, 1};
        info_.targets = task == Task::Multiclass ? classes : 1;
        info_.trainSize = samples;
        info_.standardise = true;
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part, std::int64_t index, float* values) const override {
        const double angle =
            6.283185307 * static_cast<double>(index % classes_) / static_cast<double>(classes_);
        values[0] = static_cast<float>(
            1000 + 300 * (std::cos(angle) + 0.2 * randomNormal(1, 2 * static_cast<std::uint64_t>(index))));
        values[1] = static_cast<float>(
            0.01 * (std::sin(angle) + 0.2 * randomNormal(1, 2 * static_cast<std::uint64_t>(index) + 1)));
    }
    void readTarget(Part part, std::int64_t index, float* values) const override {
        if (info_.task != Task::Regression) {
            values[0] = static_cast<float>(index % classes_);
            return;
        }
        float x[2];
        readInput(part, index, x);
        values[0] = x[0] / 300 + 100 * x[1];
    }

  private:
    DatasetInfo info_;
    std::int64_t classes_;
};

inline Graph network(std::int64_t outputs, const char* end = nullptr, bool dropout = false) {
    Graph g;
    NodeId last = g.add(
        "input", {{"channels", std::int64_t{2}}, {"height", std::int64_t{1}}, {"width", std::int64_t{1}}});
    const auto then = [&](const char* type, ParamValues params = {}) {
        const NodeId id = g.add(type, std::move(params));
        g.connect(last, id);
        last = id;
    };
    then("dense", {{"units", std::int64_t{16}}});
    then("relu");
    if (dropout) then("dropout", {{"rate", 0.2}});
    then("dense", {{"units", outputs}});
    if (end) then(end);
    return g;
}

/// A network from one line a layer.
inline Graph chain(Shape input, std::initializer_list<std::pair<const char*, ParamValues>> layers) {
    Graph g;
    NodeId last =
        g.add("input", {{"channels", input.channels}, {"height", input.height}, {"width", input.width}});
    for (const auto& [type, params] : layers) {
        const NodeId id = g.add(type, params);
        g.connect(last, id);
        last = id;
    }
    return g;
}

/// What a StepRecord told, to be kept.
struct KeptStep {
    std::int64_t step, epoch;
    double loss, accuracy, learningRate; ///< NaN where there is no such series
};
inline KeptStep keep(const StepRecord& r) {
    return {r.step, r.epoch, r.value("train.loss"), r.value("train.accuracy"), r.value("learning_rate")};
}

struct Recorder : TrainObserver {
    std::vector<KeptStep> steps;
    std::vector<EpochRecord> epochs;
    std::vector<CheckpointRecord> checkpoints;
    std::function<void(const StepRecord&)> each;
    int finishes = 0;
    void onStep(const StepRecord& r) override {
        steps.push_back(keep(r));
        if (each) each(r);
    }
    void onEpoch(const EpochRecord& r) override { epochs.push_back(r); }
    void onCheckpoint(const CheckpointRecord& r) override { checkpoints.push_back(r); }
    void onFinish(const FinishRecord&) override { ++finishes; }
    const WeightSet& last() const {
        for (auto c = checkpoints.rbegin(); c != checkpoints.rend(); ++c)
            if (c->kind == CheckpointRecord::Kind::Last) return *c->weights;
        throw std::runtime_error("no checkpoint");
    }
};

inline FinishRecord train(const Graph& graph, std::shared_ptr<const Dataset> data, const TrainConfig& config,
                          Recorder& recorder, std::shared_ptr<const WeightSet> initial = nullptr) {
    auto trainer = Trainer::make(graph, std::move(data), config, std::move(initial));
    if (!trainer) throw std::runtime_error(oneLine(trainer.error()));
    TrainControl control;
    return (*trainer)->run(recorder, control);
}

} // namespace burdock::testing
