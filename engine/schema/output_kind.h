#pragma once

#include <string_view>

namespace burdock {

/// What the values of an output mean: a layer says what it gives, a loss what it expects.
enum class OutputKind {
    Numbers,       ///< of any size: features, logits, numbers to predict
    Logits,        ///< logarithms of odds, or of shares up to a constant
    Scores,        ///< the larger, the rather; without bounds
    Distribution,  ///< shares of one whole: from 0 to 1, with the sum 1 at each place
    Probabilities, ///< each by itself from 0 to 1
    Decisions,     ///< 0 or 1
};
std::string_view outputKindText(OutputKind kind); ///< "a probability distribution"
/// Whether the values lie from 0 to 1 and tell how likely something is, so that ½ parts yes from no.
constexpr bool isShare(OutputKind kind) {
    return kind == OutputKind::Distribution || kind == OutputKind::Probabilities ||
           kind == OutputKind::Decisions;
}

/// A function at the end of a network that a loss may contain: it is then computed from that function's
/// input.
enum class OutputFunction { None, Softmax, Logistic, Threshold };

} // namespace burdock
