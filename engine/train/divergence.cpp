#include "engine/train/divergence.h"

#include "engine/schema/param_value.h"

#include <algorithm>
#include <cmath>

namespace burdock {

bool hasDiverged(double loss, const std::optional<double>& first, double unit) {
    constexpr double beyond = 1e6;
    return !std::isfinite(loss) || (first && loss > beyond * std::max(unit, *first));
}

Diagnostic diverged(std::int64_t step, double learningRate, double loss) {
    Diagnostic d;
    d.code = "train.diverged";
    d.where = "step " + std::to_string(step);
    d.what = std::isfinite(loss) ? "The loss has grown a millionfold: the weights run away."
                                 : "The loss on data held back is not a finite number any more.";
    d.why = "The learning rate is " + toString(ParamValue{learningRate}) + ".";
    d.mend = "Try a learning rate ten times smaller.";
    return d;
}

Diagnostic explained(Diagnostic problem, const std::optional<Diagnostic>& outlier) {
    if (!outlier || problem.code != "train.diverged") return problem;
    problem.why = outlier->what;
    problem.mend = outlier->mend;
    return problem;
}

} // namespace burdock
