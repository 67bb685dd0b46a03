#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/onednn/support.h"
#include "engine/layers/operations.h"

namespace burdock::fast {
namespace {

/// Out of whatever format the values arrive in, into a plain one.
class Permute final : public Step {
  public:
    Permute(const LayerRequest& r, const operation::Permute& p)
        : input_(r.inputLayouts[0]) {
        auto from = descOf(input_);
        if (dimsOf(from).size() == 2) from = from.reshape(batchDims(r.batch, r.inputs[0]));
        std::vector<int> places{0, 0, 0, 0}; // of the input's axes among the output's
        for (std::size_t i = 0; i < 3; ++i)
            places[1 + p.axes[i]] = static_cast<int>(1 + i);
        from_ = from.permute_axes(places);
        to_ = plainDesc(batchDims(r.batch, r.output), typeOf(from));
        reorderCall(bufferAt(from_, nullptr), bufferAt(to_, nullptr)); // or it is refused here
    }
    Layout inputLayout(std::size_t) const override { return input_; }
    Layout outputLayout() const override { return layoutOf(to_); }
    bool backwardReadsInput(std::size_t) const override { return false; }
    bool backwardReadsOutput() const override { return false; }
    std::string implementation() const override { return "reorder"; }
    void bind(const StepBinding& b) override {
        forward_ = reorderCall(bufferAt(from_, b.inputs[0]), bufferAt(to_, b.output));
        if (b.inputGradients[0])
            backward_ = reorderCall(bufferAt(to_, b.outputGradient), bufferAt(from_, b.inputGradients[0]));
    }
    void forward(std::uint64_t) override { forward_.run(); }
    void backward() override {
        if (backward_) backward_.run();
    }

  private:
    Layout input_;
    dnnl::memory::desc from_, to_;
    Call forward_, backward_;
};

} // namespace
} // namespace burdock::fast

namespace burdock {

KernelEntry onednnPermute() {
    return kernelFor<operation::Permute>(
        {.id = "onednn.permute",
         .backend = "oneDNN",
         .name = "exchange of axes",
         .doc = "Out of whatever format the values arrive in."},
        [](const operation::Permute& p, const LayerRequest& r) { return fast::offer<fast::Permute>(r, p); });
}

} // namespace burdock
