#include "engine/layers/embedding.h"

#include "engine/layers/families.h"
#include "engine/layers/layer_builder.h"
#include "engine/layers/operations.h"
#include "engine/layers/sequence.h"
#include "engine/schema/layer_registry.h"
#include "engine/tensor/matrix.h"

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

ParamTable<EmbeddingParams> table() {
    ParamTable<EmbeddingParams> t;
    t.add(&EmbeddingParams::vocabulary,
          {.key = "vocabulary",
           .label = "Vocabulary",
           .minimum = 1,
           .maximum = 1 << 24,
           .doc = "How many different tokens there are. They are numbered from 0.",
           .role = ParamRole::Vocabulary});
    t.add(&EmbeddingParams::features, {.key = "features",
                                       .label = "Features",
                                       .minimum = 1,
                                       .maximum = 1 << 20,
                                       .doc = "The width: numbers that are learned for each token.",
                                       .role = ParamRole::OutputFeatures});
    return t;
}

Result<Shape> inferEmbedding(const EmbeddingParams& p, std::span<const Shape> in) {
    if (in[0].isFlat()) return Shape::sequence(in[0].channels, p.features);
    Diagnostic d;
    d.code = "embedding.not-flat";
    d.what = "An embedding takes the tokens of a text as a vector.";
    d.why = "The input is " + toString(in[0]) + ".";
    d.mend = "Put a Flatten before it if these are tokens; numbers need no embedding.";
    d.fix = insertMaking("Insert a Flatten", in[0], {in[0].size(), 1, 1});
    return refuse(std::move(d));
}

/// y[b][t] = W[x[b][t]]. Tokens are whole numbers held as floats; one out of range counts as the nearest.
template <class T>
class EmbeddingKernel final : public Kernel<T> {
  public:
    EmbeddingKernel(const EmbeddingParams& p, std::span<const Shape>)
        : vocabulary_(p.vocabulary)
        , features_(p.features) {}

    void forward(const Pass<T>& pass) override {
        const auto tokens = pass.inputs[0].values();
        T* y = pass.output.data;
        for (const T token : tokens)
            y = std::copy_n(pass.weights[0] + rowOf(token), features_, y);
    }
    void backward(const Pass<T>& pass) override {
        if (const Tensor<T>& dx = pass.inputGradients[0]) std::ranges::fill(dx.values(), T(0)); // flat steps
        T* const dw = pass.weightGradients[0];
        if (!dw) return;
        std::fill_n(dw, vocabulary_ * features_, T(0));
        const T* dy = pass.outputGradient.data;
        for (const T token : pass.inputs[0].values()) {
            T* const row = dw + rowOf(token);
            for (std::int64_t d = 0; d < features_; ++d)
                row[d] += dy[d];
            dy += features_;
        }
    }

  private:
    std::int64_t rowOf(T token) const {
        const T nearest = std::round(token); // not a number counts as the first
        return nearest > 0
                   ? static_cast<std::int64_t>(std::min(nearest, static_cast<T>(vocabulary_ - 1))) * features_
                   : 0;
    }
    std::int64_t vocabulary_, features_;
};

LayerSchema embedding() {
    LayerSchema s;
    s.id = "embedding";
    s.name = "Embedding";
    s.category = Category::Sequence;
    s.doc = "A vector of features for each token, looked up in a learned table. Tokens that are used alike "
            "come to lie near each other.";
    s.formula = "yₜ = W[xₜ]";
    s.keywords = "lookup table token word vector vocabulary text language gpt";
    return LayerBuilder<EmbeddingParams>(std::move(s), table())
        .infer(inferEmbedding)
        .makes([](const Shape& from, const Shape& to) -> std::optional<EmbeddingParams> {
            if (!from.isFlat() || !to.isSequence() || to.height != from.channels) return std::nullopt;
            EmbeddingParams params;
            if (to.width > 0) params.features = to.width;
            return params;
        })
        // LeCun's normal over the features: N(0, 1/D), so that the same table can serve as the output layer.
        .weights([](const EmbeddingParams& p, std::span<const Shape>) {
            WeightSpec table{
                "weight", {p.vocabulary, p.features}, Initializer::LecunNormal, p.features, p.features};
            table.table = true;
            return std::vector{table};
        })
        .summary([](const EmbeddingParams& p) {
            return std::to_string(p.vocabulary) + " tokens · " + std::to_string(p.features) + " features";
        })
        .kernel<EmbeddingKernel>()
        .computes([](const EmbeddingParams& p, std::span<const Shape>) {
            return operation::Embedding{p.vocabulary, p.features};
        })
        .sample("five tokens", {4, 3}, {{5, 1, 1}})
        .sample("two tokens, one feature", {2, 1}, {{2, 1, 1}})
        .build();
}

Result<Shape> inferPositions(const PositionParams&, std::span<const Shape> in) {
    if (const Status sequence = checkSequence(in[0]); !sequence) return refuse(sequence.error());
    return in[0];
}

/// y[b] = x[b] + P, P (T, D).
template <class T>
class LearnedPositionsKernel final : public Kernel<T> {
  public:
    LearnedPositionsKernel(const PositionParams&, std::span<const Shape>) {}

    void forward(const Pass<T>& pass) override {
        arma::Mat<T> y = asMatrix(pass.output);
        y = asMatrix(pass.inputs[0]);
        y.each_col() += positions(pass.weights[0], pass);
    }
    void backward(const Pass<T>& pass) override {
        const arma::Mat<T> dy = asMatrix(pass.outputGradient);
        if (pass.weightGradients[0]) {
            arma::Col<T> gradient = positions(pass.weightGradients[0], pass);
            gradient = arma::sum(dy, 1);
        }
        if (const Tensor<T>& dx = pass.inputGradients[0]) asMatrix(dx) = dy;
    }

  private:
    static arma::Col<T> positions(T* data, const Pass<T>& pass) {
        return {data, static_cast<arma::uword>(pass.output.shape.size()), false, true};
    }
};

LayerSchema learnedPositions() {
    LayerSchema s;
    s.id = "learned_positions";
    s.name = "Learned positions";
    s.category = Category::Sequence;
    s.doc = "Adds a learned vector to each position of a sequence, since attention by itself does not know "
            "the order of its tokens. As in GPT.";
    s.formula = "yₜ = xₜ + pₜ";
    s.keywords = "position embedding order context transformer gpt encoding";
    s.perPosition = true;
    return LayerBuilder<PositionParams>(std::move(s), {})
        .infer(inferPositions)
        .weights([](const PositionParams&, std::span<const Shape> in) {
            const Sequence sequence(in[0]);
            WeightSpec table{"weight", {sequence.positions, sequence.features}};
            table.decays = false;
            table.rowsArePlaces = true;
            table.table = true;
            return std::vector{table};
        })
        .kernel<LearnedPositionsKernel>()
        .computes([](const PositionParams&, std::span<const Shape>) { return operation::Positions{true}; })
        .sample("sequence", {}, {Shape::sequence(4, 3)})
        .sample("one position", {}, {Shape::sequence(1, 2)})
        .build();
}

/// y[b] = x[b] + P, where P[t][d] = positionWave(t, d, D).
template <class T>
class SinusoidalPositionsKernel final : public Kernel<T> {
  public:
    SinusoidalPositionsKernel(const PositionParams&, std::span<const Shape> in)
        : positions_(static_cast<arma::uword>(in[0].size())) {
        const Sequence sequence(in[0]);
        arma::uword next = 0;
        for (std::int64_t t = 0; t < sequence.positions; ++t)
            for (std::int64_t d = 0; d < sequence.features; ++d)
                positions_[next++] = static_cast<T>(positionWave(t, d, sequence.features));
    }
    void forward(const Pass<T>& pass) override {
        arma::Mat<T> y = asMatrix(pass.output);
        y = asMatrix(pass.inputs[0]);
        y.each_col() += positions_;
    }
    void backward(const Pass<T>& pass) override {
        if (const Tensor<T>& dx = pass.inputGradients[0]) asMatrix(dx) = asMatrix(pass.outputGradient);
    }

  private:
    arma::Col<T> positions_;
};

LayerSchema sinusoidalPositions() {
    LayerSchema s;
    s.id = "sinusoidal_positions";
    s.name = "Sinusoidal positions";
    s.category = Category::Sequence;
    s.doc = "Adds waves of many lengths to the features of a sequence, by which its positions can be told "
            "apart. Nothing to learn; as in the first transformer.";
    s.formula = "yₜ = xₜ + [sin(t/10000²ⁱᐟᴰ), cos(t/10000²ⁱᐟᴰ), …]";
    s.keywords = "position encoding order sine cosine wave transformer";
    s.perPosition = true;
    return LayerBuilder<PositionParams>(std::move(s), {})
        .infer(inferPositions)
        .kernel<SinusoidalPositionsKernel>()
        .computes([](const PositionParams&, std::span<const Shape>) { return operation::Positions{false}; })
        .sample("sequence", {}, {Shape::sequence(4, 6)})
        .sample("odd width", {}, {Shape::sequence(3, 5)})
        .build();
}

} // namespace

std::vector<LayerSchema> embeddingLayers() {
    std::vector<LayerSchema> all;
    all.push_back(embedding());
    all.push_back(learnedPositions());
    all.push_back(sinusoidalPositions());
    return all;
}

} // namespace burdock
