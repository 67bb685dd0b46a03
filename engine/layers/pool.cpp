#include "engine/layers/pool.h"
#include "engine/layers/operations.h"

#include "engine/layers/families.h"
#include "engine/layers/layer_builder.h"
#include "engine/layers/sequence.h"

#include <algorithm>
#include <functional>

namespace burdock {
namespace {

ParamTable<PoolParams> table() {
    ParamTable<PoolParams> t;
    t.add(&PoolParams::kernel, kernelSpec("Height × width of the window that becomes one value."));
    t.add(&PoolParams::stride,
          strideSpec("Step from one window to the next. Like the kernel: windows side by side."));
    t.addChoice(&PoolParams::padding, paddingSpec(), paddingChoices());
    t.add(&PoolParams::pad, padSpec());
    return t;
}

Result<Shape> inferShape(const PoolParams& p, std::span<const Shape> in) {
    const Window w = poolWindow(p, in[0]);
    // A window must meet the input: padding has neither a maximum nor an average.
    if (p.padding == Padding::Explicit &&
        (p.pad.height >= p.kernel.height || p.pad.width >= p.kernel.width)) {
        const IntPair most{std::min(p.pad.height, p.kernel.height - 1),
                           std::min(p.pad.width, p.kernel.width - 1)};
        Diagnostic d;
        d.code = "pool.padding";
        d.param = "pad";
        d.what = "The padding is as large as the kernel.";
        d.why = "Windows would lie in the padding alone, where there is nothing to pool.";
        d.mend = "Give less padding than the kernel's height and width.";
        d.fix = Fix{Fix::Kind::SetParam,
                    "Set the padding to " + toString(ParamValue{most}),
                    {},
                    "pad",
                    ParamValue{most},
                    {},
                    0};
        return refuse(std::move(d));
    }
    if (const Status fits = checkWindow(w); !fits) return refuse(fits.error());
    return alongSequence(in[0], w.output(in[0].channels));
}

/// A run of input positions [begin, end): the part of a window that lies within the input. Never empty.
struct Run {
    std::int64_t begin, end;
};
Run runOf(const WindowAxis& a, std::int64_t out) {
    const std::int64_t start = a.start(out);
    return {std::max<std::int64_t>(start, 0), std::min(start + a.kernel, a.input)};
}

/// Calls visit(input map, output map, output position, rows, columns) for each window of each map; both maps
/// are offsets into the batch.
template <class Visit>
void forEachWindow(const Window& w, std::int64_t maps, Visit visit) {
    const std::int64_t inputArea = w.y.input * w.x.input, outputArea = w.y.output * w.x.output;
    for (std::int64_t m = 0; m < maps; ++m)
        for (std::int64_t i = 0; i < w.y.output; ++i) {
            const Run rows = runOf(w.y, i);
            for (std::int64_t j = 0; j < w.x.output; ++j)
                visit(m * inputArea, m * outputArea + i * w.x.output + j, rows, runOf(w.x, j));
        }
}

Window wholeMap(const Shape& in) {
    return resolveWindow(in, {in.height, in.width}, {1, 1}, {1, 1}, Padding::Valid, {0, 0});
}

/// The value of each window that lies before all others by the comparison `Before`.
template <class T, class Before>
class ExtremePoolKernel : public Kernel<T> {
  public:
    ExtremePoolKernel(const PoolParams& p, std::span<const Shape> in)
        : window_(poolWindow(p, in[0])) {}
    /// Over whole maps.
    ExtremePoolKernel(const GlobalPoolParams&, std::span<const Shape> in)
        : window_(wholeMap(in[0])) {}

    void forward(const Pass<T>& pass) override {
        const T* const x = pass.inputs[0].data;
        T* const y = pass.output.data;
        forEachWindow(window_, pass.output.shape.channels * pass.output.batch,
                      [&](std::int64_t map, std::int64_t out, Run rows, Run columns) {
                          y[out] = x[winner(x, map, rows, columns)];
                      });
    }
    /// The gradient goes to the first of equal winners, found again from the input.
    void backward(const Pass<T>& pass) override {
        if (!pass.inputGradients[0]) return;
        const T *const x = pass.inputs[0].data, *const dy = pass.outputGradient.data;
        T* const dx = pass.inputGradients[0].data;
        std::fill_n(dx, pass.inputGradients[0].size(), T(0));
        forEachWindow(window_, pass.output.shape.channels * pass.output.batch,
                      [&](std::int64_t map, std::int64_t out, Run rows, Run columns) {
                          dx[winner(x, map, rows, columns)] += dy[out];
                      });
    }

  private:
    std::int64_t winner(const T* x, std::int64_t map, Run rows, Run columns) const {
        std::int64_t best = map + rows.begin * window_.x.input + columns.begin;
        for (std::int64_t i = rows.begin; i < rows.end; ++i)
            for (std::int64_t j = columns.begin; j < columns.end; ++j) {
                const std::int64_t at = map + i * window_.x.input + j;
                // A NaN wins, so that a diverged network shows it.
                if (Before{}(x[at], x[best]) || x[at] != x[at]) best = at;
            }
        return best;
    }

    Window window_;
};

template <class T>
using MaxPoolKernel = ExtremePoolKernel<T, std::greater<T>>;
template <class T>
using MinPoolKernel = ExtremePoolKernel<T, std::less<T>>;

/// The padding is left out of the average.
template <class T>
class AvgPoolKernel final : public Kernel<T> {
  public:
    AvgPoolKernel(const PoolParams& p, std::span<const Shape> in)
        : window_(poolWindow(p, in[0])) {}

    void forward(const Pass<T>& pass) override {
        const T* const x = pass.inputs[0].data;
        T* const y = pass.output.data;
        forEachWindow(window_, pass.output.shape.channels * pass.output.batch,
                      [&](std::int64_t map, std::int64_t out, Run rows, Run columns) {
                          T sum = 0;
                          for (std::int64_t i = rows.begin; i < rows.end; ++i)
                              for (std::int64_t j = columns.begin; j < columns.end; ++j)
                                  sum += x[map + i * window_.x.input + j];
                          y[out] = sum / count(rows, columns);
                      });
    }
    void backward(const Pass<T>& pass) override {
        if (!pass.inputGradients[0]) return;
        const T* const dy = pass.outputGradient.data;
        T* const dx = pass.inputGradients[0].data;
        std::fill_n(dx, pass.inputGradients[0].size(), T(0));
        forEachWindow(window_, pass.output.shape.channels * pass.output.batch,
                      [&](std::int64_t map, std::int64_t out, Run rows, Run columns) {
                          const T share = dy[out] / count(rows, columns);
                          for (std::int64_t i = rows.begin; i < rows.end; ++i)
                              for (std::int64_t j = columns.begin; j < columns.end; ++j)
                                  dx[map + i * window_.x.input + j] += share;
                      });
    }

  private:
    static T count(Run rows, Run columns) {
        return static_cast<T>((rows.end - rows.begin) * (columns.end - columns.begin));
    }

    Window window_;
};

template <class T>
class GlobalAvgPoolKernel final : public Kernel<T> {
  public:
    GlobalAvgPoolKernel(const GlobalPoolParams&, std::span<const Shape>) {}

    void forward(const Pass<T>& pass) override {
        const T* x = pass.inputs[0].data; // maps × area
        const std::int64_t area = pass.inputs[0].shape.area();
        for (T& y : pass.output.values()) {
            T sum = 0;
            for (std::int64_t i = 0; i < area; ++i)
                sum += x[i];
            y = sum / static_cast<T>(area);
            x += area;
        }
    }
    void backward(const Pass<T>& pass) override {
        if (!pass.inputGradients[0]) return;
        T* dx = pass.inputGradients[0].data;
        const std::int64_t area = pass.inputs[0].shape.area();
        for (const T dy : pass.outputGradient.values()) {
            std::fill_n(dx, area, dy / static_cast<T>(area));
            dx += area;
        }
    }
};

std::string summary(const PoolParams& p) {
    std::string text = toString(ParamValue{p.kernel});
    if (p.stride != p.kernel) text += " · stride " + toString(ParamValue{p.stride});
    return text;
}

template <template <class> class K>
LayerBuilder<PoolParams> windowPool(LayerSchema s) {
    using enum Padding;
    s.category = Category::Pooling;
    LayerBuilder<PoolParams> builder(std::move(s), table());
    builder.infer(inferShape)
        .keepsAxes()
        .summary(summary)
        .template kernel<K>()
        .sample("2×2", {{2, 2}, {2, 2}, Valid, {0, 0}}, {{3, 6, 4}})
        .sample("valid leaves a rest", {{2, 2}, {2, 2}, Valid, {0, 0}}, {{2, 7, 5}})
        .sample("same leaves no rest", {{2, 2}, {2, 2}, Same, {0, 0}}, {{2, 7, 5}})
        .sample("overlapping", {{3, 3}, {2, 2}, Valid, {0, 0}}, {{2, 7, 7}})
        .sample("overlapping same", {{3, 3}, {1, 1}, Same, {0, 0}}, {{1, 4, 5}})
        .sample("same even kernel", {{4, 2}, {1, 1}, Same, {0, 0}}, {{2, 5, 5}})
        .sample("explicit", {{3, 3}, {2, 2}, Explicit, {1, 1}}, {{2, 6, 7}})
        .sample("non-square", {{1, 3}, {1, 2}, Explicit, {0, 2}}, {{2, 3, 8}})
        .sample("1×1", {{1, 1}, {1, 1}, Valid, {0, 0}}, {{2, 3, 4}})
        .sample("1×1 stride 2", {{1, 1}, {2, 2}, Valid, {0, 0}}, {{2, 5, 4}})
        .sample("stride longer than kernel", {{2, 2}, {3, 3}, Valid, {0, 0}}, {{1, 8, 7}})
        .sample("same, kernel larger than input", {{5, 5}, {2, 2}, Same, {0, 0}}, {{1, 2, 3}});
    return builder;
}

auto pooling(operation::Pooling::Kind kind) {
    return [kind](const PoolParams& p, std::span<const Shape> in) {
        return operation::Pooling{kind, poolWindow(p, in[0])};
    };
}

template <template <class> class K>
LayerSchema globalPool(LayerSchema s, operation::Pooling::Kind kind) {
    s.category = Category::Pooling;
    return LayerBuilder<GlobalPoolParams>(std::move(s), {})
        .infer([](const GlobalPoolParams&, std::span<const Shape> in) -> Result<Shape> {
            return Shape{in[0].channels, 1, 1};
        })
        .template kernel<K>()
        .computes([kind](const GlobalPoolParams&, std::span<const Shape> in) {
            return operation::Pooling{kind, wholeMap(in[0])};
        })
        .sample("maps", {}, {{3, 4, 5}})
        .sample("one channel", {}, {{1, 3, 2}})
        .sample("vector", {}, {{6, 1, 1}})
        .build();
}

LayerSchema maxPool() {
    LayerSchema s;
    s.id = "maxpool2d";
    s.name = "Max pooling 2D";
    s.doc = "Keeps the largest value of each window. Makes the maps smaller and what follows a little "
            "indifferent to small shifts of the picture.";
    s.formula = "y[c,i,j] = max x[c, i·s + u, j·s + v]";
    s.keywords = "maxpool subsampling downsampling maxpooling";
    return windowPool<MaxPoolKernel>(std::move(s)).computes(pooling(operation::Pooling::Kind::Max)).build();
}

LayerSchema minPool() {
    LayerSchema s;
    s.id = "minpool2d";
    s.name = "Min pooling 2D";
    s.doc = "Keeps the smallest value of each window: the counterpart of max pooling, for dark features on a "
            "bright ground.";
    s.formula = "y[c,i,j] = min x[c, i·s + u, j·s + v]";
    s.keywords = "minpool minimum subsampling downsampling minpooling";
    return windowPool<MinPoolKernel>(std::move(s)).build();
}

LayerSchema avgPool() {
    LayerSchema s;
    s.id = "avgpool2d";
    s.name = "Average pooling 2D";
    s.doc = "Replaces each window by its average. Gentler than max pooling; the subsampling of the first "
            "convolutional networks. Padding is left out of the average.";
    s.formula = "y[c,i,j] = mean x[c, i·s + u, j·s + v]";
    s.keywords = "avgpool mean subsampling downsampling averagepooling";
    return windowPool<AvgPoolKernel>(std::move(s))
        .computes(pooling(operation::Pooling::Kind::Average))
        .build();
}

LayerSchema globalAvgPool() {
    LayerSchema s;
    s.id = "global_avgpool";
    s.name = "Global average pooling";
    s.doc = "Replaces each feature map by its average: a vector with one value per channel. Takes the place "
            "of Flatten before the last Dense layer, without any weights.";
    s.formula = "y[c] = 1/(H·W) · Σ x[c,i,j]";
    s.keywords = "gap mean globalaveragepooling squeeze";
    return globalPool<GlobalAvgPoolKernel>(std::move(s), operation::Pooling::Kind::Average);
}

LayerSchema globalMaxPool() {
    LayerSchema s;
    s.id = "global_maxpool";
    s.name = "Global max pooling";
    s.doc = "Keeps the largest value of each feature map: a vector with one value per channel that says "
            "whether a feature was found anywhere.";
    s.formula = "y[c] = max x[c,i,j]";
    s.keywords = "gmp maximum globalmaxpooling";
    return globalPool<MaxPoolKernel>(std::move(s), operation::Pooling::Kind::Max);
}

} // namespace

std::vector<LayerSchema> poolLayers() {
    std::vector<LayerSchema> all;
    all.push_back(maxPool());
    all.push_back(minPool());
    all.push_back(avgPool());
    all.push_back(globalAvgPool());
    all.push_back(globalMaxPool());
    return all;
}

} // namespace burdock
