#include "engine/layers/families.h"
#include "engine/layers/layer_builder.h"
#include "engine/layers/neuron.h"
#include "engine/layers/operations.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace burdock {
namespace {

struct NeuronParams {
    std::string weights = "1, 1";
    std::string thresholds = "1";
};

ParamTable<NeuronParams> table() {
    ParamTable<NeuronParams> t;
    t.add(&NeuronParams::weights,
          {.key = "weights",
           .label = "Weights",
           .doc = "A weight for each input, separated by commas; a row for each neuron, separated by "
                  "semicolons: “1, -1; -1, 1”. Positive ones excite, negative ones inhibit."});
    t.add(&NeuronParams::thresholds,
          {.key = "thresholds",
           .label = "Thresholds",
           .doc = "For each neuron the weighted sum from which on it fires, separated by commas."});
    return t;
}

/// The numbers of "1, 2.5, -1"; none where something else stands there.
std::optional<std::vector<double>> numbersOf(std::string_view text) {
    std::vector<double> numbers;
    while (true) {
        const std::size_t comma = std::min(text.find(','), text.size());
        std::string_view word = text.substr(0, comma);
        word.remove_prefix(std::min(word.find_first_not_of(" \t"), word.size()));
        while (!word.empty() && (word.back() == ' ' || word.back() == '\t'))
            word.remove_suffix(1);
        double number = 0;
        const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), number);
        // Beyond this no sum of weights can be told from another in float.
        if (problem != std::errc() || end != word.data() + word.size() || !(std::abs(number) <= 1e6))
            return std::nullopt;
        numbers.push_back(number);
        if (comma == text.size()) return numbers;
        text.remove_prefix(comma + 1);
    }
}

/// A row of weights for each neuron.
using Neurons = operation::ThresholdUnits;

Diagnostic problem(std::string param, std::string what, std::string mend) {
    Diagnostic d;
    d.code = "mcculloch-pitts." + param;
    d.param = std::move(param);
    d.what = std::move(what);
    d.mend = std::move(mend);
    return d;
}

Result<Neurons> neuronsOf(const NeuronParams& p) {
    Neurons neurons;
    std::string_view rest = p.weights;
    while (true) {
        const std::size_t end = std::min(rest.find(';'), rest.size());
        const auto row = numbersOf(rest.substr(0, end));
        if (!row)
            return refuse(problem("weights", "The weights are not numbers.",
                                  "Write them as “1, -1; -1, 1”: commas between inputs, semicolons between "
                                  "neurons."));
        neurons.weights.push_back(*row);
        if (row->size() != neurons.weights[0].size())
            return refuse(problem("weights", "The neurons have different numbers of weights.",
                                  "Give every neuron a weight for each input."));
        if (end == rest.size()) break;
        rest.remove_prefix(end + 1);
    }
    const auto thresholds = numbersOf(p.thresholds);
    if (!thresholds)
        return refuse(
            problem("thresholds", "The thresholds are not numbers.", "Write them as “1, 2”, with commas."));
    if (thresholds->size() != neurons.weights.size())
        return refuse(problem("thresholds",
                              "There are " + std::to_string(neurons.weights.size()) + " neurons and " +
                                  std::to_string(thresholds->size()) + " thresholds.",
                              "Give every neuron one threshold."));
    neurons.thresholds = *thresholds;
    return neurons;
}

Result<Shape> inferShape(const NeuronParams& p, std::span<const Shape> in) {
    const auto neurons = neuronsOf(p);
    if (!neurons) return refuse(neurons.error());
    const auto inputs = static_cast<std::int64_t>(neurons->weights[0].size());
    if (in[0] == Shape{inputs, 1, 1}) return Shape{static_cast<std::int64_t>(neurons->weights.size()), 1, 1};
    Diagnostic d = problem("weights", "The weights do not fit the inputs.",
                           "Give every neuron as many weights as there are inputs.");
    d.why = "A neuron has " + std::to_string(inputs) + ", and the input is " + toString(in[0]) + ".";
    return refuse(std::move(d));
}

template <class T>
class NeuronKernel final : public Kernel<T> {
  public:
    NeuronKernel(const NeuronParams& p, std::span<const Shape>)
        : neurons_(neuronsOf(p).value_or(Neurons{})) {}

    void forward(const Pass<T>& pass) override {
        const T* x = pass.inputs[0].data;
        T* y = pass.output.data;
        for (std::int64_t n = 0; n < pass.output.batch; ++n, x += pass.inputs[0].shape.size())
            for (std::size_t i = 0; i < neurons_.weights.size(); ++i) {
                double sum = 0;
                for (std::size_t j = 0; j < neurons_.weights[i].size(); ++j)
                    sum += neurons_.weights[i][j] * static_cast<double>(x[j]);
                *y++ = sum >= neurons_.thresholds[i] ? T(1) : T(0);
            }
    }
    void backward(const Pass<T>& pass) override {
        if (const Tensor<T>& dx = pass.inputGradients[0]) std::fill_n(dx.data, dx.size(), T(0));
    }

  private:
    Neurons neurons_;
};

constexpr const char* layerId = "mcculloch_pitts";

} // namespace

std::optional<ThresholdNeuron> mccullochPittsNeuron(const ParamValues& params, std::size_t unit) {
    const auto neurons = neuronsOf(table().read(params));
    if (!neurons || unit >= neurons->weights.size()) return {};
    return ThresholdNeuron{neurons->weights[unit], neurons->thresholds[unit]};
}

std::optional<ThresholdNeuron> thresholdNeuron(const std::string& id, const ParamValues& params,
                                               std::size_t unit) {
    if (id == layerId) return mccullochPittsNeuron(params, unit);
    if (id == stepLayerId) return stepNeuron(params);
    return {};
}

LayerSchema mccullochPittsLayer() {
    LayerSchema s;
    s.id = layerId;
    s.name = "McCulloch–Pitts neurons";
    s.category = Category::Dense;
    s.doc = "The first artificial neuron (1943): fires when the weighted sum of its binary inputs reaches a "
            "threshold. Weights and thresholds are set by hand, nothing is learned; nets of such neurons "
            "compute every logical expression.";
    s.formula = "y = 1 if w·x ≥ θ, else 0";
    s.keywords = "mcculloch pitts logic binary threshold and or not xor gate tlu";
    s.gives = OutputKind::Decisions;
    s.stopsGradient = true;
    return LayerBuilder<NeuronParams>(std::move(s), table())
        .infer(inferShape)
        .macs([](const NeuronParams& p, std::span<const Shape> in) {
            const auto neurons = neuronsOf(p);
            return neurons ? static_cast<std::int64_t>(neurons->weights.size()) * in[0].size() : 0;
        })
        .summary([](const NeuronParams& p) { return "w " + p.weights + " · θ " + p.thresholds; })
        .kernel<NeuronKernel>()
        .computes(
            [](const NeuronParams& p, std::span<const Shape>) { return neuronsOf(p).value_or(Neurons{}); })
        .sample("two neurons", {"1, -1; -1, 1", "0.7, 0.3"}, {{2, 1, 1}})
        .sample("one neuron", {"2, 0.5, -1", "0.1"}, {{3, 1, 1}})
        .build();
}

} // namespace burdock
