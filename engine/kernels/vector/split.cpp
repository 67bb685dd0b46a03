#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/layer_request.h"
#include "engine/layers/operations.h"
#include "engine/tensor/parallel.h"

#include <cstring>

namespace burdock::fast {
namespace {

/// Slices of runs of neighbouring values, from plain to plain.
class Split final : public Step {
  public:
    Split(const LayerRequest& r, const operation::Split& s)
        : in_(Layout::plainBatch(r.batch, r.inputs[0]))
        , out_(Layout::plainBatch(r.batch, r.output))
        , parts_(s.parts)
        , slice_(s.slice)
        , runs_(r.batch * r.output.size() / s.slice) {}
    Layout inputLayout(std::size_t) const override { return in_; }
    Layout outputLayout() const override { return out_; }
    bool backwardReadsInput(std::size_t) const override { return false; }
    bool backwardReadsOutput() const override { return false; }
    void bind(const StepBinding& b) override {
        input_ = b.inputs[0];
        inputGradient_ = b.inputGradients[0];
        outputs_ = b.moreOutputs;
        outputs_.insert(outputs_.begin(), b.output);
        outputGradients_ = b.moreOutputGradients;
        outputGradients_.insert(outputGradients_.begin(), b.outputGradient);
    }
    void forward(std::uint64_t) override {
        forEachSlice([&](std::size_t part, std::int64_t in, std::int64_t out) {
            std::memcpy(outputs_[part] + out, input_ + in, bytes());
        });
    }
    /// A part that nobody reads has no gradient.
    void backward() override {
        if (!inputGradient_) return;
        forEachSlice([&](std::size_t part, std::int64_t in, std::int64_t out) {
            if (const float* const dy = outputGradients_[part])
                std::memcpy(inputGradient_ + in, dy + out, bytes());
            else
                std::memset(inputGradient_ + in, 0, bytes());
        });
    }

  private:
    std::size_t bytes() const { return static_cast<std::size_t>(slice_) * sizeof(float); }
    /// work(part, first value in the input, in the part)
    template <class F>
    void forEachSlice(F work) const {
        forEach(runs_, runs_ * parts_ * slice_ > 1 << 15, [&](std::int64_t run) {
            for (std::int64_t part = 0; part < parts_; ++part)
                work(static_cast<std::size_t>(part), (run * parts_ + part) * slice_, run * slice_);
        });
    }

    Layout in_, out_;
    std::int64_t parts_, slice_, runs_;
    float *input_ = nullptr, *inputGradient_ = nullptr;
    std::vector<float*> outputs_, outputGradients_;
};

} // namespace
} // namespace burdock::fast

namespace burdock {

KernelEntry vectorSplit() {
    return kernelFor<operation::Split>({.id = "vector.split",
                                        .backend = "Burdock",
                                        .name = "copy of slices",
                                        .doc = "On all threads, from plain to plain."},
                                       [](const operation::Split& s, const LayerRequest& r) -> KernelOffer {
                                           return std::make_unique<fast::Split>(r, s);
                                       });
}

} // namespace burdock
