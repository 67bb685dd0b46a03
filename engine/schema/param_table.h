#pragma once

#include "engine/schema/param_spec.h"

#include <functional>
#include <type_traits>

namespace burdock {

/// Binds the members of a plain struct P to ParamSpecs: the one place that lists a layer's (or an
/// optimizer's, or the trainer's) hyperparameters. A member's initializer is the default.
template <class P>
class ParamTable {
  public:
    /// Int, Real, Bool, Text or Pair, by the member's type.
    template <class M>
    ParamTable& add(M P::*member, ParamSpec spec) {
        spec.type = typeOf<M>();
        spec.defaultValue = toValue(P{}.*member);
        bind(
            std::move(spec), [member](P& p, const ParamValue& v) { p.*member = fromValue<M>(v); },
            [member](const P& p) { return toValue(p.*member); });
        return *this;
    }
    /// An enumeration; the n-th choice is the enumerator of value n.
    template <class E>
    requires std::is_enum_v<E> ParamTable& addChoice(E P::*member, ParamSpec spec,
                                                     std::vector<Choice> choices) {
        spec.type = ParamType::Choice;
        spec.choices = choices;
        const auto keyOf = [choices](E e) { return choices.at(static_cast<std::size_t>(e)).key; };
        spec.defaultValue = ParamValue{keyOf(P{}.*member)};
        bind(
            std::move(spec),
            [member, choices](P& p, const ParamValue& v) {
                const auto& key = std::get<std::string>(v);
                for (std::size_t i = 0; i < choices.size(); ++i)
                    if (choices[i].key == key) p.*member = static_cast<E>(i);
            },
            [member, keyOf](const P& p) { return ParamValue{keyOf(p.*member)}; });
        return *this;
    }
    /// A string of a fixed set, such as the id of a registry's entry.
    ParamTable& addChoice(std::string P::*member, ParamSpec spec, Choices choices) {
        add(member, spec);
        specs_.back().type = ParamType::Choice;
        specs_.back().choices = std::move(choices);
        return *this;
    }

    const std::vector<ParamSpec>& specs() const { return specs_; }

    /// The struct with `values` in it. Values must have passed checkParams; wrong types are ignored.
    P read(const ParamValues& values) const {
        P p;
        readInto(p, values);
        return p;
    }
    /// Leaves members without a value, and those that are not in the table, as they are.
    void readInto(P& p, const ParamValues& values) const {
        for (std::size_t i = 0; i < specs_.size(); ++i)
            if (auto it = values.find(specs_[i].key); it != values.end() && checkParam(specs_[i], it->second))
                setters_[i](p, it->second);
    }
    /// Every member as a value, defaults included.
    ParamValues write(const P& p) const {
        ParamValues values;
        for (std::size_t i = 0; i < specs_.size(); ++i)
            values[specs_[i].key] = getters_[i](p);
        return values;
    }

  private:
    template <class M>
    static constexpr ParamType typeOf() {
        if constexpr (std::is_same_v<M, bool>)
            return ParamType::Bool;
        else if constexpr (std::is_integral_v<M>)
            return ParamType::Int;
        else if constexpr (std::is_floating_point_v<M>)
            return ParamType::Real;
        else if constexpr (std::is_same_v<M, IntPair>)
            return ParamType::Pair;
        else
            return ParamType::Text;
    }
    template <class M>
    static ParamValue toValue(const M& m) {
        if constexpr (std::is_same_v<M, bool>)
            return m;
        else if constexpr (std::is_integral_v<M>)
            return static_cast<std::int64_t>(m);
        else if constexpr (std::is_floating_point_v<M>)
            return static_cast<double>(m);
        else
            return m;
    }
    template <class M>
    static M fromValue(const ParamValue& v) {
        if constexpr (std::is_same_v<M, bool>)
            return std::get<bool>(v);
        else if constexpr (std::is_integral_v<M>)
            return static_cast<M>(std::get<std::int64_t>(v));
        else if constexpr (std::is_floating_point_v<M>)
            // A whole number is a fine value for a real hyperparameter (JSON writes 1.0 as 1).
            return static_cast<M>(std::holds_alternative<std::int64_t>(v)
                                      ? static_cast<double>(std::get<std::int64_t>(v))
                                      : std::get<double>(v));
        else
            return std::get<M>(v);
    }
    void bind(ParamSpec spec, std::function<void(P&, const ParamValue&)> set,
              std::function<ParamValue(const P&)> get) {
        specs_.push_back(std::move(spec));
        setters_.push_back(std::move(set));
        getters_.push_back(std::move(get));
    }

    std::vector<ParamSpec> specs_;
    std::vector<std::function<void(P&, const ParamValue&)>> setters_;
    std::vector<std::function<ParamValue(const P&)>> getters_;
};

} // namespace burdock
