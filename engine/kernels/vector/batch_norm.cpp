#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/onednn/support.h"
#include "engine/kernels/vector/batch_norm_run.h"
#include "engine/layers/operations.h"
#include "engine/tensor/processor.h"
#include "engine/tensor/vector_math.h"

#include <algorithm>
#include <cmath>
#include <omp.h>
#include <utility>

#define BURDOCK_VECTOR_CODE "engine/kernels/vector/batch_norm_code.inc"
#include "engine/kernels/vector/each_set.h"

namespace burdock::fast {
namespace {

using dnnl::memory;

std::int64_t vectorLanes() {
    return processor::has(processor::InstructionSet::Avx512) ? 16 : 8;
}

template <class V>
NormCode<V> codeFor([[maybe_unused]] std::int64_t vectors) {
#ifdef BURDOCK_VECTORS
    using processor::InstructionSet;
    if (processor::has(InstructionSet::Avx512Bfloat16)) return avx512_bf16::normCode<V>(vectors);
    if (processor::has(InstructionSet::Avx512)) return avx512::normCode<V>(vectors);
    if (processor::has(InstructionSet::Avx2)) return avx2::normCode<V>(vectors);
#endif
    return {};
}

/// How channels lie in memory: `together` of them side by side, filled up to whole such blocks.
struct ChannelOrder {
    std::int64_t together, all;
};

/// Trains with the batch's statistics and folds them into the running ones; infers, and is frozen, with the
/// running ones. Sums are taken over each sample, and then over the samples: the same on any number of
/// threads. C channels, N samples; channels are taken in groups, a run of vectors each.
template <class V>
class BatchNorm final : public Step {
  public:
    BatchNorm(const LayerRequest& r, ChannelOrder order, std::int64_t vectors, float epsilon, float momentum)
        : code_(codeFor<V>(vectors))
        , order_(order)
        , channels_(r.inputs[0].channels)
        , batch_(r.batch)
        , pixels_(r.inputs[0].area())
        , groups_(order.all / code_.channels)
        , training_(r.training && !r.frozen)
        , relu_(r.reluFollows)
        , epsilon_(epsilon)
        , momentum_(momentum)
        , threads_(omp_get_max_threads())
        , layout_(r.inputLayouts[0]) {}
    Layout inputLayout(std::size_t) const override { return layout_; }
    Layout outputLayout() const override { return layout_; }
    bool includesRelu() const override { return relu_; }
    bool backwardReadsInput(std::size_t) const override { return training_ || relu_; }
    bool backwardReadsOutput() const override { return false; }
    bool gradientInPlace(std::size_t) const override { return true; }
    /// Two sums of each sample.
    std::int64_t scratchFloats() const override { return training_ ? 2 * batch_ * order_.all : 0; }
    /// Mean and scale.
    std::int64_t workspaceFloats() const override { return training_ ? 2 * order_.all : 0; }

    void bind(const StepBinding& b) override { b_ = b; }
    void forward(std::uint64_t) override { forwardOf(/*folds=*/true); }
    void forwardAgain(std::uint64_t) override { forwardOf(/*folds=*/false); }
    void backward() override {
        if (!b_.outputGradient) return;
        overGroups(
            training_, [this](std::int64_t g, std::int64_t n) { sumGradients(g, n); },
            [this](std::int64_t g) { writeSlopes(g); },
            [this](std::int64_t g, std::int64_t n) { writeGradient(g, n); });
    }

  private:
    static constexpr std::int64_t most = 64; ///< channels in a group
    /// Of the channels of a group.
    struct Known {
        float mean[most], factor[most], beta[most];
    };

    /// `folds`: what it measures is folded into the running statistics.
    void forwardOf(bool folds) const {
        overGroups(
            training_, [this](std::int64_t g, std::int64_t n) { measure(g, n); },
            [this, folds](std::int64_t g) { writeStatistics(g, folds); },
            [this](std::int64_t g, std::int64_t n) { normalise(g, n); });
    }

    /// sum(group, sample) for all samples, then once settle(group), then write(group, sample); the first two
    /// only if `sums`. What one thread does of a group stays in its cache: only groups that several threads
    /// share wait for each other.
    template <class Sum, class Settle, class Write>
    void overGroups(bool sums, Sum sum, Settle settle, Write write) const {
        const std::int64_t items = groups_ * batch_;
        const auto each = [&](std::int64_t from, std::int64_t to, auto& visit) {
            for (std::int64_t i = from; i < to; ++i)
                visit(i / batch_, i % batch_);
        };
        const auto share = [&](std::int64_t self, std::int64_t count) {
            const std::int64_t begin = items * self / count, end = items * (self + 1) / count;
            // Items of groups that others have a part of stand at both ends.
            const std::int64_t first = std::min((begin + batch_ - 1) / batch_ * batch_, end);
            const std::int64_t last = std::max(first, end / batch_ * batch_);
            if (sums) {
                each(begin, first, sum);
                each(last, end, sum);
            }
            for (std::int64_t i = first; i < last; i += batch_) {
                if (sums) {
                    each(i, i + batch_, sum);
                    settle(i / batch_);
                }
                each(i, i + batch_, write);
            }
            if (sums) {
#pragma omp barrier
                if (last < end) settle(last / batch_); // by whoever has its first sample
#pragma omp barrier
            }
            each(begin, first, write);
            each(last, end, write);
        };
        if (threads_ == 1 || items * pixels_ * code_.channels < 1 << 14) return share(0, 1);
#pragma omp parallel num_threads(threads_)
        share(omp_get_thread_num(), omp_get_num_threads());
    }

    NormRun<V> runOf(std::int64_t group, std::int64_t sample, const Known& known) const {
        const std::int64_t channel = group * code_.channels, block = channel / order_.together;
        const std::int64_t at =
            (sample * order_.all + block * order_.together) * pixels_ + channel % order_.together;
        const auto values = [at](float* p) { return reinterpret_cast<V*>(p) + at; };
        return {values(b_.inputs[0]),
                b_.outputGradient ? values(b_.outputGradient) : nullptr,
                values(b_.output),
                pixels_,
                order_.together,
                relu_,
                known.mean,
                known.factor,
                known.beta};
    }
    float* sumsOf(std::int64_t group, std::int64_t sample) const {
        return b_.scratch + 2 * (group * batch_ + sample) * code_.channels;
    }
    Known known(std::int64_t group, bool ofBatch) const {
        Known k{};
        const std::int64_t first = group * code_.channels;
        for (std::int64_t i = 0; i < std::min(code_.channels, channels_ - first); ++i) {
            const std::int64_t c = first + i;
            const float scale =
                ofBatch ? b_.workspace[order_.all + c] : 1.0f / std::sqrt(b_.weights[3][c] + epsilon_);
            k.mean[i] = ofBatch ? b_.workspace[c] : b_.weights[2][c];
            k.factor[i] = b_.weights[0][c] * scale;
            k.beta[i] = b_.weights[1][c];
        }
        return k;
    }

    void measure(std::int64_t group, std::int64_t sample) const {
        float* const sums = sumsOf(group, sample);
        code_.statistics(runOf(group, sample, Known{}), sums, sums + code_.channels);
    }
    void writeStatistics(std::int64_t group, bool folds) const {
        const std::int64_t first = group * code_.channels;
        const double count = static_cast<double>(pixels_), all = count * static_cast<double>(batch_);
        for (std::int64_t i = 0; i < std::min(code_.channels, channels_ - first); ++i) {
            double mean = 0, squares = 0;
            for (std::int64_t n = 0; n < batch_; ++n)
                mean += static_cast<double>(sumsOf(group, n)[i]);
            mean /= static_cast<double>(batch_);
            for (std::int64_t n = 0; n < batch_; ++n) {
                const float* const sums = sumsOf(group, n) + i;
                const double d = static_cast<double>(*sums) - mean;
                squares += static_cast<double>(sums[code_.channels]) + count * d * d;
            }
            const double unbiased = squares / std::max(all - 1, 1.0);
            const std::int64_t c = first + i;
            b_.workspace[c] = static_cast<float>(mean);
            b_.workspace[order_.all + c] =
                static_cast<float>(1 / std::sqrt(squares / all + static_cast<double>(epsilon_)));
            if (!folds) continue;
            b_.weights[2][c] += momentum_ * (static_cast<float>(mean) - b_.weights[2][c]);
            b_.weights[3][c] += momentum_ * (static_cast<float>(unbiased) - b_.weights[3][c]);
        }
    }
    void normalise(std::int64_t group, std::int64_t sample) const {
        const Known k = known(group, training_);
        code_.apply(runOf(group, sample, k));
    }

    void sumGradients(std::int64_t group, std::int64_t sample) const {
        const Known k = known(group, true);
        float* const sums = sumsOf(group, sample);
        code_.sums(runOf(group, sample, k), sums, sums + code_.channels);
    }
    /// The sums of all samples take the place of the first one's.
    void writeSlopes(std::int64_t group) const {
        const std::int64_t first = group * code_.channels;
        for (std::int64_t i = 0; i < code_.channels; ++i) {
            double gradient = 0, product = 0;
            for (std::int64_t n = 0; n < batch_; ++n) {
                gradient += static_cast<double>(sumsOf(group, n)[i]);
                product += static_cast<double>(sumsOf(group, n)[code_.channels + i]);
            }
            const bool exists = first + i < channels_;
            const std::int64_t c = first + i;
            const double scale = exists ? static_cast<double>(b_.workspace[order_.all + c]) : 0;
            if (exists && b_.weightGradients[0])
                b_.weightGradients[0][c] = static_cast<float>(product * scale);
            if (exists && b_.weightGradients[1]) b_.weightGradients[1][c] = static_cast<float>(gradient);
            const double count = static_cast<double>(pixels_ * batch_);
            float* const sums = sumsOf(group, 0);
            sums[i] = static_cast<float>(gradient / count);
            sums[code_.channels + i] = static_cast<float>(product * scale * scale / count);
        }
    }
    void writeGradient(std::int64_t group, std::int64_t sample) const {
        if (!b_.inputGradients[0]) return;
        const Known k = known(group, training_);
        NormRun<V> run = runOf(group, sample, k);
        run.out += reinterpret_cast<V*>(b_.inputGradients[0]) - reinterpret_cast<V*>(b_.output);
        const float* const sums = training_ ? sumsOf(group, 0) : nullptr;
        code_.gradient(run, sums, sums ? sums + code_.channels : nullptr);
    }

    NormCode<V> code_;
    ChannelOrder order_;
    std::int64_t channels_, batch_, pixels_, groups_;
    bool training_, relu_;
    float epsilon_, momentum_;
    int threads_;
    Layout layout_;
    StepBinding b_;
};

KernelOffer offerBatchNorm(const operation::BatchNorm& b, const LayerRequest& r) {
    if (!processor::has(processor::InstructionSet::Avx2)) return declined("the processor has no AVX2");
    const auto desc = descOf(r.inputLayouts[0]);
    const std::int64_t channels = r.inputs[0].channels, lanes = vectorLanes();
    const auto dims = batchDims(r.batch, r.inputs[0]);
    const auto whole = [&](std::int64_t block) { return (channels + block - 1) / block * block; };
    const std::pair<memory::format_tag, ChannelOrder> orders[] = {
        {memory::format_tag::nhwc, {channels, channels}},
        {memory::format_tag::nChw16c, {16, whole(16)}},
        {memory::format_tag::nChw8c, {8, whole(8)}}};
    for (const auto& [tag, order] : orders) {
        if (order.together % lanes != 0) continue;
        std::int64_t vectors = 4;
        while (order.together % (vectors * lanes) != 0)
            vectors /= 2;
        if (desc == memory::desc{dims, Type::f32, tag})
            return std::make_unique<BatchNorm<float>>(r, order, vectors, b.epsilon, b.momentum);
        if (desc == memory::desc{dims, Type::bf16, tag})
            return std::make_unique<BatchNorm<Bits16>>(r, order, vectors, b.epsilon, b.momentum);
    }
    return declined("the values arrive in no vectors of channels");
}

} // namespace
} // namespace burdock::fast

namespace burdock {

KernelEntry vectorBatchNorm() {
    return kernelFor<operation::BatchNorm>(
        {.id = "vector.batch-normalization",
         .backend = "Burdock",
         .name = "batch normalization",
         .doc = "With the ReLU behind it; reads the values once for their statistics."},
        fast::offerBatchNorm);
}

} // namespace burdock
