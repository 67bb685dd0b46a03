#pragma once

#include "engine/schema/diagnostic.h"

#include <initializer_list>
#include <limits>
#include <vector>

namespace burdock {

enum class ParamType { Bool, Int, Real, Choice, Text, Pair };

/// What a hyperparameter is to others than its layer.
enum class ParamRole {
    Own,
    OutputFeatures, ///< how many features the output has at each place: units, filters
    Vocabulary,     ///< how many different tokens the layer knows
};

struct Choice {
    std::string key;   ///< stored: "same"
    std::string label; ///< shown: "Same"
    std::string doc;
};

/// The choices of a hyperparameter: some of its own, then those of a registry, which may still grow.
class Choices {
  public:
    Choices() = default;
    Choices(std::initializer_list<Choice> own)
        : own_(own) {}
    Choices(std::vector<Choice> own)
        : own_(std::move(own)) {}
    /// `shared` must outlive all copies.
    Choices(std::vector<Choice> own, const std::vector<Choice>& shared)
        : own_(std::move(own))
        , shared_(&shared) {}

    std::size_t size() const { return own_.size() + (shared_ ? shared_->size() : 0); }
    bool empty() const { return size() == 0; }
    const Choice& operator[](std::size_t i) const {
        return i < own_.size() ? own_[i] : (*shared_)[i - own_.size()];
    }
    const Choice& front() const { return (*this)[0]; }

    class Iterator {
      public:
        Iterator(const Choices& choices, std::size_t at)
            : choices_(&choices)
            , at_(at) {}
        const Choice& operator*() const { return (*choices_)[at_]; }
        const Choice* operator->() const { return &(*choices_)[at_]; }
        Iterator& operator++() {
            ++at_;
            return *this;
        }
        friend bool operator==(const Iterator& a, const Iterator& b) { return a.at_ == b.at_; }

      private:
        const Choices* choices_;
        std::size_t at_;
    };
    Iterator begin() const { return {*this, 0}; }
    Iterator end() const { return {*this, size()}; }

  private:
    std::vector<Choice> own_;
    const std::vector<Choice>* shared_ = nullptr;
};

/// Everything there is to know of one hyperparameter: the form, the command line, JSON and the checker
/// are made from it.
struct ParamSpec {
    std::string key{};
    std::string label{};
    ParamType type = ParamType::Int;
    ParamValue defaultValue{};
    double minimum = -std::numeric_limits<double>::infinity(); ///< each number of a pair
    double maximum = std::numeric_limits<double>::infinity();
    bool minimumExcluded = false;
    bool maximumExcluded = false;
    Choices choices{};
    std::string unit{};
    std::string doc{};
    /// Shown and used only while the hyperparameter `onlyIfKey` has one of these values, parted by "|";
    /// empty: always.
    std::string onlyIfKey{};
    std::string onlyIfValue{};
    bool advanced = false; ///< folded away in forms
    /// Stands for the default where a number would mislead, shown and read: "automatic"; empty: nothing does.
    std::string defaultText{};
    ParamRole role = ParamRole::Own;
};

/// Whether `value` is of the spec's type and within its range. The diagnostic names the key as `param`.
Status checkParam(const ParamSpec& spec, const ParamValue& value);

/// Reads what a user typed: "64", "1e-3", "yes", "7", "7x5", "7 × 5", a choice's key or label.
Result<ParamValue> parseParam(const ParamSpec& spec, std::string_view text);

/// The value under the spec's key, or its default.
const ParamValue& paramOr(const ParamValues& values, const ParamSpec& spec);

/// Whether a hyperparameter is used, given the one that its `onlyIfKey` names.
bool applies(const ParamSpec& spec, const ParamSpec& other, const ParamValues& values);

/// Every value against its spec; a key without a spec is refused too.
std::vector<Diagnostic> checkParams(const std::vector<ParamSpec>& specs, const ParamValues& values);

} // namespace burdock
