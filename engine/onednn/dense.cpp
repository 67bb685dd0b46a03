#include "engine/onednn/layers.h"
#include "engine/onednn/weighted.h"

namespace burdock::fast {
namespace {

class Dense final : public Weighted<dnnl::inner_product_forward, dnnl::inner_product_backward_weights,
                                    dnnl::inner_product_backward_data> {
  public:
    Dense(const LayerRequest& r, std::int64_t units, bool bias)
        : Weighted(bias, r.reluFollows) {
        const std::int64_t rows = r.batch * r.output.size() / units;
        const std::int64_t inputs = r.batch * r.inputs[0].size() / rows;
        const Type type = valueType(r);
        const auto src = plainDesc({rows, inputs}, type), dst = plainDesc({rows, units}, type);
        input_ = layoutOf(plainDesc(Layout::plainBatch(r.batch, r.inputs[0]).dims(), type));
        output_ = layoutOf(plainDesc(Layout::plainBatch(r.batch, r.output).dims(), type));
        const auto weights = anyDesc({units, inputs}, type), gradient = anyDesc({units, inputs});
        const auto biases = bias ? plainDesc({units}) : dnnl::memory::desc();
        forwardPd_ = {{forwardKind(r), src, weights, biases, dst}, forwardAttr(), cpu()};
        if (!r.training) return;
        if (r.weightGradients) weightsPd_ = {{src, gradient, biases, dst}, scratchAttr(), cpu(), forwardPd_};
        if (r.inputGradients[0]) dataPd_ = {{src, weights, dst}, scratchAttr(), cpu(), forwardPd_};
        if (r.reluFollows) makeReluBackward();
    }
    // Positions of a sequence are rows of their own to the primitives; around them they belong to samples.
    Layout inputLayout(std::size_t) const override { return input_; }
    Layout outputLayout() const override { return output_; }

  private:
    Layout input_, output_;
};

} // namespace

std::unique_ptr<Step> dense(const LayerRequest& r, std::int64_t units, bool bias) {
    auto step = tryMake<Dense>(r, units, bias);
    return step && !step->isSlow() ? std::move(step) : nullptr;
}

} // namespace burdock::fast
