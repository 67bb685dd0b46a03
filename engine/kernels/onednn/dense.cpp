#include "engine/kernels/onednn/dense.h"
#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/onednn/weighted.h"
#include "engine/layers/operations.h"

namespace burdock::fast {
namespace {

class Dense final : public Weighted<dnnl::inner_product_forward, dnnl::inner_product_backward_weights,
                                    dnnl::inner_product_backward_data> {
  public:
    Dense(const LayerRequest& r, std::int64_t units, bool bias, bool singleOutput)
        : Weighted(bias, r.reluFollows) {
        const std::int64_t rows = r.batch * r.output.size() / units;
        const std::int64_t inputs = r.batch * r.inputs[0].size() / rows;
        const Type type = valueType(r);
        const auto src = plainDesc({rows, inputs}, type), diffDst = plainDesc({rows, units}, type);
        const auto dst = singleOutput ? plainDesc({rows, units}) : diffDst;
        input_ = layoutOf(plainDesc(Layout::plainBatch(r.batch, r.inputs[0]).dims(), type));
        output_ = layoutOf(plainDesc(Layout::plainBatch(r.batch, r.output).dims(), type));
        const auto [weights, gradient] = weightsOf(r, {units, inputs}, rows);
        const auto biases = bias ? plainDesc({units}) : dnnl::memory::desc();
        describeProduct(r, {src, weights, gradient, biases, dst}, diffDst);
    }
    // Positions of a sequence are rows of their own to the primitives; around them they belong to samples.
    Layout inputLayout(std::size_t) const override { return input_; }
    Layout outputLayout() const override { return output_; }

  private:
    /// How forward and the gradient of the input read the weights, and how their gradient is made. oneDNN
    /// likes a format of its own for each; without AVX-512 its products are as fast by one for all three, and
    /// no copy is made in each step.
    static std::pair<dnnl::memory::desc, dnnl::memory::desc>
    weightsOf(const LayerRequest& r, const dnnl::memory::dims& dims, std::int64_t rows) {
        const bool learns = r.training && !r.frozen && r.inputGradients[0];
        if (!learns || r.mixed || hasInstructions(dnnl::cpu_isa::avx512_core))
            return {anyDesc(dims, valueType(r)), anyDesc(dims)};
        // A gradient is slow to write along the longer of its sides, which counts where many rows are summed.
        constexpr std::int64_t many = 256;
        using tag = dnnl::memory::format_tag;
        const dnnl::memory::desc one(dims, Type::f32, dims[1] > dims[0] && rows >= many ? tag::ba : tag::ab);
        return {one, one};
    }

    Layout input_, output_;
};

/// Few rows do not pay for copies of weights and values into bfloat16, unless there are so many weights that
/// reading half of them is what counts.
bool paysInBfloat16(const LayerRequest& r, std::int64_t units) {
    constexpr std::int64_t fewRows = 64, fewWeights = 1 << 19;
    const std::int64_t rows = r.batch * r.output.size() / units;
    return rows > fewRows || r.batch * r.inputs[0].size() / rows * units > fewWeights;
}

} // namespace

KernelOffer offerDense(const LayerRequest& r, std::int64_t units, bool bias, bool singleOutput) {
    return offer<Dense>(r, units, bias, singleOutput);
}

LayerRequest denseRequest(const LayerRequest& r, std::int64_t units) {
    LayerRequest part = r;
    part.output = Shape::sequence(r.inputs[0].height, units);
    part.moreOutputs = {};
    part.inputLayouts = {Layout::plainBatch(r.batch, r.inputs[0])};
    part.inputIsRelu = part.reluFollows = false;
    return part;
}

} // namespace burdock::fast

namespace burdock {

KernelEntry onednnDense() {
    return kernelFor<operation::Dense>({.id = "onednn.dense",
                                        .backend = "oneDNN",
                                        .name = "inner product",
                                        .doc = "With the ReLU behind it.",
                                        .sumsByThread = true},
                                       [](const operation::Dense& d, const LayerRequest& r) {
                                           LayerRequest own = r;
                                           own.mixed = r.mixed && fast::paysInBfloat16(r, d.units);
                                           return fast::offerDense(own, d.units, d.bias, false);
                                       });
}

} // namespace burdock
