#include "engine/train/stepper.h"

#include "engine/tensor/finite.h"
#include "engine/tensor/random.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>

namespace burdock {

PlanOptions planOptions(const CheckedNetwork& network, const TrainConfig& config, const LossSchema& loss,
                        std::int64_t batch, bool training) {
    PlanOptions options;
    options.batch = batch;
    options.training = training;
    // By the training's batch, so that training and measuring compute with the same numbers.
    options.precision = usesBfloat16(precisionOfKey(config.precision), network.macs(config.batch))
                            ? Precision::Mixed
                            : Precision::Single;
    options.leaveOut = loss.contains;
    options.recompute = config.recompute;
    return options;
}

TrainConfig sizedFor(TrainConfig config, const DatasetInfo& data) {
    config.batch = std::clamp<std::int64_t>(config.batch, 1, std::max<std::int64_t>(1, data.trainSize));
    return config;
}

PassSizes::PassSizes(std::int64_t samples, const TrainConfig& config, bool fullBatch)
    : batch(std::min(config.batch, samples))
    , accumulates(fullBatch) {
    const std::int64_t rest = DataLoader::lastBatch(samples, batch, /*shuffle=*/!fullBatch);
    for (const std::int64_t size : {batch, rest}) {
        const MicroBatches parts(size, config.microBatch);
        accumulates = accumulates || parts.count > 1;
        sizes.push_back(parts.largest);
        if (parts.large < parts.count) sizes.push_back(parts.largest - 1);
    }
    std::ranges::sort(sizes, std::greater<>());
    sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
}

std::vector<ParameterTensor> parameterTensors(const ParameterStore& store) {
    std::vector<const ParameterStore::Entry*> entries;
    for (const auto& entry : store.entries())
        if (entry.learns()) entries.push_back(&entry);
    const auto layerOf = [](const ParameterStore::Entry& e) { return e.name.substr(0, e.name.rfind('.')); };
    const std::string last = entries.empty() ? std::string() : layerOf(*entries.back());
    std::ranges::sort(entries, {}, &ParameterStore::Entry::offset);
    std::vector<ParameterTensor> tensors;
    for (const auto* entry : entries)
        tensors.push_back({entry->name, entry->spec.dims, entry->offset, entry->floats, entry->layout,
                           entry->spec.decays, entry->spec.table, layerOf(*entry) == last});
    return tensors;
}

OutputKind readKind(const CheckedNetwork& network, const LossSchema& loss) {
    const LayerSchema& last = *network.outputStep().layer->schema;
    const bool leftOut = loss.contains != OutputFunction::None && last.outputFunction == loss.contains;
    return !leftOut && isShare(last.gives) ? last.gives : loss.expects;
}

float yesThreshold(const CheckedNetwork& network, const LossSchema& loss) {
    return isShare(readKind(network, loss)) ? 0.5f : loss.yesAbove;
}

Result<std::unique_ptr<Stepper>> Stepper::make(const CheckedNetwork& network,
                                               std::shared_ptr<const Dataset> data, const TrainConfig& config,
                                               const std::vector<std::int64_t>& samples,
                                               std::int64_t leastArena) {
    std::unique_ptr<Stepper> s(new Stepper(network));
    s->data_ = std::move(data);
    s->config_ = config;
    const Task task = s->data_->info().task;
    s->task_ = &task.schema();
    s->inputWidth_ = s->data_->info().input.size();
    s->targetWidth_ = s->data_->targetWidth();
    const LossSchema& loss = *lossFor(config.loss, task);
    s->loss_ = loss.make(config.lossParams, {task, [&] { return countTargets(*s->data_, samples); }});
    s->yesAbove_ = yesThreshold(network, loss);
    s->tellsMistakes_ = tellsMistakes(loss, config.lossParams) && task->hasAccuracy();
    const OptimizerSchema& optimizer = *findOptimizer(config.optimizer);
    s->fullBatch_ = optimizer.fullBatch;

    const PassSizes passes(static_cast<std::int64_t>(samples.size()), config, s->fullBatch_);
    s->batch_ = passes.batch;
    for (const std::int64_t size : passes.sizes) {
        PlanOptions options = planOptions(network, config, loss, size, true);
        if (s->plans_.empty())
            options.leastArena = leastArena;
        else
            options.sharesArenaOf = s->plans_.front().get();
        auto made = Plan::make(network, options, s->store_);
        if (!made) return refuse(made.error());
        s->plans_.push_back(std::move(*made));
        s->store_ = s->plans_.front()->store();
    }
    s->optimizer_ = optimizer.make(config.optimizerParams);
    s->optimizerState_ = std::make_unique<OptimizerState>(*s->optimizer_, parameterTensors(*s->store_));
    s->seam_ = std::make_unique<GradientSeam>(s->store_, config, passes.accumulates);
    s->statistics_ = AlignedBuffer(s->store_->statistics().size());
    for (const auto& entry : s->store_->entries())
        s->limited_ = s->limited_ || entry.spec.maxNorm > 0;
    return s;
}

std::int64_t Stepper::keepFeatures(const std::vector<std::int64_t>& samples, std::int64_t budget) {
    std::vector<Plan*> plans;
    for (const auto& plan : plans_)
        plans.push_back(plan.get());
    features_ = FrozenFeatures::make(std::move(plans), samples, budget, /*alwaysAlike=*/false);
    return features_ ? features_->bytes() : 0;
}

bool Stepper::needsInputs(std::span<const std::int64_t> samples) const {
    if (!features_) return true;
    const MicroBatches parts(static_cast<std::int64_t>(samples.size()), config_.microBatch);
    for (std::int64_t part = 0; part < parts.count; ++part) {
        const auto size = static_cast<std::size_t>(parts.sizeOf(part));
        if (!features_->serves(planOf(parts.sizeOf(part)), samples.first(size))) return true;
        samples = samples.subspan(size);
    }
    return false;
}

Plan& Stepper::planOf(std::int64_t size) const {
    return **std::ranges::find(plans_, size, [](const auto& plan) { return plan->batch(); });
}

Stepper::Outcome Stepper::step(const MiniBatch& batch, std::int64_t step, double learningRate) {
    Outcome outcome;
    keepStatistics();
    const std::uint64_t key = deriveKey(deriveKey(static_cast<std::uint64_t>(config_.seed), "step"),
                                        static_cast<std::uint64_t>(step));
    seam_->begin(/*several=*/MicroBatches(batch.size, config_.microBatch).count > 1);
    if (!pass(batch, step, key, outcome) || !apply(step, learningRate, outcome)) restoreStatistics();
    return outcome;
}

bool Stepper::pass(const MiniBatch& batch, std::int64_t step, std::uint64_t key, Outcome& outcome) {
    const MicroBatches parts(batch.size, config_.microBatch);
    Samples of{batch.inputs.data(), batch.targets.data(), {}, 0};
    std::int64_t first = 0;
    for (std::int64_t part = 0; part < parts.count; ++part) {
        Outcome own;
        of.size = parts.sizeOf(part);
        if (features_)
            of.numbers = std::span(batch.samples)
                             .subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(of.size));
        const std::uint64_t drawn = parts.count > 1 ? deriveKey(key, static_cast<std::uint64_t>(part)) : key;
        if (!passPart(of, step, drawn, own)) {
            outcome.problem = std::move(own.problem);
            return false;
        }
        seam_->add(own.weight);
        const double n = static_cast<double>(of.size);
        outcome.loss += own.weight * own.loss;
        outcome.weight += own.weight;
        outcome.accuracy += n * own.accuracy;
        outcome.samples += of.size;
        of.inputs += of.size * inputWidth_;
        of.targets += of.size * targetWidth_;
        first += of.size;
    }
    outcome.loss /= std::max(outcome.weight, std::numeric_limits<double>::min());
    outcome.accuracy /= static_cast<double>(batch.size);
    return true;
}

void Stepper::forward(Plan& plan, const Samples& of, std::uint64_t key) {
    if (features_) return features_->forward(plan, of.inputs, of.numbers, key);
    plan.fillInput(of.inputs, of.size);
    plan.forward(key);
}

bool Stepper::passPart(const Samples& of, std::int64_t step, std::uint64_t key, Outcome& outcome) {
    const std::int64_t size = of.size;
    Plan& plan = planOf(size);
    const bool served = features_ && features_->serves(plan, of.numbers);
    forward(plan, of, key);
    const Tensor<float> outputs = columnsOf(plan.output(), *task_);
    const Tensor<float> targets{of.targets, {size * targetWidth_ / outputs.batch, 1, 1}, outputs.batch};
    const LossValue loss = loss_->evaluate(outputs, targets, columnsOf(plan.outputGradient(), *task_));
    outcome.loss = loss.mean * lossUnit_;
    outcome.weight = loss.weight * static_cast<double>(size) / static_cast<double>(outputs.batch);
    outcome.accuracy = task_->hasAccuracy() ? task_->accuracy(outputs, targets, yesAbove_)
                                            : std::numeric_limits<double>::quiet_NaN();
    if (tellsMistakes_) outcome.loss = 1 - outcome.accuracy;
    if (!std::isfinite(static_cast<float>(loss.mean))) {
        if (!served) plan.fillInput(of.inputs, size); // its memory may be another value's by now
        const auto layer = served ? plan.watchedHead(key) : plan.watchedForward(key);
        outcome.problem = layer ? diverged(step, *layer, "Its values are not finite numbers any more.")
                                : diverged(step, "", "The loss is not a finite number any more.");
        return false;
    }
    plan.backward();
    return true;
}

bool Stepper::apply(std::int64_t step, double learningRate, Outcome& outcome) {
    GradientSeam::Outcome ready = seam_->finish();
    if (ready.problem || ready.odd) {
        outcome.problem = ready.problem
                              ? std::move(*ready.problem)
                              : diverged(step, *ready.odd, "Its gradients are not finite numbers any more.");
        return false;
    }
    optimizer_->update({store_->values(), ready.gradients, *optimizerState_, learningRate, step,
                        config_.weightDecay, store_->decayingFloats(), store_.get()});
    if (limited_) limitNorms();
    store_->changed();
    if (step % stepsBetweenChecks == 0) outcome.problem = checkWeights(step);
    return !outcome.problem;
}

std::optional<Diagnostic> Stepper::checkWeights(std::int64_t step) const {
    if (weightsAreFinite()) return std::nullopt;
    for (std::size_t i = 0; i < store_->entries().size(); ++i) {
        const auto& entry = store_->entries()[i];
        if (!allFinite({store_->value(i), entry.floats}))
            return diverged(step, entry.name.substr(0, entry.name.rfind('.')),
                            "Its weights are not finite numbers any more.");
    }
    return diverged(step, "", "The weights are not finite numbers any more.");
}

/// Srebro, Rennie, Jaakkola: Maximum-margin matrix factorization, 2005; for networks Srivastava et al. 2014.
void Stepper::limitNorms() {
    for (std::size_t i = 0; i < store_->entries().size(); ++i) {
        const auto& entry = store_->entries()[i];
        if (!entry.learns() || entry.spec.maxNorm <= 0 || entry.spec.dims.empty()) continue;
        const std::int64_t rows = entry.spec.dims[0], width = entry.spec.size() / rows;
        float* const values = store_->value(i); // plain: see ParameterStore::declare
        for (std::int64_t r = 0; r < rows; ++r) {
            double sum = 0;
            for (std::int64_t c = 0; c < width; ++c)
                sum += static_cast<double>(values[r * width + c]) * values[r * width + c];
            if (sum <= entry.spec.maxNorm * entry.spec.maxNorm) continue;
            const float factor = static_cast<float>(entry.spec.maxNorm / std::sqrt(sum));
            for (std::int64_t c = 0; c < width; ++c)
                values[r * width + c] *= factor;
        }
    }
}

// Full batch. --------------------------------------------------------------------------------------------

void Stepper::beginGathering() {
    keepStatistics();
    gathering_ = {};
    gatheredBatches_ = 0;
    seam_->begin(/*several=*/true);
}

bool Stepper::gather(const MiniBatch& batch, std::int64_t step) {
    Outcome part;
    const std::uint64_t key = deriveKey(deriveKey(deriveKey(static_cast<std::uint64_t>(config_.seed), "step"),
                                                  static_cast<std::uint64_t>(step)),
                                        static_cast<std::uint64_t>(gatheredBatches_++));
    if (!pass(batch, step, key, part)) {
        gathering_.problem = std::move(part.problem);
        restoreStatistics();
        return false;
    }
    gathering_.loss += part.weight * part.loss;
    gathering_.weight += part.weight;
    gathering_.accuracy += static_cast<double>(part.samples) * part.accuracy;
    gathering_.samples += part.samples;
    return true;
}

Stepper::Outcome Stepper::finishGathering(std::int64_t step, double learningRate) {
    if (gathering_.problem) return gathering_;
    gathering_.loss /= std::max(gathering_.weight, std::numeric_limits<double>::min());
    gathering_.accuracy /= static_cast<double>(gathering_.samples);
    if (!apply(step, learningRate, gathering_)) restoreStatistics();
    return gathering_;
}

void Stepper::abandonGathering() {
    restoreStatistics();
}

// Guards. ------------------------------------------------------------------------------------------------

void Stepper::keepStatistics() {
    const auto now = store_->statistics();
    std::copy(now.begin(), now.end(), statistics_.data());
}

void Stepper::restoreStatistics() {
    const auto now = store_->statistics();
    std::copy_n(statistics_.data(), now.size(), now.begin());
}

bool Stepper::weightsAreFinite() const {
    return allFinite(store_->values()) && allFinite(store_->statistics());
}

Diagnostic Stepper::diverged(std::int64_t step, std::string layer, std::string what) const {
    Diagnostic d;
    d.code = "train.diverged";
    d.where = layer.empty() ? "step " + std::to_string(step) : layer + ", step " + std::to_string(step);
    if (const CheckedStep* of = network_.find(layer)) d.node = of->path;
    d.what = std::move(what);
    d.why = (layer.empty() ? "The" : "It is the first layer where that happened; the") +
            std::string(" learning rate is ") + toString(ParamValue{config_.learningRate}) + ".";
    d.mend = "Try a learning rate ten times smaller, or clip the gradient's norm at 1.";
    return d;
}

} // namespace burdock
