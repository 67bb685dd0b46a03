#include "engine/train/stepper.h"

#include "engine/graph/check_graph.h"
#include "engine/tensor/random.h"
#include "engine/train/gradient.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace burdock {

PlanOptions planOptions(const Graph& graph, const TrainConfig& config, const LossSchema& loss,
                        std::int64_t batch, bool training) {
    PlanOptions options;
    options.batch = batch;
    options.training = training;
    // By the training's batch, so that training and measuring compute with the same numbers.
    options.precision = usesBfloat16(precisionOfKey(config.precision), checkGraph(graph).macs * config.batch)
                            ? Precision::Mixed
                            : Precision::Single;
    options.leaveOut = loss.outputActivation;
    options.recompute = config.recompute;
    return options;
}

float yesThreshold(const Graph& graph, const LossSchema& loss) {
    const GraphReport report = checkGraph(graph);
    const Node* output = graph.find(report.output);
    if (!output || output->type == loss.outputActivation) return loss.yesAbove;
    for (const char* share : {"sigmoid", "hard_sigmoid", "step", "softmax"})
        if (output->type == share) return 0.5f;
    return loss.yesAbove;
}

double shareRight(const Tensor<float>& outputs, const Tensor<float>& targets, Task task, float yesAbove) {
    if (task == Task::Regression) return std::numeric_limits<double>::quiet_NaN();
    const std::int64_t width = outputs.shape.size();
    std::int64_t right = 0;
    if (task == Task::Multiclass || task == Task::NextToken) {
        for (std::int64_t b = 0; b < outputs.batch; ++b) {
            const float* const y = outputs.data + b * width;
            right += std::max_element(y, y + width) - y == static_cast<std::int64_t>(targets.data[b]);
        }
        return static_cast<double>(right) / static_cast<double>(outputs.batch);
    }
    for (std::int64_t i = 0; i < outputs.size(); ++i)
        right += (outputs.data[i] > yesAbove) == (targets.data[i] > 0.5f);
    return static_cast<double>(right) / static_cast<double>(outputs.size());
}

Result<std::unique_ptr<Stepper>> Stepper::make(const Graph& graph, std::shared_ptr<const Dataset> data,
                                               const TrainConfig& config,
                                               const std::vector<std::int64_t>& samples,
                                               std::int64_t leastArena) {
    std::unique_ptr<Stepper> s(new Stepper);
    s->data_ = std::move(data);
    s->config_ = config;
    const Task task = s->data_->info().task;
    const LossSchema& loss = *lossFor(config.loss, task);
    s->loss_ = loss.make(config.lossParams, {task, [&] { return countTargets(*s->data_, samples); }});
    s->yesAbove_ = yesThreshold(graph, loss);
    const OptimizerSchema& optimizer = *findOptimizer(config.optimizer);
    s->fullBatch_ = optimizer.fullBatch;

    const auto count = static_cast<std::int64_t>(samples.size());
    const std::int64_t batch = std::min(config.batch, count);
    const std::int64_t rest = DataLoader::lastBatch(count, batch, /*shuffle=*/!s->fullBatch_);
    PlanOptions full = planOptions(graph, config, loss, batch, true);
    full.leastArena = leastArena;
    auto made = Plan::make(graph, full);
    if (!made) return refuse(made.error());
    s->plan_ = std::move(*made);
    s->store_ = s->plan_->store();
    if (rest != batch) {
        PlanOptions options = planOptions(graph, config, loss, rest, true);
        options.sharesArenaOf = s->plan_.get();
        auto small = Plan::make(graph, options, s->store_);
        if (!small) return refuse(small.error());
        s->remainder_ = std::move(*small);
    }
    const std::size_t parameters = s->store_->values().size();
    s->optimizer_ = optimizer.make(config.optimizerParams, parameters);
    s->statistics_ = AlignedBuffer(s->store_->statistics().size());
    if (s->fullBatch_) s->gathered_ = AlignedBuffer(parameters);
    for (const auto& entry : s->store_->entries()) {
        s->penalised_ = s->penalised_ || entry.spec.l1 > 0 || entry.spec.l2 > 0;
        s->limited_ = s->limited_ || entry.spec.maxNorm > 0;
    }
    return s;
}

Stepper::Outcome Stepper::step(const MiniBatch& batch, std::int64_t step, double learningRate) {
    Outcome outcome;
    keepStatistics();
    const std::uint64_t key = deriveKey(deriveKey(static_cast<std::uint64_t>(config_.seed), "step"),
                                        static_cast<std::uint64_t>(step));
    if (!pass(batch, step, key, outcome) || !apply(step, learningRate, store_->gradients(), outcome))
        restoreStatistics();
    return outcome;
}

bool Stepper::pass(const MiniBatch& batch, std::int64_t step, std::uint64_t key, Outcome& outcome) {
    Plan& plan = batch.size == plan_->batch() ? *plan_ : *remainder_;
    const Tensor<float> input = plan.input();
    std::memcpy(input.data, batch.inputs.data(), static_cast<std::size_t>(input.size()) * sizeof(float));
    plan.forward(key);
    const Task task = data_->info().task;
    const Tensor<float> outputs = columnsOf(plan.output(), task);
    const Tensor<float> targets{
        batch.targets.data(), {batch.size * data_->targetWidth() / outputs.batch, 1, 1}, outputs.batch};
    outcome.samples = batch.size;
    outcome.loss = loss_->evaluate(outputs, targets, columnsOf(plan.outputGradient(), task));
    outcome.accuracy = shareRight(outputs, targets, task, yesAbove_);
    if (!std::isfinite(static_cast<float>(outcome.loss))) {
        const auto layer = plan.firstNonFinite(key);
        outcome.problem = layer ? diverged(step, *layer, "Its values are not finite numbers any more.")
                                : diverged(step, "", "The loss is not a finite number any more.");
        return false;
    }
    plan.backward();
    return true;
}

bool Stepper::apply(std::int64_t step, double learningRate, std::span<float> gradients, Outcome& outcome) {
    if (penalised_) regularize(gradients);
    if (config_.clipValue > 0) gradient::clampValues(gradients, static_cast<float>(config_.clipValue));
    bool finite = true;
    if (config_.clipNorm > 0) {
        const double norm = gradient::norm(gradients);
        finite = std::isfinite(norm);
        if (finite && norm > config_.clipNorm)
            gradient::scale(gradients, static_cast<float>(config_.clipNorm / norm));
    } else {
        finite = gradient::allFinite(gradients);
    }
    if (!finite) {
        // Backward goes from the last layer to the first: the last one concerned is where it began.
        std::string layer;
        for (const auto& entry : store_->entries())
            if (entry.spec.trainable && !gradient::allFinite(gradients.subspan(entry.offset, entry.floats)))
                layer = entry.name.substr(0, entry.name.rfind('.'));
        outcome.problem = diverged(step, layer, "Its gradients are not finite numbers any more.");
        return false;
    }
    optimizer_->update(
        {store_->values(), gradients, learningRate, step, config_.weightDecay, store_->decayingFloats()});
    if (limited_) limitNorms();
    store_->changed();
    return true;
}

void Stepper::regularize(std::span<float> gradients) const {
    const std::span<const float> values = store_->values();
    for (const auto& entry : store_->entries())
        if (entry.spec.trainable && (entry.spec.l1 > 0 || entry.spec.l2 > 0))
            gradient::addPenalties(gradients.subspan(entry.offset, entry.floats),
                                   values.subspan(entry.offset, entry.floats),
                                   static_cast<float>(entry.spec.l1), static_cast<float>(entry.spec.l2));
}

/// Srebro, Rennie, Jaakkola: Maximum-margin matrix factorization, 2005; for networks Srivastava et al. 2014.
void Stepper::limitNorms() {
    for (std::size_t i = 0; i < store_->entries().size(); ++i) {
        const auto& entry = store_->entries()[i];
        if (!entry.spec.trainable || entry.spec.maxNorm <= 0 || entry.spec.dims.empty()) continue;
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
    std::fill_n(gathered_.data(), gathered_.size(), 0.0f);
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
    const double n = static_cast<double>(part.samples);
    gradient::addScaled(gathered_.span(), store_->gradients(), static_cast<float>(n));
    gathering_.loss += n * part.loss;
    gathering_.accuracy += n * part.accuracy;
    gathering_.samples += part.samples;
    return true;
}

Stepper::Outcome Stepper::finishGathering(std::int64_t step, double learningRate) {
    if (gathering_.problem) return gathering_;
    const double n = static_cast<double>(gathering_.samples);
    gathering_.loss /= n;
    gathering_.accuracy /= n;
    gradient::scale(gathered_.span(), static_cast<float>(1.0 / n));
    if (!apply(step, learningRate, gathered_.span(), gathering_)) restoreStatistics();
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
    return gradient::allFinite(store_->values()) && gradient::allFinite(store_->statistics());
}

Diagnostic Stepper::diverged(std::int64_t step, std::string layer, std::string what) const {
    Diagnostic d;
    d.code = "train.diverged";
    d.where = layer.empty() ? "step " + std::to_string(step) : layer + ", step " + std::to_string(step);
    d.what = std::move(what);
    d.why = (layer.empty() ? "The" : "It is the first layer where that happened; the") +
            std::string(" learning rate is ") + toString(ParamValue{config_.learningRate}) + ".";
    d.mend = "Try a learning rate ten times smaller, or clip the gradient's norm at 1; the last good weights "
             "are kept.";
    return d;
}

} // namespace burdock
