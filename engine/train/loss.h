#pragma once

#include "engine/data/dataset.h"
#include "engine/tensor/tensor.h"

#include <functional>

namespace burdock {

/// A loss averages over the batch. It is computed from logits: where the network ends in the
/// activation that belongs to the loss (softmax, sigmoid), the Plan hands over that activation's input.
struct LossSchema {
    std::string id; ///< "softmax-cross-entropy"
    std::string name;
    std::string doc;
    std::string formula;
    std::string
        outputActivation;    ///< the layer id whose input it takes when the network ends in it; may be empty
    std::vector<Task> tasks; ///< the first loss that lists a task is the task's default
    /// Mean loss of a batch. `logits` is outputs × batch, `targets` as Dataset::readTarget gives them, one
    /// sample per column. Writes d(loss)/d(logits) unless `gradient` is empty.
    std::function<double(const Tensor<float>& logits, const Tensor<float>& targets, Tensor<float> gradient)>
        evaluate;
    std::function<double(const Tensor<double>& logits, const Tensor<double>& targets,
                         Tensor<double> gradient)>
        oracle;
};

const std::vector<LossSchema>& losses();
const LossSchema* findLoss(std::string_view id);
const LossSchema& defaultLoss(Task task);

} // namespace burdock
