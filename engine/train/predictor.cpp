#include "engine/train/predictor.h"

#include "engine/graph/check_graph.h"
#include "engine/train/evaluator.h"
#include "engine/train/loss.h"
#include "engine/train/thread_scope.h"
#include "engine/train/trainer.h"

#include <algorithm>
#include <cmath>

namespace burdock {

struct Predictor::Impl {
    std::int64_t threads = 1;
    std::shared_ptr<const Dataset> data; ///< as the network sees them
    std::optional<PictureFit> fit;       ///< what brings a sample there
    Split split;
    Scaling scaling;
    float threshold = 0;        ///< 0: a Binary output is a logit
    std::unique_ptr<Plan> plan; ///< one sample, ending before the activation that the loss contains
    std::unique_ptr<Evaluator> evaluator;
};

Result<std::unique_ptr<Predictor>> Predictor::make(const Graph& graph, const WeightSet& weights,
                                                   std::shared_ptr<const Dataset> data,
                                                   const TrainConfig& config) {
    for (const Diagnostic& d : checkTraining(graph, data->info(), config))
        if (d.severity == Severity::Error) return refuse(d);
    const std::int64_t threads = usefulThreads(config.threads, checkGraph(graph).macs * Evaluator::batch);
    const ThreadScope scope(threads);
    const Task task = data->info().task;
    const LossSchema& loss = config.loss == "auto" ? defaultLoss(task) : *findLoss(config.loss);
    auto impl = std::make_unique<Impl>();
    impl->threads = threads;
    if (const auto seen = fittedData(graph, data, config); seen != data) {
        impl->fit.emplace(data->info().input, seen->info().input, config.fit);
        data = seen;
    }
    impl->data = data;
    impl->split = makeSplit(*data, config.validationFraction, static_cast<std::uint64_t>(config.seed));
    impl->scaling = Scaling::measure(*data, impl->split.train, config.normalise);
    impl->threshold = binaryThreshold(graph, loss);
    auto plan = Plan::make(graph, {.batch = 1, .training = false, .leaveOut = loss.outputActivation});
    if (!plan) return refuse(plan.error());
    impl->plan = std::move(*plan);
    if (const Status loaded = impl->plan->store()->load(weights); !loaded) return refuse(loaded.error());
    auto evaluator = Evaluator::make(graph, impl->plan->store(), data, loss, impl->scaling);
    if (!evaluator) return refuse(evaluator.error());
    impl->evaluator = std::move(*evaluator);
    return std::unique_ptr<Predictor>(new Predictor(std::move(impl)));
}

Predictor::Predictor(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}
Predictor::~Predictor() = default;

std::vector<float> Predictor::predict(std::span<const float> input) {
    const ThreadScope scope(impl_->threads);
    const Tensor<float> target = impl_->plan->input();
    if (impl_->fit)
        impl_->fit->apply(input.data(), target.data);
    else
        std::copy_n(input.begin(), target.size(), target.data);
    impl_->scaling.apply(target.values());
    impl_->plan->forward();
    const auto values = impl_->plan->output().values();
    std::vector<float> outputs(values.begin(), values.end());
    if (impl_->data->info().task == Task::Multiclass) {
        const float top = *std::max_element(outputs.begin(), outputs.end());
        float total = 0;
        for (float& z : outputs)
            total += z = std::exp(z - top);
        for (float& z : outputs)
            z /= total;
    } else if (impl_->data->info().task == Task::Binary) {
        // With the squared error the output itself is the estimate of 0 or 1.
        const float yes = impl_->threshold == 0.0f ? 1.0f / (1.0f + std::exp(-outputs[0]))
                                                   : std::clamp(outputs[0], 0.0f, 1.0f);
        outputs = {1.0f - yes, yes};
    } else {
        impl_->scaling.undoOnTargets(outputs);
    }
    return outputs;
}

Evaluation Predictor::evaluateTest(const std::function<bool(double)>& progress) {
    const ThreadScope scope(impl_->threads);
    return impl_->evaluator->measure(impl_->split.testPart, impl_->split.test, progress);
}

} // namespace burdock
