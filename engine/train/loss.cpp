#include "engine/train/loss.h"

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

/// -log softmax(z)[class], from logits: log Σ exp(z - max) - (z[class] - max).
struct SoftmaxCrossEntropy {
    template <class T>
    static double evaluate(const Tensor<T>& logits, const Tensor<T>& targets, const Tensor<T>& gradient) {
        const std::int64_t classes = logits.shape.size(), n = logits.batch;
        double sum = 0;
        for (std::int64_t b = 0; b < n; ++b) {
            const T* z = logits.data + b * classes;
            const auto target = static_cast<std::int64_t>(targets.data[b]);
            const T top = *std::max_element(z, z + classes);
            T total = 0;
            for (std::int64_t c = 0; c < classes; ++c)
                total += std::exp(z[c] - top);
            sum += static_cast<double>(std::log(total) - (z[target] - top));
            if (!gradient) continue;
            T* dz = gradient.data + b * classes;
            for (std::int64_t c = 0; c < classes; ++c)
                dz[c] = (std::exp(z[c] - top) / total - (c == target ? T(1) : T(0))) / static_cast<T>(n);
        }
        return sum / static_cast<double>(n);
    }
};

/// -(t log σ(z) + (1-t) log(1-σ(z))) = max(z, 0) - z t + log(1 + exp(-|z|)), mean over outputs too.
struct BinaryCrossEntropy {
    template <class T>
    static double evaluate(const Tensor<T>& logits, const Tensor<T>& targets, const Tensor<T>& gradient) {
        const std::int64_t n = logits.size();
        double sum = 0;
        for (std::int64_t i = 0; i < n; ++i) {
            const T z = logits.data[i], t = targets.data[i];
            sum += static_cast<double>(std::max(z, T(0)) - z * t + std::log1p(std::exp(-std::abs(z))));
            if (gradient) gradient.data[i] = (T(1) / (T(1) + std::exp(-z)) - t) / static_cast<T>(n);
        }
        return sum / static_cast<double>(n);
    }
};

/// (y - t)², mean over outputs too.
struct MeanSquaredError {
    template <class T>
    static double evaluate(const Tensor<T>& outputs, const Tensor<T>& targets, const Tensor<T>& gradient) {
        const std::int64_t n = outputs.size();
        double sum = 0;
        for (std::int64_t i = 0; i < n; ++i) {
            const T difference = outputs.data[i] - targets.data[i];
            sum += static_cast<double>(difference * difference);
            if (gradient) gradient.data[i] = T(2) * difference / static_cast<T>(n);
        }
        return sum / static_cast<double>(n);
    }
};

template <class L>
LossSchema describe(std::string id, std::string name, std::string doc, std::string formula,
                    std::string activation, std::vector<Task> tasks) {
    return {std::move(id),
            std::move(name),
            std::move(doc),
            std::move(formula),
            std::move(activation),
            std::move(tasks),
            L::template evaluate<float>,
            L::template evaluate<double>};
}

} // namespace

const std::vector<LossSchema>& losses() {
    static const std::vector<LossSchema> all{
        describe<SoftmaxCrossEntropy>(
            "softmax-cross-entropy", "Softmax cross-entropy",
            "For one class out of several: how surprised the network is by the right class.",
            "L = -log softmax(z)ₜ", "softmax", {Task::Multiclass}),
        describe<BinaryCrossEntropy>("binary-cross-entropy", "Binary cross-entropy",
                                     "For yes or no: how surprised the network is by the right answer.",
                                     "L = -t·log σ(z) - (1-t)·log(1-σ(z))", "sigmoid", {Task::Binary}),
        describe<MeanSquaredError>("mse", "Mean squared error",
                                   "For numbers: the mean of the squared differences.", "L = (y - t)²", "",
                                   {Task::Regression, Task::Binary}),
    };
    return all;
}

const LossSchema* findLoss(std::string_view id) {
    for (const LossSchema& schema : losses())
        if (schema.id == id) return &schema;
    return nullptr;
}

const LossSchema& defaultLoss(Task task) {
    for (const LossSchema& schema : losses())
        if (std::find(schema.tasks.begin(), schema.tasks.end(), task) != schema.tasks.end()) return schema;
    return losses().front();
}

} // namespace burdock
