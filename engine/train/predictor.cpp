#include "engine/train/predictor.h"

#include "engine/train/evaluator.h"
#include "engine/train/memory.h"
#include "engine/train/stepper.h"
#include "engine/train/target_scaling.h"
#include "engine/train/thread_scope.h"
#include "engine/train/trainer.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace burdock {
struct Predictor::Impl {
    std::int64_t threads = 1;
    std::shared_ptr<const Dataset> data; ///< as the network sees them
    std::optional<PictureFit> fit;       ///< what brings a sample there
    Split split;
    Scaling scaling;
    OutputKind reads = OutputKind::Numbers;     ///< what the plan's outputs are
    OutputFunction last = OutputFunction::None; ///< that the loss contains
    std::unique_ptr<Plan> plan; ///< one sample, ending before the activation that the loss contains
    std::unique_ptr<Evaluator> evaluator;
};

Result<std::unique_ptr<Predictor>> Predictor::make(const Graph& graph, const TensorSource& weights,
                                                   std::shared_ptr<const Dataset> data,
                                                   const TrainConfig& config) {
    const auto checked = trainableNetwork(graph, data->info(), config);
    if (!checked) return refuse(checked.error());
    const CheckedNetwork& network = *checked;
    const std::int64_t threads = usefulThreads(config.threads, network.macs(Evaluator::batchFor(network)));
    if (const Status had = checkReserve(network, 0, 2, threads); !had) return refuse(had.error());
    const ThreadScope scope(threads);
    const Task task = data->info().task;
    const LossSchema& loss = *lossFor(config.loss, task);
    auto impl = std::make_unique<Impl>();
    impl->threads = threads;
    if (const auto seen = fittedData(network, data, config); seen != data) {
        impl->fit.emplace(data->info().input, seen->info().input, config.fit);
        data = seen;
    }
    impl->data = data;
    auto split = makeSplit(*data, splitOptions(config));
    if (!split) return refuse(split.error());
    impl->split = std::move(*split);
    impl->scaling =
        Scaling::measure(*data, impl->split.train, config.normalise, targetScaling(network, config));
    impl->reads = readKind(network, loss);
    impl->last = loss.contains;
    auto plan = Plan::make(network, planOptions(network, config, loss, 1, false));
    if (!plan) return refuse(plan.error());
    impl->plan = std::move(*plan);
    if (const Status loaded = impl->plan->store()->load(weights); !loaded) return refuse(loaded.error());
    auto evaluator =
        Evaluator::make(network, impl->plan->store(), data, config, impl->scaling, impl->split.train);
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
    const bool isFinite = !impl_->plan->watchedForward();
    const auto values = impl_->plan->output().values();
    const Task task = impl_->data->info().task;
    RawOutput output;
    output.values.assign(values.begin(), values.end());
    if (!isFinite) std::ranges::fill(output.values, std::numeric_limits<float>::quiet_NaN());
    output.width = columnsOf(impl_->plan->output(), task.schema()).shape.size();
    // With the squared error the output itself is the estimate of 0 or 1.
    output.isDistribution = impl_->reads == OutputKind::Distribution;
    output.chance = [&](float z) {
        if (isShare(impl_->reads) || impl_->reads == OutputKind::Numbers) return std::clamp(z, 0.0f, 1.0f);
        if (impl_->last == OutputFunction::Threshold) return z >= 0 ? 1.0f : 0.0f;
        return 1.0f / (1.0f + std::exp(-z));
    };
    output.toUnitsOfData = [&](std::span<float> numbers) { impl_->scaling.undoOnTargets(numbers); };
    return task->answer(std::move(output));
}

Evaluation Predictor::evaluateTest(const std::function<bool(double)>& progress) {
    const ThreadScope scope(impl_->threads);
    return impl_->evaluator->measure(impl_->split.testPart, impl_->split.test, progress, {.all = true});
}

} // namespace burdock
