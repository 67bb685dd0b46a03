#pragma once

#include "engine/plan/parameter_store.h"
#include "engine/tensor/aligned_buffer.h"
#include "engine/train/train_config.h"

namespace burdock {

/// Averages gradients over machines that train the same network.
class GradientExchange {
  public:
    virtual ~GradientExchange() = default;
    /// `gradients` is this machine's mean over samples of weight `weight` together. It becomes
    /// Σ weight · gradients / Σ weight over all machines, and `weight` that sum. Called once a step by each
    /// machine, on the trainer's thread; the same values must come out on all of them.
    virtual Status average(std::span<float> gradients, double& weight) = 0;
};

/// The one place between backward and optimizer: gradients of micro-batches are accumulated, averaged over
/// machines, penalised and clipped. Weights that are frozen have no place in the gradient block and are left
/// alone with it.
class GradientSeam {
  public:
    /// `accumulates`: whether a step may consist of several passes.
    GradientSeam(std::shared_ptr<ParameterStore> store, const TrainConfig& config, bool accumulates);

    /// Begins a step. `several`: gradients of more than one pass are added; otherwise the store's are taken
    /// as they are.
    void begin(bool several);
    /// Adds the store's gradients, a mean over samples of that weight together (see LossValue).
    void add(double weight);

    struct Outcome {
        std::span<float> gradients;        ///< the mean over all that was added, ready for the optimizer
        std::optional<std::string> odd;    ///< the layer whose gradients are not finite, the last one of it
        std::optional<Diagnostic> problem; ///< of the exchange
    };
    Outcome finish();

    void setExchange(std::shared_ptr<GradientExchange> exchange) { exchange_ = std::move(exchange); }
    /// Bytes of the memory that accumulation takes.
    static std::int64_t bytes(std::int64_t gradientBytes, bool accumulates) {
        return accumulates ? gradientBytes : 0;
    }

  private:
    void penalise(std::span<float> gradients) const;
    bool clip(std::span<float> gradients) const; ///< false if they are not finite

    std::shared_ptr<ParameterStore> store_;
    std::shared_ptr<GradientExchange> exchange_;
    double clipNorm_, clipValue_;
    bool penalises_ = false, several_ = false;
    double weight_ = 0;
    AlignedBuffer sum_;
};

/// How a batch is put through: parts of at most `micro` samples (0: all at once), as even as can be. A single
/// sample is left to a part only where it must be: of an odd batch in twos. `size` must be above 0.
struct MicroBatches {
    MicroBatches(std::int64_t size, std::int64_t micro);
    std::int64_t count = 1;
    std::int64_t largest = 1; ///< the first `large` ones; all others have a sample less
    std::int64_t large = 1;

    std::int64_t sizeOf(std::int64_t index) const { return index < large ? largest : largest - 1; }
};

} // namespace burdock
