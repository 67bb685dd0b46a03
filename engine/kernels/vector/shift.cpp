#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/onednn/maps.h"
#include "engine/layers/operations.h"
#include "engine/tensor/parallel.h"

#include <algorithm>
#include <cstring>

namespace burdock::fast {
namespace {

/// Rows of `to` from those of `from` that lie `down` further down and `across` further right, or zeros where
/// there is nothing.
void move(const Maps& from, const float* source, const Maps& to, float* target, std::int64_t down,
          std::int64_t across) {
    const std::int64_t begin = std::clamp<std::int64_t>(-across, 0, to.width);
    const std::int64_t end = std::clamp<std::int64_t>(from.width - across, begin, to.width);
    const std::size_t place = static_cast<std::size_t>(to.depth) * to.valueBytes();
    const auto bytes = [&](std::int64_t places) { return static_cast<std::size_t>(places) * place; };
    const auto* const x = reinterpret_cast<const std::byte*>(source);
    auto* const y = reinterpret_cast<std::byte*>(target);
    forEach(to.rows(), to.values() > 1 << 15, [&](std::int64_t i) {
        const std::int64_t row = i % to.height + down;
        std::byte* const out = y + bytes(i * to.width);
        if (row < 0 || row >= from.height || begin == end) {
            std::memset(out, 0, bytes(to.width));
            return;
        }
        const std::byte* const in = x + bytes((i / to.height * from.height + row) * from.width);
        if (begin > 0) std::memset(out, 0, bytes(begin));
        std::memcpy(out + bytes(begin), in + bytes(begin + across), bytes(end - begin));
        if (end < to.width) std::memset(out + bytes(end), 0, bytes(to.width - end));
    });
}

/// A vector as maps of one pixel each, which may become larger ones.
Maps withoutVectors(const Maps& maps) {
    Maps made = maps;
    if (maps.tag == dnnl::memory::format_tag::nc) {
        made.tag = dnnl::memory::format_tag::nchw;
        made.depth = 1;
    }
    return made;
}

/// In whatever format the values arrive: rows are copied as they are.
class Shift final : public Step {
  public:
    Shift(const LayerRequest& r, const operation::Shift& s)
        : in_(withoutVectors(arrivingMaps(r)))
        , out_(in_.with(r.output))
        , s_(s) {}
    Layout inputLayout(std::size_t) const override { return in_.layout(); }
    Layout outputLayout() const override { return out_.layout(); }
    bool backwardReadsInput(std::size_t) const override { return false; }
    bool backwardReadsOutput() const override { return false; }
    void bind(const StepBinding& b) override { b_ = b; }
    void forward(std::uint64_t) override { move(in_, b_.inputs[0], out_, b_.output, s_.down, s_.across); }
    void backward() override {
        if (b_.inputGradients[0])
            move(out_, b_.outputGradient, in_, b_.inputGradients[0], -s_.down, -s_.across);
    }

  private:
    Maps in_, out_;
    operation::Shift s_;
    StepBinding b_;
};

} // namespace
} // namespace burdock::fast

namespace burdock {

KernelEntry vectorShift() {
    return kernelFor<operation::Shift>(
        {.id = "vector.shift",
         .backend = "Burdock",
         .name = "copy of rows",
         .doc = "Cuts off or adds a border, in whatever format the values arrive."},
        [](const operation::Shift& s, const LayerRequest& r) -> KernelOffer {
            return std::make_unique<fast::Shift>(r, s);
        });
}

} // namespace burdock
