// Metrics of what was found of each class: one table of counts, read in four ways.
#include "engine/train/metrics/common.h"

#include <cmath>

namespace burdock {
namespace {

/// What is told of one class: how often it was found rightly, found wrongly, and missed.
struct Found {
    double right = 0, wrongly = 0, missed = 0;
};

/// Counts what was said of each class, or of no and yes, label by label.
class Counts : public Metric {
  public:
    explicit Counts(const MetricSetup& setup)
        : setup_(setup)
        , byClass_(setup.task->targetKind == TargetKind::Class)
        , k_(byClass_ ? static_cast<std::size_t>(setup.outputs) : 2)
        , tables_(byClass_ ? 1 : static_cast<std::size_t>(setup.labels())) {}

    void add(const Tensor<float>& outputs, const Tensor<float>& targets) override {
        for (std::int64_t b = 0; b < outputs.batch; ++b) {
            const float* const y = outputs.data + b * setup_.outputs;
            if (byClass_) {
                const auto is = classOf(targets.data[b], setup_.outputs);
                if (is >= 0) count(0, static_cast<std::size_t>(is), largestOf(y, setup_.outputs));
                continue;
            }
            const float* const t = targets.data + b * setup_.outputs;
            for (std::int64_t i = 0; i < setup_.outputs; ++i)
                count(static_cast<std::size_t>(i / setup_.area), t[i] > 0.5f ? 1 : 0,
                      std::isnan(y[i])         ? -1
                      : y[i] > setup_.yesAbove ? 1
                                               : 0);
        }
    }

  protected:
    /// `said` is below 0 where the output was not a number.
    virtual void count(std::size_t table, std::size_t is, std::int64_t said) = 0;
    /// The value of "yes" where there is but one question, otherwise the mean over classes.
    bool oneQuestion() const { return !byClass_ && tables_ == 1; }
    std::size_t classes() const { return k_; }
    std::size_t tables() const { return tables_; }

  private:
    MetricSetup setup_;
    bool byClass_;
    std::size_t k_, tables_;
};

/// `of(found)` for each class. Undefined for a class that has no samples and was never predicted: it is left
/// out of the mean.
template <double (*of)(const Found&)>
class ByClass final : public Counts {
  public:
    explicit ByClass(const MetricSetup& setup)
        : Counts(setup)
        , found_(tables() * classes()) {}

    /// Of each class; of "no" and "yes"; or of each label's "yes".
    MetricValue result() const override {
        MetricValue m;
        for (std::size_t i = 0; i < found_.size(); ++i)
            if (tables() == 1 || i % classes() > 0) m.values.push_back(of(found_[i]));
        m.value = oneQuestion() ? m.values[1] : meanOf(m.values);
        return m;
    }

  private:
    void count(std::size_t table, std::size_t is, std::int64_t said) override {
        Found* const label = found_.data() + table * classes();
        if (said == static_cast<std::int64_t>(is)) {
            label[is].right += 1;
            return;
        }
        label[is].missed += 1;
        if (said >= 0) label[said].wrongly += 1;
    }
    std::vector<Found> found_;
};

double precisionOf(const Found& f) {
    // A class that is there and was never predicted counts 0, as in scikit-learn.
    return ratio(f.right, f.right + f.wrongly, f.missed > 0 ? 0 : undefined);
}
double recallOf(const Found& f) {
    return ratio(f.right, f.right + f.missed);
}
double f1Of(const Found& f) {
    return ratio(2 * f.right, 2 * f.right + f.wrongly + f.missed);
}

/// It grows with the square of the classes, is kept with every run, and nobody can look through a larger one.
constexpr std::int64_t mostInMatrix = 256;

/// counts[true · k + predicted]
class Matrix final : public Counts {
  public:
    explicit Matrix(const MetricSetup& setup)
        : Counts(setup)
        , counts_(classes() * classes(), 0.0) {}
    MetricValue result() const override {
        return {
            .id = {}, .value = undefined, .values = counts_, .columns = static_cast<std::int64_t>(classes())};
    }

  private:
    void count(std::size_t, std::size_t is, std::int64_t said) override {
        if (said >= 0) counts_[is * classes() + static_cast<std::size_t>(said)] += 1;
    }
    std::vector<double> counts_;
};

const std::vector<TargetKind> choices{TargetKind::Class, TargetKind::YesNo};
bool classesMatter(const MetricSetup& s) {
    return !s.task->positions;
}

} // namespace

MetricSchema precisionMetric() {
    return {.id = "precision",
            .name = "Precision",
            .doc = "Of what was called a class, the share that is one.",
            .formula = "true positives / (true + false positives)",
            .kinds = choices,
            .make = [](const MetricSetup& s) { return std::make_unique<ByClass<precisionOf>>(s); },
            .each = true,
            .share = true,
            .low = 0,
            .high = 1,
            .applies = classesMatter};
}

MetricSchema recallMetric() {
    return {.id = "recall",
            .name = "Recall",
            .doc = "Of a class's samples, the share that was found.",
            .formula = "true positives / (true positives + false negatives)",
            .kinds = choices,
            .make = [](const MetricSetup& s) { return std::make_unique<ByClass<recallOf>>(s); },
            .each = true,
            .share = true,
            .low = 0,
            .high = 1,
            .applies = classesMatter};
}

MetricSchema f1Metric() {
    return {.id = "f1",
            .name = "F1",
            .doc = "The harmonic mean of precision and recall.",
            .formula = "2·P·R / (P + R)",
            .kinds = choices,
            .make = [](const MetricSetup& s) { return std::make_unique<ByClass<f1Of>>(s); },
            .each = true,
            .share = true,
            .low = 0,
            .high = 1,
            .applies = classesMatter};
}

MetricSchema confusionMatrixMetric() {
    return {.id = "confusion_matrix",
            .name = "Confusion matrix",
            .doc = "How many samples of each class (row) were taken for each class (column). It is not kept "
                   "of more than " +
                   std::to_string(mostInMatrix) + " classes.",
            .formula = "n(true, predicted)",
            .kinds = choices,
            .make = [](const MetricSetup& s) { return std::make_unique<Matrix>(s); },
            .better = MetricSchema::Better::Neither,
            .mostLabels = mostInMatrix,
            .applies =
                [](const MetricSetup& s) {
                    return classesMatter(s) && (s.task->targetKind == TargetKind::Class || s.outputs == 1);
                }};
}

} // namespace burdock
