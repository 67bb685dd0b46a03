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
    std::int64_t each = 1;  ///< numbers of a sample, before it is fitted
    std::int64_t batch = 1; ///< the evaluator's, or 1

    /// Fits and scales a sample.
    void see(std::span<const float> input, std::span<float> seen) const;
    /// Of the plan's output for one sample.
    std::vector<float> answer(std::span<const float> values) const;
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
    impl->each = data->info().input.size();
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
    // A batch that takes long gains nothing, and who asks could not be told how far it is, nor stop.
    constexpr std::int64_t quick = 50'000'000'000; // multiply-adds: about half a second
    if (const std::int64_t batch = impl->evaluator->plan().batch(); network.macs(batch) <= quick)
        impl->batch = batch;
    return std::unique_ptr<Predictor>(new Predictor(std::move(impl)));
}

Predictor::Predictor(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}
Predictor::~Predictor() = default;

void Predictor::Impl::see(std::span<const float> input, std::span<float> seen) const {
    if (fit)
        fit->apply(input.data(), seen.data());
    else
        std::ranges::copy(input, seen.begin());
    scaling.apply(seen);
}

std::vector<float> Predictor::Impl::answer(std::span<const float> values) const {
    const Task task = data->info().task;
    RawOutput output;
    output.values.assign(values.begin(), values.end());
    output.width = columnsOf(plan->output(), task.schema()).shape.size();
    // With the squared error the output itself is the estimate of 0 or 1.
    output.isDistribution = reads == OutputKind::Distribution;
    output.chance = [&](float z) {
        if (isShare(reads) || reads == OutputKind::Numbers) return std::clamp(z, 0.0f, 1.0f);
        if (last == OutputFunction::Threshold) return z >= 0 ? 1.0f : 0.0f;
        return 1.0f / (1.0f + std::exp(-z));
    };
    output.toUnitsOfData = [&](std::span<float> numbers) { scaling.undoOnTargets(numbers); };
    return task->answer(std::move(output));
}

std::vector<float> Predictor::predict(std::span<const float> input) {
    const ThreadScope scope(impl_->threads);
    impl_->see(input, impl_->plan->input().values());
    const bool isFinite = !impl_->plan->watchedForward();
    const auto values = impl_->plan->output().values();
    if (!isFinite) std::ranges::fill(values, std::numeric_limits<float>::quiet_NaN());
    return impl_->answer(values);
}

std::int64_t Predictor::batch() const {
    return impl_->batch;
}

std::vector<std::vector<float>> Predictor::predictSeveral(std::span<const float> inputs) {
    const auto each = static_cast<std::size_t>(impl_->each);
    const std::size_t count = inputs.size() / each;
    std::vector<std::vector<float>> answers;
    const auto oneByOne = [&] {
        for (std::size_t i = 0; i < count; ++i)
            answers.push_back(predict(inputs.subspan(i * each, each)));
        return std::move(answers);
    };
    if (count < 2) return oneByOne();
    Plan& plan = impl_->evaluator->plan();
    {
        const ThreadScope scope(impl_->threads);
        const auto all = plan.input().values(), output = plan.output().values();
        const std::size_t size = all.size() / static_cast<std::size_t>(plan.batch());
        // What the rest of the batch holds must not be taken for a fault of the network.
        for (std::size_t i = 0; i < static_cast<std::size_t>(plan.batch()); ++i)
            impl_->see(inputs.subspan(std::min(i, count - 1) * each, each), all.subspan(i * size, size));
        if (!plan.watchedForward()) {
            const std::size_t width = output.size() / static_cast<std::size_t>(plan.batch());
            for (std::size_t i = 0; i < count; ++i)
                answers.push_back(impl_->answer(output.subspan(i * width, width)));
            return answers;
        }
    }
    return oneByOne(); // which tells the samples whose values are not finite
}

Status Predictor::load(const TensorSource& weights) {
    const ThreadScope scope(impl_->threads);
    return impl_->plan->store()->load(weights);
}

const Split& Predictor::split() const {
    return impl_->split;
}

Evaluation Predictor::evaluateTest(const std::function<bool(double)>& progress) {
    const ThreadScope scope(impl_->threads);
    return impl_->evaluator->measure(impl_->split.testPart, impl_->split.test, progress, {.all = true});
}

} // namespace burdock
