#include "engine/layers/merge.h"
#include "engine/layers/operations.h"

#include "engine/layers/families.h"
#include "engine/layers/layer_builder.h"
#include "engine/schema/layer_registry.h"

#include <algorithm>

namespace burdock {
namespace {

Diagnostic shapesDiffer(std::string code, std::string what, std::span<const Shape> in, std::size_t port) {
    Diagnostic d;
    d.code = std::move(code);
    d.what = std::move(what);
    d.why = "Input 1 is " + toString(in[0]) + ", input " + std::to_string(port + 1) + " is " +
            toString(in[port]) + ".";
    return d;
}

Result<Shape> inferAdd(const MergeParams&, std::span<const Shape> in) {
    for (std::size_t i = 1; i < in.size(); ++i) {
        if (in[i] == in[0]) continue;
        Diagnostic d = shapesDiffer("add.shapes", "The inputs differ in shape.", in, i);
        const int port = static_cast<int>(i);
        if (in[i].isFlat() && in[0].isFlat()) {
            d.mend = "Put a Dense layer of " + std::to_string(in[0].channels) + " units before input " +
                     std::to_string(i + 1) + ".";
            d.fix = insertMaking("Insert a Dense layer", in[i], in[0], port);
        } else if (in[i].hasSizesOf(in[0])) {
            d.what = "The axes of the inputs differ.";
            d.why = "Input 1 is " + std::string(axesText(in[0])) + ", input " + std::to_string(i + 1) +
                    " is " + std::string(axesText(in[i])) + ".";
            d.mend = "Read the rows of both as positions, or of none.";
            d.fix = insertMaking("Read rows as positions", in[i], in[0], port);
        } else if (in[i].height == in[0].height && in[i].width == in[0].width) {
            d.mend = "Put a 1 × 1 convolution of " + std::to_string(in[0].channels) +
                     " filters before input " + std::to_string(i + 1) + ".";
            d.fix = insertMaking("Insert a 1 × 1 convolution", in[i], in[0], port);
        } else {
            d.mend = "Give both branches the same strides and paddings.";
        }
        return refuse(std::move(d));
    }
    return in[0];
}

template <class T>
class AddKernel final : public Kernel<T> {
  public:
    AddKernel(const MergeParams&, std::span<const Shape>) {}

    void forward(const Pass<T>& pass) override {
        const auto y = pass.output.values();
        const auto first = pass.inputs[0].values(), second = pass.inputs[1].values();
        for (std::size_t i = 0; i < y.size(); ++i)
            y[i] = first[i] + second[i];
        for (const Tensor<T>& more : pass.inputs.subspan(2))
            for (std::size_t i = 0; i < y.size(); ++i)
                y[i] += more.data[i];
    }
    void backward(const Pass<T>& pass) override {
        for (const Tensor<T>& dx : pass.inputGradients)
            if (dx) std::copy_n(pass.outputGradient.data, dx.size(), dx.data);
    }
};

LayerSchema add() {
    LayerSchema s;
    s.id = "add";
    s.name = "Add";
    s.category = Category::Merge;
    s.doc = "The sum of its inputs, value by value. Joins a shortcut to the branch that it goes around: the "
            "residual connection, through which gradients reach deep layers.";
    s.formula = "y = x₁ + x₂ + …";
    s.keywords = "sum plus residual skip shortcut connection resnet";
    s.inputs = {2, -1, {}};
    return LayerBuilder<MergeParams>(std::move(s), {})
        .infer(inferAdd)
        .keepsAxes()
        .kernel<AddKernel>()
        .computes([](const MergeParams&, std::span<const Shape>) { return operation::Add{}; })
        .sample("two maps", {}, {{3, 2, 4}, {3, 2, 4}})
        .sample("three vectors", {}, {{5, 1, 1}, {5, 1, 1}, {5, 1, 1}})
        .build();
}

Result<Shape> inferMultiply(const MergeParams&, std::span<const Shape> in) {
    for (std::size_t i = 1; i < in.size(); ++i) {
        if (in[i] == in[0] || in[i] == Shape{in[0].channels, 1, 1}) continue;
        Diagnostic d = shapesDiffer("multiply.shapes", "The inputs do not fit each other.", in, i);
        d.mend = "Give both branches the same shape, or the later one a value for each channel.";
        return refuse(std::move(d));
    }
    return in[0];
}

/// y = x₁·x₂·…, where a vector counts for whole channels.
template <class T>
class MultiplyKernel final : public Kernel<T> {
  public:
    MultiplyKernel(const MergeParams&, std::span<const Shape>) {}

    void forward(const Pass<T>& pass) override {
        std::copy_n(pass.inputs[0].data, pass.output.size(), pass.output.data);
        for (std::size_t k = 1; k < pass.inputs.size(); ++k)
            forEach(pass, k,
                    [&](std::int64_t i, std::int64_t j) { pass.output.data[i] *= pass.inputs[k].data[j]; });
    }
    /// The gradient of each input is that of the output times all the others.
    void backward(const Pass<T>& pass) override {
        for (std::size_t k = 0; k < pass.inputs.size(); ++k) {
            const Tensor<T>& dx = pass.inputGradients[k];
            if (!dx) continue;
            others_.assign(pass.outputGradient.data, pass.outputGradient.data + pass.output.size());
            for (std::size_t m = 0; m < pass.inputs.size(); ++m)
                if (m != k)
                    forEach(pass, m, [&](std::int64_t i, std::int64_t j) {
                        others_[static_cast<std::size_t>(i)] *= pass.inputs[m].data[j];
                    });
            std::fill_n(dx.data, dx.size(), T(0));
            forEach(pass, k, [&](std::int64_t i, std::int64_t j) {
                dx.data[j] += others_[static_cast<std::size_t>(i)];
            });
        }
    }

  private:
    /// visit(value of the output, value of input k that it is made with)
    template <class Visit>
    static void forEach(const Pass<T>& pass, std::size_t k, Visit visit) {
        const std::int64_t area = pass.inputs[k].shape == pass.output.shape ? 1 : pass.output.shape.area();
        for (std::int64_t i = 0; i < pass.output.size(); ++i)
            visit(i, i / area);
    }

    std::vector<T> others_;
};

LayerSchema multiply() {
    LayerSchema s;
    s.id = "multiply";
    s.name = "Multiply";
    s.category = Category::Merge;
    s.doc = "The product of its inputs, value by value: one branch gates another. A later input may be a "
            "vector with a value for each channel, as in squeeze and excitation.";
    s.formula = "y = x₁ · x₂ · …";
    s.keywords = "product times gate attention squeeze excitation hadamard";
    s.inputs = {2, -1, {}};
    return LayerBuilder<MergeParams>(std::move(s), {})
        .infer(inferMultiply)
        .keepsAxes()
        .macs([](const MergeParams&, std::span<const Shape> in) {
            return in[0].size() * (static_cast<std::int64_t>(in.size()) - 1);
        })
        .kernel<MultiplyKernel>()
        .computes([](const MergeParams&, std::span<const Shape>) { return operation::Multiply{}; })
        .sample("two maps", {}, {{3, 2, 4}, {3, 2, 4}})
        .sample("a gate for each channel", {}, {{3, 2, 4}, {3, 1, 1}})
        .sample("three vectors", {}, {{5, 1, 1}, {5, 1, 1}, {5, 1, 1}})
        .build();
}

Result<Shape> inferConcat(const MergeParams&, std::span<const Shape> in) {
    Shape out = in[0];
    for (std::size_t i = 1; i < in.size(); ++i) {
        if (in[i].height != out.height || in[i].width != out.width) {
            Diagnostic d = shapesDiffer("concat.shapes", "The inputs differ in height or width.", in, i);
            d.mend = "Give all branches the same strides and paddings.";
            return refuse(std::move(d));
        }
        out.channels += in[i].channels;
    }
    out.axes = Axes::Maps; // sequences side by side are no sequence
    return out;
}

/// Within a column of the batch the inputs lie one after another, since the channel runs slowest.
template <class T>
class ConcatKernel final : public Kernel<T> {
  public:
    ConcatKernel(const MergeParams&, std::span<const Shape>) {}

    void forward(const Pass<T>& pass) override {
        T* y = pass.output.data;
        for (std::int64_t n = 0; n < pass.output.batch; ++n)
            for (const Tensor<T>& x : pass.inputs)
                y = std::copy_n(x.data + n * x.shape.size(), x.shape.size(), y);
    }
    void backward(const Pass<T>& pass) override {
        const T* dy = pass.outputGradient.data;
        for (std::int64_t n = 0; n < pass.output.batch; ++n)
            for (std::size_t i = 0; i < pass.inputs.size(); ++i) {
                const std::int64_t size = pass.inputs[i].shape.size();
                if (const Tensor<T>& dx = pass.inputGradients[i]) std::copy_n(dy, size, dx.data + n * size);
                dy += size;
            }
    }
};

LayerSchema concat() {
    LayerSchema s;
    s.id = "concat";
    s.name = "Concatenate";
    s.category = Category::Merge;
    s.doc = "Puts the channels of its inputs one after another, so that what follows sees them all. Joins "
            "parallel branches, or early features to late ones.";
    s.formula = "y = [x₁; x₂; …]";
    s.keywords = "concat join stack channels inception densenet unet merge";
    s.inputs = {2, -1, {}};
    return LayerBuilder<MergeParams>(std::move(s), {})
        .infer(inferConcat)
        .kernel<ConcatKernel>()
        .computes([](const MergeParams&, std::span<const Shape>) { return operation::Concatenate{}; })
        .sample("two maps", {}, {{3, 2, 4}, {1, 2, 4}})
        .sample("three vectors", {}, {{5, 1, 1}, {2, 1, 1}, {4, 1, 1}})
        .build();
}

} // namespace

std::vector<LayerSchema> mergeLayers() {
    std::vector<LayerSchema> all;
    all.push_back(add());
    all.push_back(multiply());
    all.push_back(concat());
    return all;
}

} // namespace burdock
