#include "engine/train/evaluator.h"

#include "engine/train/stepper.h"
#include "engine/train/target_scaling.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

namespace burdock {

std::int64_t Evaluator::batchFor(const CheckedNetwork& network) {
    constexpr std::int64_t most = 64,
                           mostValues = std::int64_t{1} << 27; // of one layer's output, over the batch
    std::int64_t largest = 1;
    for (const CheckedStep& step : network.steps())
        largest = std::max(largest, step.layer->output().size());
    return std::clamp<std::int64_t>(mostValues / largest, 1, most);
}

std::int64_t Evaluator::batchBeside(std::int64_t arena, const CheckedNetwork& network,
                                    const TrainConfig& config, const LossSchema& loss) {
    constexpr std::int64_t little = 64'000'000;
    std::int64_t batch = batchFor(network);
    for (; batch > 1; batch /= 2) {
        PlanOptions options = planOptions(network, config, loss, batch, false);
        options.measureOnly = true;
        options.byRule = true; // or another run would measure other batches, once more has been tried
        const auto plan = Plan::make(network, options);
        if (!plan || (*plan)->memory().arena <= std::max(arena, little)) break;
    }
    return batch;
}

Result<std::unique_ptr<Evaluator>>
Evaluator::make(const CheckedNetwork& network, std::shared_ptr<ParameterStore> store,
                std::shared_ptr<const Dataset> data, const TrainConfig& config, const Scaling& scaling,
                const std::vector<std::int64_t>& counted, const Plan* sharesArenaOf) {
    const Task task = data->info().task;
    const LossSchema& loss = *lossFor(config.loss, task);
    const std::int64_t batch =
        sharesArenaOf ? batchBeside(sharesArenaOf->memory().arena, network, config, loss) : batchFor(network);
    PlanOptions options = planOptions(network, config, loss, batch, false);
    options.sharesArenaOf = sharesArenaOf;
    auto plan = Plan::make(network, options, std::move(store));
    if (!plan) return refuse(plan.error());
    std::unique_ptr<Evaluator> evaluator(new Evaluator);
    evaluator->plan_ = std::move(*plan);
    evaluator->data_ = std::move(data);
    evaluator->schema_ = &loss;
    evaluator->loss_ =
        loss.make(config.lossParams, {task, [&] { return countTargets(*evaluator->data_, counted); }});
    evaluator->scaling_ = scaling;
    evaluator->lossUnit_ = burdock::lossUnit(loss, scaling, config);
    evaluator->tellsMistakes_ = tellsMistakes(loss, config.lossParams) && task->hasAccuracy();
    evaluator->yesAbove_ = yesThreshold(network, loss);
    evaluator->reads_ = readKind(network, loss);
    return evaluator;
}

NamedValues Evaluation::values(std::string_view split) const {
    NamedValues all{{seriesName(split, "loss"), loss}};
    for (const MetricValue& metric : metrics)
        if (metric.columns == 0 && !std::isnan(metric.value))
            all.push_back({seriesName(split, metric.id), metric.value});
    return all;
}

std::int64_t Evaluator::keepFeatures(const std::vector<std::int64_t>& samples, std::int64_t budget) {
    features_ = FrozenFeatures::make({plan_.get()}, samples, budget, /*alwaysAlike=*/true);
    featuresOf_ = samples;
    return features_ ? features_->bytes() : 0;
}

bool Evaluator::forward(const MiniBatch& batch, bool kept) {
    if (kept) return !features_->watchedForward(*plan_, batch.inputs.data(), batch.samples);
    plan_->fillInput(batch.inputs.data(), batch.size);
    return !plan_->watchedForward();
}

Evaluation Evaluator::measure(Part part, const std::vector<std::int64_t>& samples,
                              const std::function<bool(double)>& progress, const MetricChoice& choice) {
    const auto start = std::chrono::steady_clock::now();
    const TaskSchema& task = data_->info().task.schema();
    const std::int64_t targetWidth = data_->targetWidth();
    DataLoader loader(data_, part, samples, scaling_, plan_->batch(), /*shuffle=*/false, 0);
    const bool kept = features_ && part == Part::Train && samples == featuresOf_;
    if (kept)
        loader.setNeedsInputs(
            [this](std::span<const std::int64_t> of) { return !features_->serves(*plan_, of); });
    loader.start(1);
    Evaluation result;
    double lossSum = 0, lossWeight = 0;
    std::optional<MetricSet> metrics;
    while (const MiniBatch* batch = loader.next()) {
        const bool isFinite = forward(*batch, kept);
        Tensor<float> outputs = plan_->output();
        outputs.batch = batch->size;
        outputs = columnsOf(outputs, task);
        const Tensor<float> targets{
            batch->targets.data(), {batch->size * targetWidth / outputs.batch, 1, 1}, outputs.batch};
        LossValue loss = loss_->evaluate(outputs, targets, Tensor<float>{});
        if (tellsMistakes_) loss.mean = 1 - task.accuracy(outputs, targets, yesAbove_);
        lossSum += isFinite ? lossUnit_ * loss.mean * loss.weight : std::numeric_limits<double>::quiet_NaN();
        lossWeight += loss.weight;
        if (!choice.isEmpty()) {
            if (!metrics) {
                MetricSetup setup = MetricSetup::of(data_->info());
                setup.yesAbove = yesAbove_;
                setup.reads = reads_;
                setup.logits = schema_->contains == OutputFunction::Softmax;
                metrics.emplace(setup, choice);
            }
            // Errors are told in the units of the data.
            for (std::int64_t b = 0; b < outputs.batch && !scaling_.targetMean.empty(); ++b) {
                const auto width = static_cast<std::size_t>(outputs.shape.size());
                scaling_.undoOnTargets({outputs.data + b * outputs.shape.size(), width});
                scaling_.undoOnTargets({targets.data + b * outputs.shape.size(), width});
            }
            metrics->add(outputs, targets);
        }
        result.samples += batch->size;
        if (progress && !progress(static_cast<double>(result.samples) / static_cast<double>(samples.size())))
            break;
    }
    result.loss = lossWeight > 0 ? lossSum / lossWeight : std::numeric_limits<double>::quiet_NaN();
    if (metrics) result.metrics = metrics->results();
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return result;
}

} // namespace burdock
