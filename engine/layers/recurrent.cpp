#include "engine/layers/recurrent.h"

#include "engine/layers/count_text.h"
#include "engine/layers/families.h"
#include "engine/layers/layer_builder.h"
#include "engine/layers/operations.h"
#include "engine/layers/sequence.h"

#include <algorithm>
#include <armadillo>
#include <cmath>

namespace burdock {
namespace {

using Cell = operation::Recurrent::Cell;
using operation::gatesOf;

ParamTable<RecurrentParams> table() {
    ParamTable<RecurrentParams> t;
    t.add(&RecurrentParams::units, {.key = "units",
                                    .label = "Units",
                                    .minimum = 1,
                                    .maximum = 1 << 16,
                                    .doc = "Width of the state that is carried from position to position.",
                                    .role = ParamRole::OutputFeatures});
    t.add(&RecurrentParams::returnSequences,
          {.key = "return_sequences",
           .label = "Whole sequence",
           .doc = "Puts out the state at each position, for another recurrent layer or an answer at each "
                  "position, and the last state by a second output; otherwise the last state alone."});
    t.add(&RecurrentParams::bias,
          {.key = "bias", .label = "Bias", .doc = "Adds learned constants to the gates.", .advanced = true});
    return t;
}

template <class T>
T logistic(T x) {
    const T e = std::exp(-std::abs(x));
    return x >= T(0) ? T(1) / (T(1) + e) : e / (T(1) + e);
}

/// T positions of D features, H units, G gates, batch B. Time runs slowest within the kernel, so that a step
/// is a matrix of one column a sample, and all steps together are one matrix too.
template <Cell cell>
struct Recurrent {
    template <class T>
    class K final : public Kernel<T> {
      public:
        K(const RecurrentParams& p, std::span<const Shape> in)
            : p_(p)
            , positions_(static_cast<arma::uword>(Sequence(in[0]).positions))
            , features_(static_cast<arma::uword>(Sequence(in[0]).features))
            , units_(static_cast<arma::uword>(p.units)) {}

        void forward(const Pass<T>& pass) override {
            const auto batch = static_cast<arma::uword>(pass.output.batch);
            x_.set_size(features_, batch, positions_);
            turn(
                pass.inputs[0], [](T& inside, T& outside) { inside = outside; }, x_);
            gates_.set_size(rows(), batch, positions_);
            states_.zeros(units_, batch, positions_ + 1);
            cells_.zeros(units_, batch, cell == Cell::Lstm ? positions_ + 1 : 0);
            hidden_.set_size(units_, batch, cell == Cell::Gru ? positions_ : 0);
            arma::Mat<T> fromInput = whole(gates_);
            fromInput = weight(pass.weights[0], features_).t() * whole(x_);
            if (p_.bias) fromInput.each_col() += bias(pass.weights[2]);
            const arma::Mat<T> recurrent = weight(pass.weights[1], units_);
            for (arma::uword t = 0; t < positions_; ++t) {
                arma::Mat<T> fromState = recurrent.t() * states_.slice(t);
                if (p_.bias) fromState.each_col() += bias(pass.weights[3]);
                step(t, fromState);
            }
            put(pass.output);
            if (!pass.moreOutputs.empty()) putLast(pass.moreOutputs[0]);
        }

        void backward(const Pass<T>& pass) override {
            const auto batch = static_cast<arma::uword>(pass.output.batch);
            arma::Cube<T> dInput(rows(), batch, positions_), dHidden;
            if (cell == Cell::Gru) dHidden.set_size(rows(), batch, positions_);
            arma::Cube<T>& dState = cell == Cell::Gru ? dHidden : dInput;
            const arma::Mat<T> recurrent = weight(pass.weights[1], units_);
            arma::Mat<T> dh(units_, batch, arma::fill::zeros), dc(units_, batch, arma::fill::zeros);
            for (arma::uword t = positions_; t-- > 0;) {
                if (pass.outputGradient) addOutputGradient(pass.outputGradient, t, dh);
                if (t + 1 == positions_ && !pass.moreOutputs.empty() && pass.moreOutputGradients[0])
                    addLast(pass.moreOutputGradients[0], dh);
                stepBackward(t, dh, dc, dInput.slice(t), dState.slice(t));
                dh += recurrent * dState.slice(t);
            }
            const arma::Mat<T> di = whole(dInput), ds = whole(dState);
            if (pass.weightGradients[0]) weight(pass.weightGradients[0], features_) = whole(x_) * di.t();
            if (pass.weightGradients[1]) {
                const arma::Mat<T> before(states_.memptr(), units_, batch * positions_, false, true);
                weight(pass.weightGradients[1], units_) = before * ds.t();
            }
            if (p_.bias && pass.weightGradients[2]) bias(pass.weightGradients[2]) = arma::sum(di, 1);
            if (p_.bias && pass.weightGradients[3]) bias(pass.weightGradients[3]) = arma::sum(ds, 1);
            if (!pass.inputGradients[0]) return;
            arma::Cube<T> dx(features_, batch, positions_);
            whole(dx) = weight(pass.weights[0], features_) * di;
            turn(
                pass.inputGradients[0], [](T& inside, T& outside) { outside = inside; }, dx);
        }

      private:
        arma::uword rows() const { return static_cast<arma::uword>(gatesOf(cell)) * units_; }
        static arma::Mat<T> whole(arma::Cube<T>& c) {
            return {c.memptr(), c.n_rows, c.n_cols * c.n_slices, false, true};
        }
        /// Kept row-major as (G·H, inputs): the view is its transpose.
        arma::Mat<T> weight(T* data, arma::uword inputs) const { return {data, inputs, rows(), false, true}; }
        arma::Col<T> bias(T* data) const { return {data, rows(), false, true}; }

        /// Visits each value beside its place in `inside`, where time runs slowest.
        template <class Visit>
        void turn(const Tensor<T>& outside, Visit visit, arma::Cube<T>& inside) const {
            T* value = outside.data;
            for (arma::uword b = 0; b < inside.n_cols; ++b)
                for (arma::uword t = 0; t < positions_; ++t)
                    for (T *at = inside.slice_colptr(t, b), *end = at + features_; at != end; ++at)
                        visit(*at, *value++);
        }
        void put(const Tensor<T>& output) const {
            T* y = output.data;
            for (arma::uword b = 0; b < states_.n_cols; ++b)
                for (arma::uword t = p_.returnSequences ? 1 : positions_; t <= positions_; ++t)
                    y = std::copy_n(states_.slice_colptr(t, b), units_, y);
        }
        void addOutputGradient(const Tensor<T>& dy, arma::uword t, arma::Mat<T>& dh) const {
            if (!p_.returnSequences && t + 1 < positions_) return;
            for (arma::uword b = 0; b < dh.n_cols; ++b) {
                const T* from = dy.data + (p_.returnSequences ? b * positions_ + t : b) * units_;
                for (arma::uword i = 0; i < units_; ++i)
                    dh(i, b) += from[i];
            }
        }

        /// The second output beside a whole sequence: the last state.
        void putLast(const Tensor<T>& output) const {
            T* y = output.data;
            for (arma::uword b = 0; b < states_.n_cols; ++b)
                y = std::copy_n(states_.slice_colptr(positions_, b), units_, y);
        }
        void addLast(const Tensor<T>& dy, arma::Mat<T>& dh) const {
            dh += arma::Mat<T>(dy.data, dh.n_rows, dh.n_cols, false, true);
        }

        /// From what the gates get of the input (already in gates_) and of the state before.
        void step(arma::uword t, const arma::Mat<T>& fromState) {
            const arma::uword h = units_;
            for (arma::uword b = 0; b < fromState.n_cols; ++b) {
                T* const g = gates_.slice_colptr(t, b);
                const T* const s = fromState.colptr(b);
                const T* const before = states_.slice_colptr(t, b);
                T* const after = states_.slice_colptr(t + 1, b);
                for (arma::uword i = 0; i < h; ++i) {
                    if constexpr (cell == Cell::Simple) {
                        after[i] = g[i] = std::tanh(g[i] + s[i]);
                    } else if constexpr (cell == Cell::Lstm) {
                        const T in = g[i] = logistic(g[i] + s[i]);
                        const T keep = g[h + i] = logistic(g[h + i] + s[h + i]);
                        const T fresh = g[2 * h + i] = std::tanh(g[2 * h + i] + s[2 * h + i]);
                        const T out = g[3 * h + i] = logistic(g[3 * h + i] + s[3 * h + i]);
                        const T c = keep * cells_(i, b, t) + in * fresh;
                        cells_(i, b, t + 1) = c;
                        after[i] = out * std::tanh(c);
                    } else {
                        const T reset = g[i] = logistic(g[i] + s[i]);
                        const T keep = g[h + i] = logistic(g[h + i] + s[h + i]);
                        hidden_(i, b, t) = s[2 * h + i];
                        const T fresh = g[2 * h + i] = std::tanh(g[2 * h + i] + reset * s[2 * h + i]);
                        after[i] = (T(1) - keep) * fresh + keep * before[i];
                    }
                }
            }
        }
        /// Fills the gradients of what the gates got of the input and of the state. `dh` becomes the part of
        /// the former state's gradient that does not come through the gates, `dc` that of the former cell.
        void stepBackward(arma::uword t, arma::Mat<T>& dh, arma::Mat<T>& dc, arma::Mat<T>& dInput,
                          arma::Mat<T>& dState) const {
            const arma::uword h = units_;
            for (arma::uword b = 0; b < dh.n_cols; ++b) {
                const T* const g = gates_.slice_colptr(t, b);
                T *const di = dInput.colptr(b), *const ds = dState.colptr(b), *const d = dh.colptr(b);
                for (arma::uword i = 0; i < h; ++i) {
                    if constexpr (cell == Cell::Simple) {
                        di[i] = d[i] * (T(1) - g[i] * g[i]);
                        d[i] = 0;
                    } else if constexpr (cell == Cell::Lstm) {
                        const T in = g[i], keep = g[h + i], fresh = g[2 * h + i], out = g[3 * h + i];
                        const T c = std::tanh(cells_(i, b, t + 1));
                        const T dCell = dc(i, b) + d[i] * out * (T(1) - c * c);
                        di[i] = dCell * fresh * in * (T(1) - in);
                        di[h + i] = dCell * cells_(i, b, t) * keep * (T(1) - keep);
                        di[2 * h + i] = dCell * in * (T(1) - fresh * fresh);
                        di[3 * h + i] = d[i] * c * out * (T(1) - out);
                        dc(i, b) = dCell * keep;
                        d[i] = 0;
                    } else {
                        const T reset = g[i], keep = g[h + i], fresh = g[2 * h + i];
                        const T dFresh = d[i] * (T(1) - keep) * (T(1) - fresh * fresh);
                        di[i] = ds[i] = dFresh * hidden_(i, b, t) * reset * (T(1) - reset);
                        di[h + i] = ds[h + i] = d[i] * (states_(i, b, t) - fresh) * keep * (T(1) - keep);
                        di[2 * h + i] = dFresh;
                        ds[2 * h + i] = dFresh * reset;
                        d[i] *= keep;
                    }
                }
            }
        }

        RecurrentParams p_;
        arma::uword positions_, features_, units_;
        arma::Cube<T> x_;      // D × B × T
        arma::Cube<T> gates_;  // G·H × B × T, after their functions
        arma::Cube<T> states_; // H × B × T+1, from the state before the first position
        arma::Cube<T> cells_;  // of an LSTM, as states_
        arma::Cube<T> hidden_; // of a GRU: what the new gate gets of the state, H × B × T
    };
};

template <Cell cell>
LayerSchema recurrent(LayerSchema s) {
    s.category = Category::Sequence;
    s.perPosition = true;
    return LayerBuilder<RecurrentParams>(std::move(s), table())
        .infer([](const RecurrentParams& p, std::span<const Shape> in) -> Result<Shape> {
            if (const Status sequence = checkSequence(in[0]); !sequence) return refuse(sequence.error());
            return p.returnSequences ? Shape::sequence(in[0].height, p.units) : Shape{p.units, 1, 1};
        })
        .outputs(
            [](const RecurrentParams& p) {
                return p.returnSequences ? std::vector<std::string>{"sequence", "last state"}
                                         : std::vector<std::string>{"last state"};
            },
            [](const RecurrentParams& p, std::span<const Shape>) {
                return p.returnSequences ? std::vector<Shape>{{p.units, 1, 1}} : std::vector<Shape>{};
            })
        .weights([](const RecurrentParams& p, std::span<const Shape> in) {
            const std::int64_t d = Sequence(in[0]).features, rows = gatesOf(cell) * p.units;
            std::vector<WeightSpec> specs{
                {"weight_ih", {rows, d}, Initializer::GlorotUniform, d, rows},
                {"weight_hh", {rows, p.units}, Initializer::Orthogonal, p.units, rows}};
            if (p.bias)
                for (const char* name : {"bias_ih", "bias_hh"})
                    specs.push_back(
                        {name, {rows}, Initializer::Zeros, d, rows, WeightRole::Parameter, false});
            return specs;
        })
        .macs([](const RecurrentParams& p, std::span<const Shape> in) {
            const Sequence sequence(in[0]);
            return sequence.positions * gatesOf(cell) * p.units * (sequence.features + p.units);
        })
        .summary([](const RecurrentParams& p) {
            return countText(p.units, "unit") + (p.returnSequences ? " · sequence" : "");
        })
        .template kernel<Recurrent<cell>::template K>()
        .computes([](const RecurrentParams& p, std::span<const Shape>) {
            return operation::Recurrent{cell, p.units, p.returnSequences, p.bias};
        })
        .sample("last state", {3, false, true}, {Shape::sequence(4, 2)})
        .sample("sequence", {2, true, true}, {Shape::sequence(3, 3)})
        .sample("without bias", {2, true, false}, {Shape::sequence(2, 1)})
        .sample("one position", {1, false, true}, {Shape::sequence(1, 2)})
        .sample("many units", {21, true, true}, {Shape::sequence(3, 3)})
        .build();
}

LayerSchema simpleRnn() {
    LayerSchema s;
    s.id = "simple_rnn";
    s.name = "Simple RNN";
    s.doc =
        "Reads a sequence position by position and carries a state along. Forgets soon: its gradient fades "
        "over many positions (Elman, 1990).";
    s.formula = "hₜ = tanh(W·xₜ + U·hₜ₋₁ + b)";
    s.keywords = "recurrent elman sequence time series state memory";
    return recurrent<Cell::Simple>(std::move(s));
}

LayerSchema lstm() {
    LayerSchema s;
    s.id = "lstm";
    s.name = "LSTM";
    s.doc = "A recurrent layer with a memory cell: gates decide what is kept, what is added and what is "
            "shown, so "
            "that it can remember for long (Hochreiter and Schmidhuber, 1997).";
    s.formula = "cₜ = f·cₜ₋₁ + i·g,  hₜ = o·tanh(cₜ)";
    s.keywords = "long short term memory recurrent sequence time series gate cell";
    return recurrent<Cell::Lstm>(std::move(s));
}

LayerSchema gru() {
    LayerSchema s;
    s.id = "gru";
    s.name = "GRU";
    s.doc = "A recurrent layer with two gates: lighter than an LSTM, and as good on many sequences (Cho and "
            "others, 2014).";
    s.formula = "hₜ = (1 − z)·tanh(W·xₜ + r·(U·hₜ₋₁)) + z·hₜ₋₁";
    s.keywords = "gated recurrent unit sequence time series state";
    return recurrent<Cell::Gru>(std::move(s));
}

} // namespace

std::vector<LayerSchema> recurrentLayers() {
    std::vector<LayerSchema> all;
    all.push_back(simpleRnn());
    all.push_back(lstm());
    all.push_back(gru());
    return all;
}

} // namespace burdock
