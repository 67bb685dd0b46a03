#include "engine/train/optimizers/muon.h"

#include "engine/train/optimizers/pass.h"

#include <cmath>

namespace burdock::optimize {
namespace {

struct MuonParams {
    double momentum = 0.95;
    bool nesterov = true;
    std::int64_t iterations = 5;
    double weightDecay = 0;
    double othersRate = 0.05;
    double beta1 = 0.9;
    double beta2 = 0.95;
    double epsilon = 1e-8;
};

/// Jordan et al.: Muon, an optimizer for hidden layers in neural networks, 2024. What is no matrix of a
/// hidden layer is moved by AdamW.
class Muon final : public Optimizer {
  public:
    explicit Muon(const MuonParams& p)
        : p_(p) {}

    std::vector<SlotSpec> slotSpecs(const ParameterTensor& t) const override {
        if (isMatrix(t)) return {{"momentum"}};
        return {{"mean"}, {"square"}};
    }

    void update(const StepInputs& in) override {
        const auto& tensors = in.state.tensors();
        for (std::size_t i = 0; i < tensors.size(); ++i) {
            const ParameterTensor& t = tensors[i];
            const double decay = t.offset < in.decaying ? in.weightDecay + p_.weightDecay : 0.0;
            isMatrix(t) ? moveMatrix(in, t, in.state.slot(i, 0), decay) : moveOther(in, t, i, decay);
        }
    }

  private:
    /// Of hidden layers alone: tables of embeddings and the last layer do better by AdamW.
    static bool isMatrix(const ParameterTensor& t) {
        if (t.dims.size() < 2 || t.table || t.last) return false;
        return t.dims[0] > 1 && t.size() / t.dims[0] > 1;
    }

    /// The momentum lies as the weight does; the update is worked out on a plain matrix, rows × the rest.
    void moveMatrix(const StepInputs& in, const ParameterTensor& t, std::span<float> momentum, double decay) {
        float* const w = in.parameters.data() + t.offset;
        const float* const g = in.gradients.data() + t.offset;
        float* const m = momentum.data();
        direction_.resize(t.floats);
        float* const d = direction_.data();
        const float keep = static_cast<float>(p_.momentum), take = static_cast<float>(1.0 - p_.momentum);
        const bool ahead = p_.nesterov;
        overRanges(t.floats, [=](std::size_t begin, std::size_t end) {
            for (std::size_t i = begin; i < end; ++i) {
                m[i] = keep * m[i] + take * g[i];
                d[i] = ahead ? take * g[i] + keep * m[i] : m[i];
            }
        });
        const auto rows = static_cast<arma::uword>(t.dims[0]);
        const auto columns = static_cast<arma::uword>(t.size() / t.dims[0]);
        const Layout plain = Layout::plain(t.dims);
        matrix_.set_size(columns, rows); // row-major rows × columns, as Armadillo counts
        reorder(t.layout, d, plain, matrix_.memptr());
        orthogonalise(matrix_, static_cast<int>(p_.iterations));
        reorder(plain, matrix_.memptr(), t.layout, d);
        // A row's length stays the same whatever the proportions.
        const double scale =
            std::sqrt(std::max(1.0, static_cast<double>(rows) / static_cast<double>(columns)));
        const float rate = static_cast<float>(in.learningRate * scale);
        const float factor = static_cast<float>(1.0 - in.learningRate * decay);
        overRanges(t.floats, [=](std::size_t begin, std::size_t end) {
            for (std::size_t i = begin; i < end; ++i)
                w[i] = factor * w[i] - rate * d[i];
        });
    }

    void moveOther(const StepInputs& in, const ParameterTensor& t, std::size_t index, double decay) {
        const double learningRate = in.learningRate * p_.othersRate;
        const auto step = static_cast<double>(in.step);
        const float rate = static_cast<float>(learningRate / (1.0 - std::pow(p_.beta1, step)));
        const float correction = static_cast<float>(1.0 / std::sqrt(1.0 - std::pow(p_.beta2, step)));
        const float b1 = static_cast<float>(p_.beta1), c1 = static_cast<float>(1.0 - p_.beta1);
        const float b2 = static_cast<float>(p_.beta2), c2 = static_cast<float>(1.0 - p_.beta2);
        const float epsilon = static_cast<float>(p_.epsilon);
        const auto rule = [=](float& w, float g, float& m, float& s) {
            m = b1 * m + c1 * g;
            s = b2 * s + c2 * g * g;
            w -= rate * m / (std::sqrt(s) * correction + epsilon);
        };
        float* const w = in.parameters.data() + t.offset;
        const float* const g = in.gradients.data() + t.offset;
        float *const mean = in.state.slot(index, 0).data(), *const square = in.state.slot(index, 1).data();
        const float factor = static_cast<float>(1.0 - learningRate * decay);
        overRanges(t.floats, [=](std::size_t begin, std::size_t end) {
            moveRange<2>(w, g, mean, square, begin, end, 0.0f, factor, rule);
        });
    }

    MuonParams p_;
    std::vector<float> direction_; ///< of one step of one tensor
    arma::fmat matrix_;
};

} // namespace

std::vector<OptimizerSchema> muonFamily() {
    ParamTable<MuonParams> t;
    t.add(&MuonParams::momentum,
          shareSpec("momentum", "Momentum", "Decay of the mean of the gradients of matrices.", false));
    t.add(&MuonParams::nesterov, {.key = "nesterov",
                                  .label = "Nesterov",
                                  .doc = "Looks ahead: the mean counts as if it had moved already.",
                                  .advanced = true});
    t.add(&MuonParams::iterations, {.key = "iterations",
                                    .label = "Newton–Schulz steps",
                                    .minimum = 1,
                                    .maximum = 20,
                                    .doc = "How often the update is brought nearer to an orthogonal matrix.",
                                    .advanced = true});
    t.add(&MuonParams::weightDecay, decaySpec());
    t.add(&MuonParams::othersRate,
          {.key = "others_rate",
           .label = "Others' rate",
           .minimum = 0,
           .maximum = 1,
           .minimumExcluded = true,
           .doc = "AdamW moves biases, embeddings and the last layer at this share of the learning rate."});
    t.add(&MuonParams::beta1, shareSpec("beta1", "β₁", "AdamW's decay of the mean of the gradients."));
    t.add(&MuonParams::beta2, shareSpec("beta2", "β₂", "AdamW's decay of the mean of their squares."));
    t.add(&MuonParams::epsilon, epsilonSpec());
    return {describe<Muon>(
        "muon", "Muon",
        "Matrices of hidden layers move along their mean gradient made orthogonal, in all "
        "directions alike; biases, embeddings and the last layer by AdamW.",
        "m ← μm + (1−μ)g,  U·Σ·Vᵀ = (1−μ)g + μm,  w ← (1−ηλ)·w − η·√max(1, rows/columns)·U·Vᵀ", 2e-2, t)};
}

} // namespace burdock::optimize
