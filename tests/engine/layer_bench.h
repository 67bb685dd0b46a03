#pragma once

#include "engine/schema/kernel.h"
#include "engine/schema/layer_schema.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace burdock::testing {

/// Memory with guard values on both sides, for one tensor or weight.
template <class T>
class Guarded {
  public:
    static constexpr std::size_t margin = 16;
    static constexpr T guard = T(-12345.5);

    explicit Guarded(std::int64_t size, T value = T(0))
        : size_(static_cast<std::uint32_t>(size))
        , memory_(size_ + 2 * margin, guard) {
        fill(value);
    }
    T* data() { return memory_.data() + margin; }
    std::span<T> values() { return {data(), size_}; }
    void fill(T value) {
        for (T& v : values())
            v = value;
    }
    bool intact() const {
        for (std::size_t i = 0; i < margin; ++i)
            if (memory_[i] != guard || memory_[memory_.size() - 1 - i] != guard) return false;
        return true;
    }

  private:
    std::size_t size_;
    std::vector<T> memory_;
};

/// One layer with buffers of its own, so that a kernel of any make can be run and compared: the kernel's
/// inputs and weights are drawn by a seed, the same for every T.
template <class T>
class LayerBench {
  public:
    LayerBench(const LayerSchema& schema, const LayerSample& sample, std::int64_t batch)
        : sample_(sample)
        , batch_(batch)
        , outputShape_(*schema.inferShape(sample.params, sample.inputs))
        , weightSpecs_(schema.weightSpecs(sample.params, sample.inputs))
        , output_(outputShape_.size() * batch)
        , outputGradient_(outputShape_.size() * batch) {
        for (const Shape& shape : sample.inputs) {
            inputs_.emplace_back(shape.size() * batch);
            inputGradients_.emplace_back(shape.size() * batch);
        }
        if (schema.moreShapes) moreShapes_ = schema.moreShapes(sample.params, sample.inputs);
        for (const Shape& shape : moreShapes_) {
            more_.emplace_back(shape.size() * batch);
            moreGradients_.emplace_back(shape.size() * batch);
        }
        for (const WeightSpec& w : weightSpecs_) {
            weights_.emplace_back(w.size());
            weightGradients_.emplace_back(w.size());
        }
        draw();
    }

    Pass<T> pass(bool training = true, bool wantInputs = true, bool wantWeights = true) {
        inputTensors_.clear();
        gradientTensors_.clear();
        weightPointers_.clear();
        weightGradientPointers_.clear();
        for (std::size_t i = 0; i < inputs_.size(); ++i) {
            inputTensors_.push_back({inputs_[i].data(), sample_.inputs[i], batch_});
            gradientTensors_.push_back(
                {wantInputs ? inputGradients_[i].data() : nullptr, sample_.inputs[i], batch_});
        }
        for (std::size_t i = 0; i < weights_.size(); ++i) {
            weightPointers_.push_back(weights_[i].data());
            weightGradientPointers_.push_back(
                wantWeights && weightSpecs_[i].isParameter() ? weightGradients_[i].data() : nullptr);
        }
        moreTensors_.clear();
        moreGradientTensors_.clear();
        for (std::size_t i = 0; i < more_.size(); ++i) {
            moreTensors_.push_back({more_[i].data(), moreShapes_[i], batch_});
            moreGradientTensors_.push_back({moreGradients_[i].data(), moreShapes_[i], batch_});
        }
        return {inputTensors_,
                {output_.data(), outputShape_, batch_},
                gradientTensors_,
                {outputGradient_.data(), outputShape_, batch_},
                weightPointers_,
                weightGradientPointers_,
                training,
                /*seed=*/77,
                moreTensors_,
                moreGradientTensors_};
    }
    bool intact() const {
        const auto all = [](const auto& list) {
            return std::all_of(list.begin(), list.end(), [](const auto& g) { return g.intact(); });
        };
        return output_.intact() && outputGradient_.intact() && all(more_) && all(moreGradients_) &&
               all(inputs_) && all(inputGradients_) && all(weights_) && all(weightGradients_);
    }
    /// Fills everything that a kernel must overwrite with `value`.
    void spoil(T value) {
        output_.fill(value);
        for (auto& output : more_)
            output.fill(value);
        for (auto& g : inputGradients_)
            g.fill(value);
        for (auto& g : weightGradients_)
            g.fill(value);
    }
    /// The number that the gradients are those of: Σ outputGradient · output, over all outputs.
    double objective() {
        double sum = 0;
        for (std::size_t i = 0; i < output_.values().size(); ++i)
            sum +=
                static_cast<double>(output_.values()[i]) * static_cast<double>(outputGradient_.values()[i]);
        for (std::size_t k = 0; k < more_.size(); ++k)
            for (std::size_t i = 0; i < more_[k].values().size(); ++i)
                sum += static_cast<double>(more_[k].values()[i]) *
                       static_cast<double>(moreGradients_[k].values()[i]);
        return sum;
    }

    const std::vector<WeightSpec>& weightSpecs() const { return weightSpecs_; }
    Guarded<T>& output() { return output_; }
    std::vector<Guarded<T>>& moreOutputs() { return more_; }
    std::vector<Guarded<T>>& inputs() { return inputs_; }
    std::vector<Guarded<T>>& inputGradients() { return inputGradients_; }
    std::vector<Guarded<T>>& weights() { return weights_; }
    std::vector<Guarded<T>>& weightGradients() { return weightGradients_; }

  private:
    /// Distinct numbers between -2 and 2, none of them 0, on a grid that float holds exactly: float and
    /// double get the same, and a finite difference crosses no kink (ReLU's zero, another largest value).
    static void draw(std::span<T> values, std::mt19937& random) {
        const double n = static_cast<double>(values.size());
        const double step = std::exp2(std::floor(std::log2(4 / n)));
        std::vector<int> order(values.size());
        std::iota(order.begin(), order.end(), 0);
        for (std::size_t i = order.size(); i > 1; --i)
            std::swap(order[i - 1], order[random() % i]);
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = static_cast<T>((order[i] - std::floor(n / 2) + 0.5) * step);
    }
    void draw() {
        std::mt19937 random(5);
        for (auto& input : inputs_)
            draw(input.values(), random);
        draw(outputGradient_.values(), random);
        for (auto& gradient : moreGradients_)
            draw(gradient.values(), random);
        for (std::size_t i = 0; i < weights_.size(); ++i) {
            draw(weights_[i].values(), random);
            if (weightSpecs_[i].name == "running_var")
                for (T& v : weights_[i].values())
                    v = std::abs(v) + T(0.5);
        }
    }

    const LayerSample& sample_;
    std::int64_t batch_;
    Shape outputShape_;
    std::vector<WeightSpec> weightSpecs_;
    std::vector<Shape> moreShapes_;
    Guarded<T> output_, outputGradient_;
    std::vector<Guarded<T>> more_, moreGradients_;
    std::vector<Tensor<T>> moreTensors_, moreGradientTensors_;
    std::vector<Guarded<T>> inputs_, inputGradients_, weights_, weightGradients_;
    std::vector<Tensor<T>> inputTensors_, gradientTensors_;
    std::vector<T*> weightPointers_, weightGradientPointers_;
};

} // namespace burdock::testing
