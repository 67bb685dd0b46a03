#include "engine/train/schedule.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace burdock {
namespace {

double cosineBetween(double from, double to, double share) {
    return to + (from - to) * (1 + std::cos(std::numbers::pi * share)) / 2;
}

/// A schedule that is a plain function of the step.
class Formula final : public Schedule {
  public:
    explicit Formula(std::function<double(std::int64_t)> rate)
        : rate_(std::move(rate)) {}
    double rate(std::int64_t step) const override { return rate_(step); }

  private:
    std::function<double(std::int64_t)> rate_;
};

struct ConstantParams {};

std::function<double(std::int64_t)> constantRate(const ConstantParams&, const ScheduleSetup& s) {
    return [rate = s.learningRate](std::int64_t) { return rate; };
}

struct StepParams {
    std::int64_t every = 10;
    double factor = 0.1;
};

std::function<double(std::int64_t)> stepRate(const StepParams& p, const ScheduleSetup& s) {
    return [=](std::int64_t step) {
        const std::int64_t epoch = (step - 1) / s.stepsPerEpoch;
        return s.learningRate * std::pow(p.factor, static_cast<double>(epoch / p.every));
    };
}

struct ExponentialParams {
    double factor = 0.95;
};

std::function<double(std::int64_t)> exponentialRate(const ExponentialParams& p, const ScheduleSetup& s) {
    return [=](std::int64_t step) {
        return s.learningRate * std::pow(p.factor, static_cast<double>((step - 1) / s.stepsPerEpoch));
    };
}

struct CosineParams {
    double finalShare = 0;
};

/// Loshchilov and Hutter: SGDR, 2017, without restarts.
std::function<double(std::int64_t)> cosineRate(const CosineParams& p, const ScheduleSetup& s) {
    return [=](std::int64_t step) {
        const double share = std::min(1.0, static_cast<double>(step - 1) / static_cast<double>(s.steps()));
        return cosineBetween(s.learningRate, p.finalShare * s.learningRate, share);
    };
}

struct OneCycleParams {
    double rise = 0.3;
    double startDivisor = 25;
    double endDivisor = 1e4;
};

/// Smith and Topin: Super-convergence, 2018, in PyTorch's form: `learning_rate` is the peak.
std::function<double(std::int64_t)> oneCycleRate(const OneCycleParams& p, const ScheduleSetup& s) {
    return [=](std::int64_t step) {
        const double start = s.learningRate / p.startDivisor, end = start / p.endDivisor;
        const double at = static_cast<double>(step - 1), last = static_cast<double>(s.steps()) - 1;
        const double peak = p.rise * static_cast<double>(s.steps()) - 1;
        if (at <= peak) return cosineBetween(start, s.learningRate, peak > 0 ? at / peak : 1.0);
        return cosineBetween(s.learningRate, end,
                             last > peak ? std::min(1.0, (at - peak) / (last - peak)) : 1);
    };
}

enum class Then { Constant, Linear, Cosine };
struct WarmUpParams {
    std::int64_t steps = 100;
    double startShare = 0.01;
    Then then = Then::Cosine;
    double finalShare = 0;
};

std::function<double(std::int64_t)> warmUpRate(const WarmUpParams& p, const ScheduleSetup& s) {
    return [=](std::int64_t step) {
        const double at = static_cast<double>(step - 1), up = static_cast<double>(p.steps);
        if (at < up) return s.learningRate * (p.startShare + (1 - p.startShare) * at / up);
        const double rest = static_cast<double>(s.steps()) - up;
        const double share = rest > 0 ? std::min(1.0, (at - up) / rest) : 1.0;
        const double end = p.finalShare * s.learningRate;
        if (p.then == Then::Linear) return s.learningRate + (end - s.learningRate) * share;
        return p.then == Then::Cosine ? cosineBetween(s.learningRate, end, share) : s.learningRate;
    };
}

struct PlateauParams {
    double factor = 0.1;
    std::int64_t patience = 10;
    double threshold = 1e-4;
    double minimum = 0;
};

/// PyTorch's ReduceLROnPlateau with a relative threshold.
class Plateau final : public Schedule {
  public:
    Plateau(const PlateauParams& p, const ScheduleSetup& s)
        : p_(p)
        , first_(s.learningRate)
        , rate_(s.learningRate) {}
    double rate(std::int64_t) const override { return rate_; }
    void observe(double loss) override {
        // For losses below zero, better is still lower.
        if (loss < best_ - p_.threshold * std::abs(best_) || !std::isfinite(best_)) {
            best_ = loss;
            bad_ = 0;
        } else {
            ++bad_;
        }
        if (bad_ > static_cast<double>(p_.patience)) {
            rate_ = std::max(rate_ * p_.factor, std::min(rate_, p_.minimum));
            bad_ = 0;
        }
    }
    std::vector<double> state() const override { return {rate_, best_, bad_}; }
    /// The rate only ever falls.
    bool restore(const std::vector<double>& state) override {
        if (state.size() != 3 || !(state[0] >= 0 && state[0] <= first_) || std::isnan(state[1]) ||
            !(state[2] >= 0 && state[2] <= static_cast<double>(p_.patience)))
            return false;
        rate_ = state[0];
        best_ = state[1];
        bad_ = state[2];
        return true;
    }

  private:
    PlateauParams p_;
    double first_, rate_;
    double best_ = std::numeric_limits<double>::infinity();
    double bad_ = 0;
};

ParamSpec factorSpec(std::string doc) {
    return {.key = "factor",
            .label = "Factor",
            .minimum = 0,
            .maximum = 1,
            .minimumExcluded = true,
            .doc = std::move(doc)};
}
ParamSpec finalShareSpec() {
    return {.key = "final_share",
            .label = "Final share",
            .minimum = 0,
            .maximum = 1,
            .doc = "The rate at the end of the run, as a share of the learning rate."};
}

template <class P>
ScheduleSchema describe(std::string id, std::string name, std::string doc, std::string formula,
                        const ParamTable<P>& table,
                        std::function<double(std::int64_t)> (*rate)(const P&, const ScheduleSetup&)) {
    return {std::move(id),
            std::move(name),
            std::move(doc),
            std::move(formula),
            table.specs(),
            [table, rate](const ParamValues& values, const ScheduleSetup& setup) {
                return std::make_unique<Formula>(rate(table.read(values), setup));
            }};
}

std::vector<ScheduleSchema> makeAll() {
    ParamTable<StepParams> step;
    step.add(&StepParams::every, {.key = "every",
                                  .label = "Every",
                                  .minimum = 1,
                                  .maximum = 100000,
                                  .unit = "epochs",
                                  .doc = "Epochs between two drops."});
    step.add(&StepParams::factor, factorSpec("What the rate is multiplied by at each drop."));
    ParamTable<ExponentialParams> exponential;
    exponential.add(&ExponentialParams::factor, factorSpec("What the rate is multiplied by each epoch."));
    ParamTable<CosineParams> cosine;
    cosine.add(&CosineParams::finalShare, finalShareSpec());
    ParamTable<OneCycleParams> oneCycle;
    oneCycle.add(&OneCycleParams::rise, {.key = "rise",
                                         .label = "Rise",
                                         .minimum = 0,
                                         .maximum = 1,
                                         .minimumExcluded = true,
                                         .maximumExcluded = true,
                                         .doc = "The share of the run in which the rate grows."});
    oneCycle.add(&OneCycleParams::startDivisor, {.key = "start_divisor",
                                                 .label = "Start divisor",
                                                 .minimum = 1,
                                                 .maximum = 1e9,
                                                 .doc = "The first rate is the peak divided by this.",
                                                 .advanced = true});
    oneCycle.add(&OneCycleParams::endDivisor, {.key = "end_divisor",
                                               .label = "End divisor",
                                               .minimum = 1,
                                               .maximum = 1e12,
                                               .doc = "The last rate is the first one divided by this.",
                                               .advanced = true});
    ParamTable<WarmUpParams> warmUp;
    warmUp.add(&WarmUpParams::steps, {.key = "steps",
                                      .label = "Warm-up",
                                      .minimum = 0,
                                      .maximum = 1e7,
                                      .unit = "steps",
                                      .doc = "Steps in which the rate grows to the learning rate."});
    warmUp.add(&WarmUpParams::startShare, {.key = "start_share",
                                           .label = "First share",
                                           .minimum = 0,
                                           .maximum = 1,
                                           .doc = "The first rate, as a share of the learning rate.",
                                           .advanced = true});
    warmUp.addChoice(&WarmUpParams::then,
                     {.key = "then", .label = "Then", .doc = "What the rate does after the warm-up."},
                     {{"constant", "Constant", "It stays."},
                      {"linear", "Linear", "It falls in a straight line to the end of the run."},
                      {"cosine", "Cosine", "It falls along half a cosine to the end of the run."}});
    warmUp.add(&WarmUpParams::finalShare, finalShareSpec());
    ParamTable<PlateauParams> plateau;
    plateau.add(&PlateauParams::factor, factorSpec("What the rate is multiplied by at each drop."));
    plateau.add(&PlateauParams::patience, {.key = "patience",
                                           .label = "Patience",
                                           .minimum = 0,
                                           .maximum = 100000,
                                           .unit = "epochs",
                                           .doc = "Epochs without a better loss that are borne."});
    plateau.add(&PlateauParams::threshold, {.key = "threshold",
                                            .label = "Threshold",
                                            .minimum = 0,
                                            .maximum = 1,
                                            .doc = "How much lower, as a share, a loss must be to be better.",
                                            .advanced = true});
    plateau.add(&PlateauParams::minimum, {.key = "minimum",
                                          .label = "Lowest rate",
                                          .minimum = 0,
                                          .maximum = 1000,
                                          .doc = "The rate never falls below this.",
                                          .advanced = true});
    return {
        describe("constant", "Constant", "The same rate in every step of the run.", "η(t) = η",
                 ParamTable<ConstantParams>{}, constantRate),
        describe("step", "Step", "The rate drops by a factor every so many epochs.", "η(e) = η·γ^⌊e / every⌋",
                 step, stepRate),
        describe("exponential", "Exponential", "The rate falls by the same factor each epoch.", "η(e) = η·γᵉ",
                 exponential, exponentialRate),
        describe("cosine", "Cosine",
                 "The rate falls along half a cosine over the whole run: slowly, fast, slowly.",
                 "η(t) = η₁ + (η − η₁)·(1 + cos(πt/T)) / 2", cosine, cosineRate),
        describe("one-cycle", "One cycle",
                 "The rate grows from a small one to the learning rate, then falls far below where it began.",
                 "η/25 ↗ η ↘ η/250000, along half cosines", oneCycle, oneCycleRate),
        describe("warmup", "Warm-up",
                 "The rate grows in a straight line while running means settle, then stays or falls.",
                 "η(t) = η·t / warm-up,  then constant, linear or cosine", warmUp, warmUpRate),
        {"plateau", "Reduce on plateau",
         "The rate drops by a factor when the validation loss has not become better for some epochs.",
         "η ← η·γ after more than `patience` bad epochs", plateau.specs(),
         [plateau](const ParamValues& values, const ScheduleSetup& setup) {
             return std::make_unique<Plateau>(plateau.read(values), setup);
         }},
    };
}

} // namespace

Registry<ScheduleSchema>& schedules() {
    static Registry<ScheduleSchema> all(makeAll());
    return all;
}

const ScheduleSchema* findSchedule(std::string_view id) {
    return schedules().find(id);
}

} // namespace burdock
