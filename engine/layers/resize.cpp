#include "engine/layers/resize.h"
#include "engine/layers/operations.h"

#include "engine/layers/families.h"
#include "engine/layers/layer_builder.h"
#include "engine/layers/sequence.h"

#include <algorithm>

namespace burdock {
namespace {

ParamTable<MarginParams> marginTable(const std::string& verb) {
    const auto spec = [&](const char* key, const char* label, const std::string& what) {
        return ParamSpec{
            .key = key, .label = label, .minimum = 0, .maximum = 1024, .unit = "px", .doc = what};
    };
    ParamTable<MarginParams> t;
    t.add(&MarginParams::top, spec("top", "Top", "Rows " + verb + " above."));
    t.add(&MarginParams::bottom, spec("bottom", "Bottom", "Rows " + verb + " below."));
    t.add(&MarginParams::left, spec("left", "Left", "Columns " + verb + " at the left."));
    t.add(&MarginParams::right, spec("right", "Right", "Columns " + verb + " at the right."));
    return t;
}

/// Copies between maps of two sizes: output pixel (i, j) is input pixel (i + down, j + across), or zero where
/// there is none.
template <class T>
class ShiftKernel : public Kernel<T> {
  public:
    ShiftKernel(std::int64_t down, std::int64_t across)
        : down_(down)
        , across_(across) {}

    void forward(const Pass<T>& pass) override { move(pass.inputs[0], pass.output, down_, across_); }
    void backward(const Pass<T>& pass) override {
        if (pass.inputGradients[0]) move(pass.outputGradient, pass.inputGradients[0], -down_, -across_);
    }

  private:
    static void move(const Tensor<T>& from, const Tensor<T>& to, std::int64_t down, std::int64_t across) {
        const Shape &a = from.shape, &b = to.shape;
        const std::int64_t begin = std::clamp<std::int64_t>(-across, 0, b.width);
        const std::int64_t end = std::clamp<std::int64_t>(a.width - across, begin, b.width);
        for (std::int64_t map = 0; map < to.batch * b.channels; ++map)
            for (std::int64_t i = 0; i < b.height; ++i) {
                T* const row = to.data + (map * b.height + i) * b.width;
                const std::int64_t source = i + down;
                const bool inside = source >= 0 && source < a.height;
                std::fill(row, row + (inside ? begin : b.width), T(0));
                if (!inside) continue;
                const T* const x = from.data + (map * a.height + source) * a.width;
                std::copy(x + begin + across, x + end + across, row + begin);
                std::fill(row + end, row + b.width, T(0));
            }
    }

    std::int64_t down_, across_;
};

std::string marginSummary(const MarginParams& p) {
    if (p.top == p.bottom && p.left == p.right && p.top == p.left)
        return std::to_string(p.top) + " px around";
    return std::to_string(p.top) + ", " + std::to_string(p.bottom) + ", " + std::to_string(p.left) + ", " +
           std::to_string(p.right) + " px";
}

template <class T>
class PadKernel final : public ShiftKernel<T> {
  public:
    PadKernel(const MarginParams& p, std::span<const Shape>)
        : ShiftKernel<T>(-p.top, -p.left) {}
};

LayerSchema zeroPad() {
    LayerSchema s;
    s.id = "zeropad2d";
    s.name = "Zero padding 2D";
    s.category = Category::Reshape;
    s.doc = "Puts rows and columns of zeros around the feature maps, as many at each side as given. For "
            "paddings that a convolution cannot be asked for.";
    s.formula = "y[c,i,j] = x[c, i − top, j − left], else 0";
    s.keywords = "padding border margin zeropadding";
    return LayerBuilder<MarginParams>(std::move(s), marginTable("of zeros"))
        .infer([](const MarginParams& p, std::span<const Shape> in) -> Result<Shape> {
            return alongSequence(
                in[0], {in[0].channels, in[0].height + p.top + p.bottom, in[0].width + p.left + p.right});
        })
        .keepsAxes()
        .summary(marginSummary)
        .kernel<PadKernel>()
        .computes([](const MarginParams& p, std::span<const Shape>) {
            return operation::Shift{-p.top, -p.left};
        })
        .sample("one around", {1, 1, 1, 1}, {{2, 3, 4}})
        .sample("each side another", {0, 2, 3, 1}, {{2, 3, 2}})
        .sample("none", {0, 0, 0, 0}, {{2, 2, 3}})
        .sample("vector", {1, 0, 0, 2}, {{5, 1, 1}})
        .build();
}

template <class T>
class CropKernel final : public ShiftKernel<T> {
  public:
    CropKernel(const MarginParams& p, std::span<const Shape>)
        : ShiftKernel<T>(p.top, p.left) {}
};

LayerSchema crop() {
    LayerSchema s;
    s.id = "crop2d";
    s.name = "Crop 2D";
    s.category = Category::Reshape;
    s.doc = "Cuts rows and columns off the feature maps, as many at each side as given. Makes early maps as "
            "small as late ones before they are joined, as in the U-Net.";
    s.formula = "y[c,i,j] = x[c, i + top, j + left]";
    s.keywords = "cropping cut border margin unet slice";
    return LayerBuilder<MarginParams>(std::move(s), marginTable("cut off"))
        .infer([](const MarginParams& p, std::span<const Shape> in) -> Result<Shape> {
            const Shape out{in[0].channels, in[0].height - p.top - p.bottom, in[0].width - p.left - p.right};
            if (out.height >= 1 && out.width >= 1) return alongSequence(in[0], out);
            Diagnostic d;
            d.code = "crop.empty";
            d.what = "Nothing is left of the maps.";
            d.why = "The input is " + toString(in[0]) + ".";
            d.mend = "Cut less off.";
            return refuse(std::move(d));
        })
        .keepsAxes()
        .summary(marginSummary)
        .kernel<CropKernel>()
        .computes([](const MarginParams& p, std::span<const Shape>) {
            return operation::Shift{p.top, p.left};
        })
        .sample("one around", {1, 1, 1, 1}, {{2, 4, 5}})
        .sample("each side another", {0, 2, 1, 1}, {{2, 4, 4}})
        .sample("none", {0, 0, 0, 0}, {{2, 2, 3}})
        .sample("to one pixel", {1, 1, 0, 2}, {{20, 3, 3}})
        .build();
}

/// From which two neighbours of the input a row or column of the output is mixed.
struct Source {
    std::int64_t first, second;
    double share; ///< of the second
};

/// Pixel centres lie at i + ½ in both pictures; beyond the outermost centres the border is repeated.
std::vector<Source> sourcesOf(std::int64_t input, std::int64_t scale, Interpolation mode) {
    std::vector<Source> sources;
    for (std::int64_t i = 0; i < input * scale; ++i) {
        if (mode == Interpolation::Nearest) {
            sources.push_back({i / scale, i / scale, 0});
            continue;
        }
        const double centre = (static_cast<double>(i) + 0.5) / static_cast<double>(scale) - 0.5;
        const double at = std::clamp(centre, 0.0, static_cast<double>(input - 1));
        const auto first = static_cast<std::int64_t>(at);
        sources.push_back({first, std::min(first + 1, input - 1), at - static_cast<double>(first)});
    }
    return sources;
}

template <class T>
class UpsampleKernel final : public Kernel<T> {
  public:
    UpsampleKernel(const UpsampleParams& p, std::span<const Shape> in)
        : rows_(sourcesOf(in[0].height, p.scale.height, p.mode))
        , columns_(sourcesOf(in[0].width, p.scale.width, p.mode)) {}

    void forward(const Pass<T>& pass) override {
        const T* const x = pass.inputs[0].data;
        T* const y = pass.output.data;
        forEach(pass, [&](std::int64_t out, std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d,
                          T down, T across) {
            const T above = x[a] + across * (x[b] - x[a]), below = x[c] + across * (x[d] - x[c]);
            y[out] = above + down * (below - above);
        });
    }
    void backward(const Pass<T>& pass) override {
        const Tensor<T>& gradient = pass.inputGradients[0];
        if (!gradient) return;
        const T* const dy = pass.outputGradient.data;
        T* const dx = gradient.data;
        std::fill_n(dx, gradient.size(), T(0));
        forEach(pass, [&](std::int64_t out, std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d,
                          T down, T across) {
            dx[a] += dy[out] * (T(1) - down) * (T(1) - across);
            dx[b] += dy[out] * (T(1) - down) * across;
            dx[c] += dy[out] * down * (T(1) - across);
            dx[d] += dy[out] * down * across;
        });
    }

  private:
    /// visit(output, the four inputs around it (two above, two below), share of those below, of those right)
    template <class Visit>
    void forEach(const Pass<T>& pass, Visit visit) const {
        const Shape& in = pass.inputs[0].shape;
        std::int64_t out = 0;
        for (std::int64_t map = 0; map < pass.output.batch * in.channels; ++map)
            for (const Source& row : rows_) {
                const std::int64_t above = (map * in.height + row.first) * in.width;
                const std::int64_t below = (map * in.height + row.second) * in.width;
                for (const Source& column : columns_)
                    visit(out++, above + column.first, above + column.second, below + column.first,
                          below + column.second, static_cast<T>(row.share), static_cast<T>(column.share));
            }
    }

    std::vector<Source> rows_, columns_;
};

LayerSchema upsample() {
    using enum Interpolation;
    LayerSchema s;
    s.id = "upsample2d";
    s.name = "Upsample 2D";
    s.category = Category::Reshape;
    s.doc = "Enlarges the feature maps by whole factors, by repeating pixels or by mixing neighbours. With a "
            "convolution after it, the plain way to enlarge in decoders.";
    s.formula = "y[c,i,j] = x[c, i/s, j/s]";
    s.keywords = "upsampling resize enlarge nearest bilinear interpolation decoder";
    ParamTable<UpsampleParams> t;
    t.add(
        &UpsampleParams::scale,
        {.key = "scale", .label = "Scale", .minimum = 1, .maximum = 64, .doc = "Factors of height × width."});
    t.addChoice(&UpsampleParams::mode,
                {.key = "mode", .label = "Mode", .doc = "What lies between the input's pixels."},
                {{"nearest", "Nearest", "Each pixel is repeated."},
                 {"bilinear", "Bilinear", "The four nearest pixels are mixed by their distance."}});
    return LayerBuilder<UpsampleParams>(std::move(s), t)
        .infer([](const UpsampleParams& p, std::span<const Shape> in) -> Result<Shape> {
            return alongSequence(
                in[0], {in[0].channels, in[0].height * p.scale.height, in[0].width * p.scale.width});
        })
        .keepsAxes()
        .macs([](const UpsampleParams& p, std::span<const Shape> in) {
            return p.mode == Nearest ? 0 : 3 * in[0].size() * p.scale.height * p.scale.width;
        })
        .summary([](const UpsampleParams& p) { return "× " + toString(ParamValue{p.scale}); })
        .kernel<UpsampleKernel>()
        .computes([](const UpsampleParams& p, std::span<const Shape>) {
            return operation::Resampling{p.mode == Bilinear};
        })
        .sample("doubled", {{2, 2}, Nearest}, {{2, 3, 4}})
        .sample("doubled bilinear", {{2, 2}, Bilinear}, {{2, 3, 4}})
        .sample("non-square bilinear", {{3, 2}, Bilinear}, {{1, 2, 3}})
        .sample("non-square", {{1, 3}, Nearest}, {{2, 2, 2}})
        .sample("same size", {{1, 1}, Bilinear}, {{2, 2, 3}})
        .sample("one pixel", {{2, 1}, Bilinear}, {{7, 1, 1}})
        .build();
}

} // namespace

std::vector<LayerSchema> resizeLayers() {
    return {zeroPad(), crop(), upsample()};
}

} // namespace burdock
