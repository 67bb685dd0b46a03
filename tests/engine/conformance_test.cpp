#include "layer_bench.h"

#include "engine/graph/graph_json.h"
#include "engine/schema/kernel.h"
#include "engine/schema/layer_registry.h"

#include <QTest>
#include <nlohmann/json.hpp>
#include <set>

using namespace burdock;
using namespace burdock::testing;

namespace {

constexpr std::int64_t batch = 3;

/// Whether two numbers agree within atol + rtol·|wanted|; NaN never does.
bool close(double got, double wanted, double rtol, double atol) {
    return std::abs(got - wanted) <= atol + rtol * std::abs(wanted);
}

std::string difference(const std::string& what, std::size_t i, double got, double wanted) {
    return what + "[" + std::to_string(i) + "] is " + std::to_string(got) + ", wanted " +
           std::to_string(wanted);
}

/// The first difference of two arrays, or nothing.
std::string compare(const std::string& what, std::span<const float> got, std::span<const double> wanted,
                    double tolerance) {
    for (std::size_t i = 0; i < got.size(); ++i)
        if (!close(got[i], wanted[i], tolerance, tolerance)) return difference(what, i, got[i], wanted[i]);
    return {};
}

/// Values that a hyperparameter might have instead.
std::vector<ParamValue> otherValues(const ParamSpec& spec, const LayerSchema& schema, const ParamValue& now) {
    std::vector<ParamValue> others;
    for (const LayerSample& sample : schema.samples)
        if (const auto it = sample.params.find(spec.key); it != sample.params.end())
            others.push_back(it->second);
    for (const Choice& choice : spec.choices)
        others.emplace_back(choice.key);
    if (const auto* flag = std::get_if<bool>(&now)) others.emplace_back(!*flag);
    if (const auto* number = std::get_if<std::int64_t>(&now))
        for (const std::int64_t other : {*number + 1, 2 * *number, *number - 1})
            others.emplace_back(other);
    if (const auto* number = std::get_if<double>(&now))
        for (const double other : {*number / 2, *number + 0.25, *number + 2})
            others.emplace_back(other);
    if (const auto* pair = std::get_if<IntPair>(&now))
        for (const IntPair other : {IntPair{pair->height + 1, pair->width}, {pair->height, pair->width + 1}})
            others.emplace_back(other);
    if (std::holds_alternative<std::string>(now) && spec.choices.empty())
        others.emplace_back(std::string("other"));
    std::erase_if(others, [&](const ParamValue& v) { return v == now || !checkParam(spec, v); });
    return others;
}

/// All that can be seen of a layer from outside.
std::string seenOf(const LayerSchema& schema, const ParamValues& params, const std::vector<Shape>& inputs) {
    const auto shape = schema.inferShape(params, inputs);
    if (!shape) return shape.error().code;
    std::string seen = toString(*shape) + std::to_string(schema.cost(params, inputs).macs);
    const auto tell = [&](double value) { seen += " " + std::to_string(value); };
    for (const WeightSpec& w : schema.weightSpecs(params, inputs)) {
        seen += w.name + w.initializer + w.sharedWith;
        for (const auto dim : w.dims)
            tell(static_cast<double>(dim));
        for (const double number : {w.l1, w.l2, w.maxNorm, w.initialValue})
            tell(number);
    }
    if (schema.outputNames)
        for (const std::string& name : schema.outputNames(params))
            seen += name;
    if (schema.inputs.maximum == 0) return seen;
    const LayerSample sample{"", params, inputs};
    LayerBench<double> bench(schema, sample, batch);
    const auto kernel = schema.makeOracle(params, inputs);
    kernel->forward(bench.pass());
    kernel->backward(bench.pass());
    tell(bench.objective());
    for (auto* arrays : {&bench.weights(), &bench.inputGradients()})
        for (auto& array : *arrays)
            tell(std::accumulate(array.values().begin(), array.values().end(), 0.0));
    return seen;
}

} // namespace

/// Every layer of the registry, every sample of its schema. A new layer is tested by being registered.
class ConformanceTest : public QObject {
    Q_OBJECT

    static void layerRows() {
        QTest::addColumn<const LayerSchema*>("schema");
        for (const LayerSchema& schema : layerRegistry())
            QTest::newRow(schema.id.c_str()) << &schema;
    }
    /// One row for each sample of each layer that computes something (the Input does not).
    static void sampleRows() {
        QTest::addColumn<const LayerSchema*>("schema");
        QTest::addColumn<int>("index");
        for (const LayerSchema& schema : layerRegistry())
            for (int i = 0; i < static_cast<int>(schema.samples.size()); ++i)
                if (schema.inputs.maximum != 0)
                    QTest::addRow("%s/%s", schema.id.c_str(), schema.samples[i].name.c_str()) << &schema << i;
    }

  private slots:
    void shapes_data() { sampleRows(); }
    void shapes();
    void gradients_data() { sampleRows(); }
    void gradients();
    void unwantedGradients_data() { sampleRows(); }
    void unwantedGradients();
    void floatAgainstDouble_data() { sampleRows(); }
    void floatAgainstDouble();
    void changingBatch_data() { sampleRows(); }
    void changingBatch();
    void paramsThroughJson_data() { sampleRows(); }
    void paramsThroughJson();
    void documentation_data() { layerRows(); }
    void documentation();
    void paramLimits_data() { layerRows(); }
    void paramLimits();
    void typedParams_data() { layerRows(); }
    void typedParams();
    void everyParamCounts_data() { layerRows(); }
    void everyParamCounts();
    void strangeInputs_data() { layerRows(); }
    void strangeInputs();
};

void ConformanceTest::shapes() {
    QFETCH(const LayerSchema*, schema);
    QFETCH(int, index);
    LayerBench<double> bench(*schema, schema->samples[index], batch);
    const auto kernel = schema->makeOracle(schema->samples[index].params, schema->samples[index].inputs);
    const auto before = bench.inputs().front().values().front();
    bench.spoil(std::nan(""));
    kernel->forward(bench.pass());
    for (const double v : bench.output().values())
        QVERIFY2(std::isfinite(v), "the kernel left a value of its output unwritten");
    for (auto& output : bench.moreOutputs())
        for (const double v : output.values())
            QVERIFY2(std::isfinite(v), "the kernel left a value of a further output unwritten");
    if (schema->outputNames)
        QCOMPARE(bench.moreOutputs().size() + 1, schema->outputNames(schema->samples[index].params).size());
    kernel->backward(bench.pass());
    for (auto& gradient : bench.inputGradients())
        for (const double v : gradient.values())
            QVERIFY2(std::isfinite(v), "the kernel left a value of an input's gradient unwritten");
    for (std::size_t w = 0; w < bench.weightSpecs().size(); ++w)
        for (const double v : bench.weightGradients()[w].values())
            QCOMPARE(std::isfinite(v), bench.weightSpecs()[w].isParameter());
    QVERIFY2(bench.intact(), "the kernel wrote outside its buffers");
    QCOMPARE(bench.inputs().front().values().front(), before);
}

void ConformanceTest::gradients() {
    QFETCH(const LayerSchema*, schema);
    QFETCH(int, index);
    for (const bool training : {true, false}) {
        LayerBench<double> bench(*schema, schema->samples[index], batch);
        const auto kernel = schema->makeOracle(schema->samples[index].params, schema->samples[index].inputs);
        kernel->forward(bench.pass(training));
        kernel->backward(bench.pass(training));

        const auto check = [&](const std::string& what, std::span<double> values,
                               std::span<const double> gradient) -> std::string {
            constexpr double h = 1e-5;
            for (std::size_t i = 0; i < values.size(); ++i) {
                const double kept = values[i];
                const auto objective = [&](double v) {
                    values[i] = v;
                    kernel->forward(bench.pass(training));
                    return bench.objective();
                };
                const double slope = (objective(kept + h) - objective(kept - h)) / (2 * h);
                values[i] = kept;
                if (!close(gradient[i], slope, 1e-4, 1e-6)) return difference(what, i, gradient[i], slope);
            }
            return {};
        };
        std::string wrong;
        for (std::size_t i = 0; i < bench.inputs().size() && wrong.empty(); ++i)
            wrong = check("gradient of input " + std::to_string(i + 1), bench.inputs()[i].values(),
                          bench.inputGradients()[i].values());
        for (std::size_t w = 0; w < bench.weights().size() && wrong.empty(); ++w)
            if (bench.weightSpecs()[w].isParameter())
                wrong = check("gradient of " + bench.weightSpecs()[w].name, bench.weights()[w].values(),
                              bench.weightGradients()[w].values());
        QVERIFY2(wrong.empty(), wrong.c_str());
    }
}

void ConformanceTest::unwantedGradients() {
    QFETCH(const LayerSchema*, schema);
    QFETCH(int, index);
    LayerBench<double> bench(*schema, schema->samples[index], batch);
    const auto kernel = schema->makeOracle(schema->samples[index].params, schema->samples[index].inputs);
    kernel->forward(bench.pass());
    bench.spoil(7);
    kernel->backward(bench.pass(true, false, false));
    for (auto* list : {&bench.inputGradients(), &bench.weightGradients()})
        for (auto& gradient : *list)
            for (const double v : gradient.values())
                QCOMPARE(v, 7.0);
    QVERIFY(bench.intact());
}

void ConformanceTest::floatAgainstDouble() {
    QFETCH(const LayerSchema*, schema);
    QFETCH(int, index);
    const LayerSample& sample = schema->samples[index];
    for (const bool training : {true, false}) {
        LayerBench<double> oracle(*schema, sample, batch);
        const auto wanted = schema->makeOracle(sample.params, sample.inputs);
        wanted->forward(oracle.pass(training));
        wanted->backward(oracle.pass(training));
        LayerBench<float> bench(*schema, sample, batch);
        const auto kernel = schema->makeKernel(sample.params, sample.inputs);
        kernel->forward(bench.pass(training));
        kernel->backward(bench.pass(training));

        constexpr double tolerance = 1e-4;
        std::string wrong = compare("output", bench.output().values(), oracle.output().values(), tolerance);
        for (std::size_t i = 0; i < bench.inputs().size() && wrong.empty(); ++i)
            wrong = compare("gradient of input", bench.inputGradients()[i].values(),
                            oracle.inputGradients()[i].values(), tolerance);
        for (std::size_t w = 0; w < bench.weights().size() && wrong.empty(); ++w) {
            wrong = compare("gradient of " + bench.weightSpecs()[w].name, bench.weightGradients()[w].values(),
                            oracle.weightGradients()[w].values(), tolerance);
            if (wrong.empty()) // running statistics change in training
                wrong = compare(bench.weightSpecs()[w].name, bench.weights()[w].values(),
                                oracle.weights()[w].values(), tolerance);
        }
        QVERIFY2(wrong.empty(), wrong.c_str());
        QVERIFY(bench.intact());
    }
}

/// The last batch of an epoch is smaller: a kernel must do with any.
void ConformanceTest::changingBatch() {
    QFETCH(const LayerSchema*, schema);
    QFETCH(int, index);
    const LayerSample& sample = schema->samples[index];
    const auto kernel = schema->makeOracle(sample.params, sample.inputs);
    for (const std::int64_t size : {2, 5, 1}) {
        LayerBench<double> bench(*schema, sample, size), fresh(*schema, sample, size);
        kernel->forward(bench.pass());
        kernel->backward(bench.pass());
        const auto other = schema->makeOracle(sample.params, sample.inputs);
        other->forward(fresh.pass());
        other->backward(fresh.pass());
        QVERIFY(std::ranges::equal(bench.output().values(), fresh.output().values()));
        for (std::size_t i = 0; i < bench.inputs().size(); ++i)
            QVERIFY(
                std::ranges::equal(bench.inputGradients()[i].values(), fresh.inputGradients()[i].values()));
        QVERIFY(bench.intact());
    }
}

void ConformanceTest::paramsThroughJson() {
    QFETCH(const LayerSchema*, schema);
    QFETCH(int, index);
    const ParamValues& params = schema->samples[index].params;
    QVERIFY(checkParams(schema->params, params).empty());
    const auto read = paramsFromJson(nlohmann::json::parse(toJson(params).dump()), "params");
    QVERIFY(read);
    QVERIFY(*read == params);
    for (const auto& [key, value] : params) { // what a form shows can be typed in again
        const auto typed = parseParam(*schema->param(key), toString(value));
        QVERIFY2(typed && *typed == value, key.c_str());
    }
}

void ConformanceTest::documentation() {
    QFETCH(const LayerSchema*, schema);
    QVERIFY(!schema->name.empty());
    QVERIFY(schema->doc.size() > 40 && schema->doc.back() == '.');
    QVERIFY(!schema->formula.empty());
    QVERIFY(!schema->keywords.empty());
    QVERIFY(schema->version >= 1 && (schema->version == 1 || schema->migrate));
    QCOMPARE(bool(schema->curve), schema->category == Category::Activation);
    std::set<std::string> keys, names;
    for (const ParamSpec& p : schema->params) {
        QVERIFY2(keys.insert(p.key).second, p.key.c_str());
        QVERIFY2(!p.label.empty() && p.doc.size() > 5, p.key.c_str());
        QVERIFY2(checkParam(p, p.defaultValue), p.key.c_str());
        QCOMPARE(p.choices.empty(), p.type != ParamType::Choice);
        for (const Choice& c : p.choices)
            QVERIFY2(!c.key.empty() && !c.label.empty() && !c.doc.empty(), p.key.c_str());
        if (!p.onlyIfKey.empty()) {
            const ParamSpec* other = schema->param(p.onlyIfKey);
            QVERIFY(other);
            for (const QString& value : QString::fromStdString(p.onlyIfValue).split('|'))
                QVERIFY(checkParam(*other, ParamValue{value.toStdString()}));
        }
    }
    QVERIFY(!schema->samples.empty());
    for (const LayerSample& s : schema->samples) {
        QVERIFY2(names.insert(s.name).second, s.name.c_str());
        if (schema->summary) QVERIFY(!schema->summary(s.params).empty());
    }
    if (schema->curve)
        for (double x = -50; x <= 50; x += 0.5)
            QVERIFY(std::isfinite(schema->curve(x, {})));
}

void ConformanceTest::paramLimits() {
    QFETCH(const LayerSchema*, schema);
    for (const ParamSpec& p : schema->params) {
        const auto refused = [&](const ParamValue& value, const char* code) {
            const Status status = checkParam(p, value);
            return !status && status.error().param == p.key && status.error().code == code &&
                   !status.error().what.empty() && !status.error().mend.empty();
        };
        const auto number = [&](double v, bool second = false) -> ParamValue {
            if (p.type == ParamType::Real) return v;
            const auto whole = static_cast<std::int64_t>(v);
            if (p.type == ParamType::Int) return whole;
            const auto legal = static_cast<std::int64_t>(p.maximum);
            return second ? IntPair{legal, whole} : IntPair{whole, legal};
        };
        const double beyond = p.type == ParamType::Real ? 1e-9 : 1;
        if (p.type == ParamType::Int || p.type == ParamType::Real || p.type == ParamType::Pair) {
            QVERIFY2(std::isfinite(p.minimum) && std::isfinite(p.maximum), p.key.c_str());
            for (const bool second : {false, true}) {
                QVERIFY2(refused(number(p.minimum - beyond, second), "param.range"), p.key.c_str());
                QVERIFY2(refused(number(p.maximum + beyond, second), "param.range"), p.key.c_str());
                QCOMPARE(bool(checkParam(p, number(p.minimum, second))), !p.minimumExcluded);
                QCOMPARE(bool(checkParam(p, number(p.maximum, second))), !p.maximumExcluded);
            }
        }
        if (p.type == ParamType::Int)
            for (const auto huge :
                 {std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()})
                QVERIFY2(refused(huge, "param.range"), p.key.c_str());
        if (p.type == ParamType::Real)
            for (const double odd : {std::nan(""), HUGE_VAL, -HUGE_VAL})
                QVERIFY2(refused(odd, "param.range"), p.key.c_str());
        if (p.type == ParamType::Choice)
            QVERIFY2(refused(std::string("no such"), "param.choice"), p.key.c_str());
        if (p.type != ParamType::Bool) QVERIFY2(refused(true, "param.type"), p.key.c_str());
        if (p.type != ParamType::Text && p.type != ParamType::Choice)
            QVERIFY2(refused(std::string("x"), "param.type"), p.key.c_str());
        if (p.type != ParamType::Text) QVERIFY2(!parseParam(p, "no such"), p.key.c_str());
    }
    QCOMPARE(checkParams(schema->params, {{"no such", true}}).size(), std::size_t(1));
    QCOMPARE(checkParams(schema->params, {{"no such", true}}).front().param, std::string("no such"));
}

/// Each sample's hyperparameters must matter where they are listed: the schema's functions read them.
void ConformanceTest::typedParams() {
    QFETCH(const LayerSchema*, schema);
    for (const LayerSample& s : schema->samples) {
        ParamValues sparse; // what equals its default may be left out
        for (const auto& [key, value] : s.params)
            if (!(value == schema->param(key)->defaultValue)) sparse[key] = value;
        QVERIFY(*schema->inferShape(sparse, s.inputs) == *schema->inferShape(s.params, s.inputs));
        QCOMPARE(schema->cost(sparse, s.inputs).macs, schema->cost(s.params, s.inputs).macs);
    }
}

/// None is described, and then read by nobody: another value of it is seen somewhere.
void ConformanceTest::everyParamCounts() {
    QFETCH(const LayerSchema*, schema);
    for (const ParamSpec& spec : schema->params) {
        const ParamSpec* const condition = schema->param(spec.onlyIfKey);
        const auto counts = [&] {
            for (const LayerSample& sample : schema->samples) {
                ParamValues params = sample.params;
                if (condition && !applies(spec, *condition, params)) {
                    const std::string_view first =
                        std::string_view(spec.onlyIfValue).substr(0, spec.onlyIfValue.find('|'));
                    params[condition->key] = *parseParam(*condition, first);
                }
                const std::string before = seenOf(*schema, params, sample.inputs);
                for (const ParamValue& other : otherValues(spec, *schema, paramOr(params, spec))) {
                    params[spec.key] = other;
                    if (seenOf(*schema, params, sample.inputs) != before) return true;
                }
            }
            return false;
        };
        QVERIFY2(counts(), spec.key.c_str());
    }
}

/// Any shapes at all give a shape that can be computed, or a refusal with its cause and mend.
void ConformanceTest::strangeInputs() {
    QFETCH(const LayerSchema*, schema);
    if (schema->inputs.maximum == 0) return;
    const std::vector<Shape> shapes{{1, 1, 1}, {5, 1, 1}, {1, 1, 4}, {2, 4, 1}, {3, 2, 2}, {1, 5, 3}};
    std::vector<ParamValues> configurations{{}};
    for (const LayerSample& s : schema->samples)
        configurations.push_back(s.params);
    for (const ParamValues& params : configurations)
        for (const Shape& first : shapes)
            for (const Shape& second : shapes) {
                std::vector<Shape> inputs{first};
                while (static_cast<int>(inputs.size()) < schema->inputs.minimum)
                    inputs.push_back(second);
                const auto shape = schema->inferShape(params, inputs);
                if (!shape) {
                    const Diagnostic& d = shape.error();
                    QVERIFY(!d.code.empty() && !d.what.empty() && !d.mend.empty());
                    QVERIFY(d.param.empty() || schema->param(d.param));
                    if (d.fix && d.fix->kind == Fix::Kind::SetParam) { // a fix must mend
                        ParamValues mended = params;
                        mended[d.fix->param] = d.fix->value;
                        QVERIFY(checkParams(schema->params, mended).empty());
                        const auto again = schema->inferShape(mended, inputs);
                        QVERIFY(again || again.error().code != d.code);
                    }
                    continue;
                }
                QVERIFY(shape->channels > 0 && shape->height > 0 && shape->width > 0);
                QVERIFY(schema->cost(params, inputs).macs >= 0);
                const LayerSample sample{"", params, inputs};
                LayerBench<double> bench(*schema, sample, 2);
                const auto kernel = schema->makeOracle(params, inputs);
                bench.spoil(std::nan(""));
                kernel->forward(bench.pass());
                kernel->backward(bench.pass());
                for (const double v : bench.output().values())
                    QVERIFY(std::isfinite(v));
                QVERIFY(bench.intact());
            }
}

QTEST_APPLESS_MAIN(ConformanceTest)
#include "conformance_test.moc"
