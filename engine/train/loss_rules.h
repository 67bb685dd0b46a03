#pragma once

#include "engine/tensor/parallel.h"
#include "engine/train/loss.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace burdock::loss_rules {

/// Σ f(column), in an order that does not depend on the number of threads.
template <class F>
double sumOver(std::int64_t columns, std::int64_t width, F f) {
    constexpr std::int64_t most = 64;
    double parts[most] = {};
    const std::int64_t chunk = std::max<std::int64_t>(1, (columns + most - 1) / most);
    const std::int64_t chunks = (columns + chunk - 1) / chunk;
    forEach(chunks, columns * width > 1 << 14, [&](std::int64_t c) {
        for (std::int64_t b = c * chunk; b < std::min(columns, (c + 1) * chunk); ++b)
            parts[c] += f(b);
    });
    return std::accumulate(parts, parts + chunks, 0.0);
}

/// A loss that is a sum over columns: `rule.column(z, t, dz, width, scale)` gives one column's part and
/// writes scale · d(part)/dz unless dz is null; the sum is divided by `rule.weight(targets)`, and by the
/// width where the rule averages over outputs.
template <class Rule>
class ColumnLoss final : public Loss {
  public:
    explicit ColumnLoss(Rule rule)
        : rule_(std::move(rule)) {}
    LossValue evaluate(const Tensor<float>& y, const Tensor<float>& t, Tensor<float> g) const override {
        return run(y, t, g);
    }
    LossValue evaluate(const Tensor<double>& y, const Tensor<double>& t, Tensor<double> g) const override {
        return run(y, t, g);
    }

  private:
    template <class T>
    LossValue run(const Tensor<T>& outputs, const Tensor<T>& targets, const Tensor<T>& gradient) const {
        const std::int64_t width = outputs.shape.size(), targetWidth = targets.shape.size();
        const double weight = rule_.weight(targets);
        const double total = weight * static_cast<double>(Rule::overOutputs ? width : 1);
        const T scale = total > 0 ? static_cast<T>(1.0 / total) : T(0);
        const double sum = sumOver(outputs.batch, width, [&](std::int64_t b) {
            T* const dz = gradient ? gradient.data + b * width : nullptr;
            return static_cast<double>(
                rule_.column(outputs.data + b * width, targets.data + b * targetWidth, dz, width, scale));
        });
        return {total > 0 ? sum / total : 0.0, weight};
    }
    Rule rule_;
};

/// Rules that average over all outputs, or over the columns.
struct OverColumns {
    static constexpr bool overOutputs = false;
    template <class T>
    double weight(const Tensor<T>& targets) const {
        return static_cast<double>(targets.batch);
    }
};
struct OverOutputs : OverColumns {
    static constexpr bool overOutputs = true;
};

template <class T>
struct Exponentials {
    T top, sum;
};
/// The largest of n values, and the sum of e^(z - top), which are written to `to` unless that is null.
Exponentials<float> exponentials(const float* z, std::int64_t n, float* to);
inline Exponentials<double> exponentials(const double* z, std::int64_t n, double* to) {
    const double top = *std::max_element(z, z + n);
    double sum = 0;
    for (std::int64_t i = 0; i < n; ++i) {
        const double e = std::exp(z[i] - top);
        if (to) to[i] = e;
        sum += e;
    }
    return {top, sum};
}

/// -log softmax(z)[class] from logits: log Σ exp(z - max) - (z[class] - max). With class weights, and a share
/// ε of the target spread over all classes, as in PyTorch: the mean is weighted by the target's weight.
struct SoftmaxCrossEntropy {
    static constexpr bool overOutputs = false;
    double smoothing = 0;
    std::vector<double> weights; ///< by class; empty: all 1
    double weightSum = 0;

    double weightOf(std::int64_t c) const {
        return weights.empty() ? 1 : weights[static_cast<std::size_t>(c)];
    }
    template <class T>
    double weight(const Tensor<T>& targets) const {
        if (weights.empty()) return static_cast<double>(targets.batch);
        double sum = 0;
        for (std::int64_t b = 0; b < targets.batch; ++b)
            sum += weightOf(static_cast<std::int64_t>(targets.data[b]));
        return sum;
    }
    template <class T>
    T column(const T* z, const T* t, T* dz, std::int64_t classes, T scale) const {
        const auto target = static_cast<std::int64_t>(*t);
        const auto [top, sum] = exponentials(z, classes, dz);
        const T logSum = std::log(sum);
        const T sharp = static_cast<T>((1 - smoothing) * weightOf(target));
        T loss = sharp * (logSum - (z[target] - top));
        const T spread = static_cast<T>(smoothing / static_cast<double>(classes));
        const T all = spread * static_cast<T>(weights.empty() ? static_cast<double>(classes) : weightSum);
        if (smoothing > 0)
            for (std::int64_t c = 0; c < classes; ++c)
                loss += spread * static_cast<T>(weightOf(c)) * (logSum - (z[c] - top));
        if (!dz) return loss;
        const T share = (sharp + all) * scale / sum;
        for (std::int64_t c = 0; c < classes; ++c)
            dz[c] *= share;
        if (smoothing > 0)
            for (std::int64_t c = 0; c < classes; ++c)
                dz[c] -= scale * spread * static_cast<T>(weightOf(c));
        dz[target] -= scale * sharp;
        return loss;
    }
};

/// -(t log σ(z) + (1-t) log(1-σ(z))) = max(z, 0) - z t + log(1 + exp(-|z|)).
struct BinaryCrossEntropy : OverOutputs {
    std::vector<double> ofNo, ofYes; ///< weights by output; empty: all 1
    template <class T>
    T column(const T* z, const T* t, T* dz, std::int64_t outputs, T scale) const {
        T loss = 0;
        for (std::int64_t i = 0; i < outputs; ++i) {
            const T weight =
                ofYes.empty() ? T(1)
                              : static_cast<T>((t[i] > T(0.5) ? ofYes : ofNo)[static_cast<std::size_t>(i)]);
            loss += weight * (std::max(z[i], T(0)) - z[i] * t[i] + std::log1p(std::exp(-std::abs(z[i]))));
            if (dz) dz[i] = scale * weight * (T(1) / (T(1) + std::exp(-z[i])) - t[i]);
        }
        return loss;
    }
};

struct MeanSquaredError : OverOutputs {
    template <class T>
    T column(const T* y, const T* t, T* dy, std::int64_t outputs, T scale) const {
        T loss = 0;
        for (std::int64_t i = 0; i < outputs; ++i) {
            const T difference = y[i] - t[i];
            loss += difference * difference;
            if (dy) dy[i] = T(2) * difference * scale;
        }
        return loss;
    }
};

struct MeanAbsoluteError : OverOutputs {
    template <class T>
    T column(const T* y, const T* t, T* dy, std::int64_t outputs, T scale) const {
        T loss = 0;
        for (std::int64_t i = 0; i < outputs; ++i) {
            const T difference = y[i] - t[i];
            loss += std::abs(difference);
            if (dy) dy[i] = difference > 0 ? scale : difference < 0 ? -scale : T(0);
        }
        return loss;
    }
};

/// Huber: Robust estimation of a location parameter, 1964.
struct Huber : OverOutputs {
    double delta = 1;
    template <class T>
    T column(const T* y, const T* t, T* dy, std::int64_t outputs, T scale) const {
        const T d = static_cast<T>(delta);
        T loss = 0;
        for (std::int64_t i = 0; i < outputs; ++i) {
            const T difference = y[i] - t[i], size = std::abs(difference);
            loss += size <= d ? difference * difference / T(2) : d * (size - d / T(2));
            if (dy) dy[i] = scale * std::clamp(difference, -d, d);
        }
        return loss;
    }
};

/// max(0, 1 - (2t-1)·z) for each output.
struct BinaryHinge : OverOutputs {
    template <class T>
    T column(const T* z, const T* t, T* dz, std::int64_t outputs, T scale) const {
        T loss = 0;
        for (std::int64_t i = 0; i < outputs; ++i) {
            const T sign = t[i] > T(0.5) ? T(1) : T(-1), lack = T(1) - sign * z[i];
            loss += std::max(lack, T(0));
            if (dz) dz[i] = lack > 0 ? -sign * scale : T(0);
        }
        return loss;
    }
};

/// Σ max(0, 1 - z[class] + z[c]) over the other classes, divided by their number with the class itself
/// (Weston and Watkins 1999, as in PyTorch's MultiMarginLoss).
struct ClassHinge : OverOutputs {
    template <class T>
    T column(const T* z, const T* t, T* dz, std::int64_t classes, T scale) const {
        const auto target = static_cast<std::int64_t>(*t);
        T loss = 0, hit = 0;
        for (std::int64_t c = 0; c < classes; ++c) {
            const T lack = c == target ? T(0) : T(1) - z[target] + z[c];
            loss += std::max(lack, T(0));
            if (lack > 0) hit += T(1);
            if (dz) dz[c] = lack > 0 ? scale : T(0);
        }
        if (dz) dz[target] = -hit * scale;
        return loss;
    }
};

/// Rosenblatt's rule: d/dz = ŷ - y with ŷ = step(z), so that a step of size η on one sample is
/// w ← w + η(y − ŷ)x. It is the gradient of (ŷ − y)·z, the distance by which the wrong side was taken.
struct Perceptron : OverColumns {
    bool classes = false; ///< the target is a class's number, and each output a unit for one class
    template <class T>
    T column(const T* z, const T* t, T* dz, std::int64_t outputs, T scale) const {
        T loss = 0;
        for (std::int64_t i = 0; i < outputs; ++i) {
            const T wanted = classes ? (static_cast<std::int64_t>(*t) == i ? T(1) : T(0)) : t[i];
            const T error = (z[i] >= 0 ? T(1) : T(0)) - wanted;
            loss += error * z[i];
            if (dz) dz[i] = error * scale;
        }
        return loss;
    }
};

} // namespace burdock::loss_rules
