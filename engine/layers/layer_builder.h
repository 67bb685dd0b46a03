#pragma once

#include "engine/schema/kernel.h"
#include "engine/schema/layer_schema.h"
#include "engine/schema/weight_params.h"

#include <utility>

namespace burdock {

/// Fills a LayerSchema from functions that take the layer's typed parameter struct instead of ParamValues.
/// Functions that are not given mean: shape unchanged, no weights, no multiply-adds.
template <class P>
class LayerBuilder {
  public:
    LayerBuilder(LayerSchema schema, ParamTable<P> table)
        : schema_(std::move(schema))
        , table_(std::move(table)) {
        schema_.params = table_.specs();
        schema_.keepsShape = true;
        schema_.inferShape = [](const ParamValues&, std::span<const Shape> in) -> Result<Shape> {
            return in[0];
        };
        schema_.weightSpecs = [](const ParamValues&, std::span<const Shape>) {
            return std::vector<WeightSpec>{};
        };
        schema_.cost = [](const ParamValues&, std::span<const Shape>) { return Cost{}; };
    }
    /// Result<Shape> f(const P&, std::span<const Shape>)
    template <class F>
    LayerBuilder& infer(F f) {
        schema_.keepsShape = false;
        schema_.inferShape = [t = table_, f](const ParamValues& v, std::span<const Shape> in) {
            return f(t.read(v), in);
        };
        return *this;
    }
    /// Of a layer with several outputs: std::vector<std::string> names(const P&), and the shapes of those
    /// after the first, std::vector<Shape> more(const P&, std::span<const Shape>).
    template <class Names, class More>
    LayerBuilder& outputs(Names names, More more) {
        schema_.outputNames = [t = table_, names](const ParamValues& v) { return names(t.read(v)); };
        schema_.moreShapes = [t = table_, more](const ParamValues& v, std::span<const Shape> in) {
            return more(t.read(v), in);
        };
        return *this;
    }
    /// std::vector<WeightSpec> f(const P&, std::span<const Shape>). Where a weight decays, the layer also
    /// gets the hyperparameters of weight_params.h.
    template <class F>
    LayerBuilder& weights(F f) {
        schema_.weightSpecs = [t = table_, f](const ParamValues& v, std::span<const Shape> in) {
            return withWeightParams(f(t.read(v), in), v);
        };
        return *this;
    }
    /// std::int64_t f(const P&, std::span<const Shape>): multiply-adds of one sample
    template <class F>
    LayerBuilder& macs(F f) {
        schema_.cost = [t = table_, f](const ParamValues& v, std::span<const Shape> in) {
            return Cost{f(t.read(v), in)};
        };
        return *this;
    }
    /// K<T> is constructed from (const P&, std::span<const Shape>).
    template <template <class> class K>
    LayerBuilder& kernel() {
        schema_.makeKernel = [t = table_](const ParamValues& v,
                                          std::span<const Shape> in) -> std::unique_ptr<Kernel<float>> {
            return std::make_unique<K<float>>(t.read(v), in);
        };
        schema_.makeOracle = [t = table_](const ParamValues& v,
                                          std::span<const Shape> in) -> std::unique_ptr<Kernel<double>> {
            return std::make_unique<K<double>>(t.read(v), in);
        };
        return *this;
    }
    /// f(const P&, std::span<const Shape>): one of the structs of operations.h, for backends that have
    /// kernels for it
    template <class F>
    LayerBuilder& computes(F f) {
        schema_.operation = [t = table_, f](const ParamValues& v, std::span<const Shape> in) {
            return std::any(f(t.read(v), in));
        };
        return *this;
    }
    /// std::string f(const P&)
    template <class F>
    LayerBuilder& summary(F f) {
        schema_.summary = [t = table_, f](const ParamValues& v) { return f(t.read(v)); };
        return *this;
    }
    /// std::optional<P> f(const Shape& from, const Shape& to): see LayerSchema::makes
    template <class F>
    LayerBuilder& makes(F f) {
        schema_.makes = [t = table_, f](const Shape& from, const Shape& to) -> std::optional<ParamValues> {
            const auto params = f(from, to);
            if (!params) return std::nullopt;
            ParamValues values = t.write(*params);
            std::erase_if(values, [&](const auto& v) { return v.second == t.write(P{}).at(v.first); });
            return values;
        };
        return *this;
    }
    /// bool f(const P&): whether a sequence that flows in flows out as one
    template <class F>
    LayerBuilder& keepsAxes(F f) {
        schema_.keepsAxes = [t = table_, f](const ParamValues& v) { return f(t.read(v)); };
        return *this;
    }
    LayerBuilder& keepsAxes() {
        return keepsAxes([](const P&) { return true; });
    }
    /// Of the older version `from`: void f(int from, ParamValues&, const MigrationContext&)
    template <class F>
    LayerBuilder& migrate(F f) {
        schema_.migrate = std::move(f);
        return *this;
    }
    /// double f(double, const P&)
    template <class F>
    LayerBuilder& curve(F f) {
        schema_.curve = [t = table_, f](double x, const ParamValues& v) { return f(x, t.read(v)); };
        return *this;
    }
    LayerBuilder& sample(std::string name, P params, std::vector<Shape> inputs) {
        schema_.samples.push_back({std::move(name), table_.write(params), std::move(inputs)});
        return *this;
    }
    LayerSchema build() {
        addWeightParams(schema_);
        return std::move(schema_);
    }

  private:
    LayerSchema schema_;
    ParamTable<P> table_;
};

} // namespace burdock
