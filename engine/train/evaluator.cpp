#include "engine/train/evaluator.h"

#include "engine/graph/check_graph.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <limits>

namespace burdock {

std::int64_t countCorrect(const Tensor<float>& outputs, const Tensor<float>& targets, Task task,
                          float threshold) {
    const std::int64_t width = outputs.shape.size();
    std::int64_t correct = 0;
    for (std::int64_t b = 0; b < outputs.batch; ++b) {
        const float* const y = outputs.data + b * width;
        if (task == Task::Multiclass)
            correct += std::max_element(y, y + width) - y == static_cast<std::int64_t>(targets.data[b]);
        else
            correct += (y[0] > threshold) == (targets.data[b] > 0.5f);
    }
    return correct;
}

float binaryThreshold(const Graph& graph, const LossSchema& loss) {
    const GraphReport report = checkGraph(graph);
    const Node* output = graph.find(report.output);
    const bool isProbability = output && output->type == "sigmoid" && loss.outputActivation != "sigmoid";
    // The squared error is taken of targets 0 and 1, whatever activation comes last.
    return isProbability || loss.outputActivation.empty() ? 0.5f : 0.0f;
}

Result<std::unique_ptr<Evaluator>> Evaluator::make(const Graph& graph, std::shared_ptr<ParameterStore> store,
                                                   std::shared_ptr<const Dataset> data,
                                                   const LossSchema& loss, const Scaling& scaling,
                                                   Precision precision) {
    auto plan = Plan::make(
        graph, {.batch = batch, .training = false, .precision = precision, .leaveOut = loss.outputActivation},
        std::move(store));
    if (!plan) return refuse(plan.error());
    std::unique_ptr<Evaluator> evaluator(new Evaluator);
    evaluator->plan_ = std::move(*plan);
    evaluator->data_ = std::move(data);
    evaluator->loss_ = &loss;
    evaluator->scaling_ = scaling;
    evaluator->threshold_ = binaryThreshold(graph, loss);
    return evaluator;
}

Evaluation Evaluator::measure(Part part, const std::vector<std::int64_t>& samples,
                              const std::function<bool(double)>& progress) {
    const auto start = std::chrono::steady_clock::now();
    const Task task = data_->info().task;
    DataLoader loader(data_, part, samples, scaling_, plan_->batch(), /*shuffle=*/false, 0);
    loader.start(1);
    Evaluation result;
    double lossSum = 0;
    std::int64_t correct = 0;
    while (const MiniBatch* batch = loader.next()) {
        // The last batch may be smaller: what lies in the rest of the plan's batch is not counted.
        Tensor<float> input = plan_->input();
        std::memcpy(input.data, batch->inputs.data(),
                    static_cast<std::size_t>(batch->size * input.shape.size()) * sizeof(float));
        plan_->forward();
        Tensor<float> outputs = plan_->output();
        outputs.batch = batch->size;
        const Tensor<float> targets{batch->targets.data(), {data_->targetWidth(), 1, 1}, batch->size};
        lossSum += loss_->evaluate(outputs, targets, {}) * static_cast<double>(batch->size);
        if (task != Task::Regression) correct += countCorrect(outputs, targets, task, threshold_);
        result.samples += batch->size;
        if (progress && !progress(static_cast<double>(result.samples) / static_cast<double>(samples.size())))
            break;
    }
    const double nan = std::numeric_limits<double>::quiet_NaN(), n = static_cast<double>(result.samples);
    result.loss = n > 0 ? lossSum / n : nan;
    result.accuracy = n > 0 && task != Task::Regression ? static_cast<double>(correct) / n : nan;
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return result;
}

} // namespace burdock
