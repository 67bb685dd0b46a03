#include "engine/layers/attention.h"
#include "engine/layers/count_text.h"
#include "engine/layers/operations.h"

#include "engine/layers/families.h"
#include "engine/layers/layer_builder.h"
#include "engine/layers/sequence.h"
#include "engine/tensor/saturated.h"

#include <armadillo>
#include <cmath>

namespace burdock {
namespace {

ParamTable<AttentionParams> table() {
    ParamTable<AttentionParams> t;
    t.add(&AttentionParams::heads,
          {.key = "heads",
           .label = "Heads",
           .minimum = 1,
           .maximum = 1 << 10,
           .doc = "How many things each position can look for at once; the features are shared out evenly."});
    t.add(&AttentionParams::causal,
          {.key = "causal",
           .label = "Causal",
           .doc = "A position sees itself and what came before, never what follows: "
                  "needed where the next token is to be told."});
    t.add(&AttentionParams::bias, {.key = "bias",
                                   .label = "Bias",
                                   .doc = "Adds a learned constant to queries, keys, values and output.",
                                   .advanced = true});
    return t;
}

Result<Shape> inferShape(const AttentionParams& p, std::span<const Shape> in) {
    if (const Status sequence = checkSequence(in[0]); !sequence) return refuse(sequence.error());
    const std::int64_t features = Sequence(in[0]).features;
    if (features % p.heads == 0) return in[0];
    std::int64_t fitting = p.heads;
    while (features % fitting != 0)
        --fitting;
    Diagnostic d;
    d.code = "attention.heads";
    d.what = "The features cannot be shared out evenly among the heads.";
    d.why = std::to_string(features) + " features, " + std::to_string(p.heads) + " heads.";
    d.mend = "Choose a number of heads that divides the features, such as " + std::to_string(fitting) + ".";
    d.param = "heads";
    d.fix = Fix{Fix::Kind::SetParam, "Set heads to " + std::to_string(fitting), {}, "heads", fitting, {}, 0};
    return refuse(std::move(d));
}

std::vector<WeightSpec> weightSpecs(const AttentionParams& p, std::span<const Shape> in) {
    const std::int64_t d = Sequence(in[0]).features;
    std::vector<WeightSpec> specs{{"qkv_weight", {3 * d, d}, Initializer::GlorotUniform, d, 3 * d}};
    if (p.bias)
        specs.push_back({"qkv_bias", {3 * d}, Initializer::Zeros, d, 3 * d, WeightRole::Parameter, false});
    specs.push_back({"out_weight", {d, d}, Initializer::GlorotUniform, d, d});
    if (p.bias) specs.push_back({"out_bias", {d}, Initializer::Zeros, d, d, WeightRole::Parameter, false});
    return specs;
}

/// Two projections over all positions, and the products of the heads.
std::int64_t macs(const AttentionParams&, std::span<const Shape> in) {
    const Sequence s(in[0]);
    return saturatedSum(4 * s.positions * s.features * s.features,
                        saturatedProduct(2 * s.positions * s.features, s.positions));
}

/// With T positions, D features, H heads of E = D/H features, batch B. A column is a position: X (D × B·T).
template <class T>
class AttentionKernel final : public Kernel<T> {
  public:
    AttentionKernel(const AttentionParams& p, std::span<const Shape> in)
        : p_(p)
        , positions_(static_cast<arma::uword>(Sequence(in[0]).positions))
        , features_(static_cast<arma::uword>(Sequence(in[0]).features))
        , size_(features_ / static_cast<arma::uword>(p.heads))
        , scale_(T(1) / std::sqrt(static_cast<T>(size_))) {}

    void forward(const Pass<T>& pass) override {
        const arma::Mat<T> x = columns(pass.inputs[0]);
        arma::Mat<T> y = columns(pass.output);
        qkv_ = weight(pass, qkvWeight(), 3 * features_).t() * x; // (3D × B·T)
        if (p_.bias) qkv_.each_col() += bias(pass.weights[1], 3 * features_);
        context_.set_size(features_, x.n_cols);
        shares_.set_size(positions_, positions_, heads() * x.n_cols / positions_);
        for (arma::uword n = 0; n < shares_.n_slices; ++n) {
            const Span q = part(n, 0), k = part(n, 1), v = part(n, 2);
            arma::Mat<T>& a = shares_.slice(n); // a(j, i): how much position i looks at j
            a = scale_ * (qkv_(k.rows, k.columns).t() * qkv_(q.rows, q.columns));
            normalise(a);
            context_(q.rows, q.columns) = qkv_(v.rows, v.columns) * a;
        }
        y = weight(pass, outWeight(), features_).t() * context_;
        if (p_.bias) y.each_col() += bias(pass.weights[3], features_);
    }
    void backward(const Pass<T>& pass) override {
        const arma::Mat<T> x = columns(pass.inputs[0]), dy = columns(pass.outputGradient);
        const arma::Mat<T> dContext = weight(pass, outWeight(), features_) * dy;
        arma::Mat<T> dQkv(3 * features_, x.n_cols);
        for (arma::uword n = 0; n < shares_.n_slices; ++n) {
            const Span q = part(n, 0), k = part(n, 1), v = part(n, 2);
            const arma::Mat<T>& a = shares_.slice(n);
            dQkv(v.rows, v.columns) = dContext(q.rows, q.columns) * a.t();
            arma::Mat<T> da = qkv_(v.rows, v.columns).t() * dContext(q.rows, q.columns);
            da.each_row() -= arma::Row<T>(arma::sum(a % da, 0)); // the softmax's derivative
            da %= a;
            dQkv(q.rows, q.columns) = scale_ * (qkv_(k.rows, k.columns) * da);
            dQkv(k.rows, k.columns) = scale_ * (qkv_(q.rows, q.columns) * da.t());
        }
        gradients(pass, qkvWeight(), x, dQkv);
        gradients(pass, outWeight(), context_, dy);
        if (pass.inputGradients[0])
            columns(pass.inputGradients[0]) = weight(pass, qkvWeight(), 3 * features_) * dQkv;
    }

  private:
    struct Span {
        arma::span rows, columns;
    };

    arma::uword heads() const { return static_cast<arma::uword>(p_.heads); }
    static constexpr std::size_t qkvWeight() { return 0; }
    std::size_t outWeight() const { return p_.bias ? 2 : 1; }
    /// Of queries (0), keys (1) or values (2) in sample n / H, head n % H.
    Span part(arma::uword n, arma::uword which) const {
        const arma::uword row = which * features_ + n % heads() * size_, column = n / heads() * positions_;
        return {arma::span(row, row + size_ - 1), arma::span(column, column + positions_ - 1)};
    }
    /// A softmax in each column; with `causal` over the positions up to its own.
    void normalise(arma::Mat<T>& a) const {
        for (arma::uword i = 0; i < a.n_cols; ++i) {
            auto seen = a(arma::span(0, p_.causal ? i : positions_ - 1), i);
            seen = arma::exp(seen - seen.max());
            seen /= arma::accu(seen);
            if (p_.causal && i + 1 < positions_) a(arma::span(i + 1, positions_ - 1), i).zeros();
        }
    }
    arma::Mat<T> columns(const Tensor<T>& t) const {
        return {t.data, features_, positions_ * static_cast<arma::uword>(t.batch), false, true};
    }
    /// Kept row-major as (out, D): the view is its transpose.
    arma::Mat<T> weight(const Pass<T>& pass, std::size_t index, arma::uword out) const {
        return {pass.weights[index], features_, out, false, true};
    }
    static arma::Col<T> bias(T* data, arma::uword size) { return {data, size, false, true}; }
    void gradients(const Pass<T>& pass, std::size_t index, const arma::Mat<T>& x,
                   const arma::Mat<T>& dy) const {
        if (pass.weightGradients[index])
            arma::Mat<T>(pass.weightGradients[index], features_, dy.n_rows, false, true) = x * dy.t();
        if (p_.bias && pass.weightGradients[index + 1])
            bias(pass.weightGradients[index + 1], dy.n_rows) = arma::sum(dy, 1);
    }

    AttentionParams p_;
    arma::uword positions_, features_, size_;
    T scale_;
    arma::Mat<T> qkv_, context_;
    arma::Cube<T> shares_; // T × T × B·H
};

} // namespace

LayerSchema attentionLayer() {
    LayerSchema s;
    s.id = "multi_head_attention";
    s.name = "Multi-head attention";
    s.category = Category::Sequence;
    s.perPosition = true;
    s.doc = "Each position asks a question, and gathers what the positions with fitting keys have to say. "
            "Several heads ask different questions. The heart of the transformer (Vaswani and others, 2017).";
    s.formula = "y = Wₒ·[softmax(Q·Kᵀ/√E)·V]ₕ,  [Q K V] = W·x";
    s.keywords = "self attention transformer gpt query key value scaled dot product causal mask";
    return LayerBuilder<AttentionParams>(std::move(s), table())
        .infer(inferShape)
        .weights(weightSpecs)
        .macs(macs)
        .summary([](const AttentionParams& p) {
            return countText(p.heads, "head") + (p.causal ? " · causal" : "");
        })
        .kernel<AttentionKernel>()
        .computes([](const AttentionParams& p, std::span<const Shape>) {
            return operation::Attention{p.heads, p.causal, p.bias};
        })
        .sample("two heads", {2, false, true}, {Shape::sequence(3, 4)})
        .sample("causal", {2, true, true}, {Shape::sequence(4, 4)})
        .sample("one head, no bias", {1, true, false}, {Shape::sequence(3, 3)})
        .sample("many positions", {2, true, true}, {Shape::sequence(70, 4)})
        .sample("wide head", {1, false, true}, {Shape::sequence(18, 20)})
        .sample("one position", {1, true, true}, {Shape::sequence(1, 2)})
        .build();
}

} // namespace burdock
