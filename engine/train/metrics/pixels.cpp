// Metrics of labelled pixels: how far what was marked and what should have been overlap.
#include "engine/train/metrics/common.h"

#include <cmath>

namespace burdock {
namespace {

/// How many pixels were marked that should be, were marked that should not, and were not marked.
struct Overlap {
    double both = 0, marked = 0, wanted = 0;
    void add(float y, float t, float yesAbove) {
        const bool is = t > 0.5f, said = y > yesAbove; // what is not a number marks nothing
        both += is && said ? 1 : 0;
        marked += said ? 1 : 0;
        // Nor may it be right by marking nothing.
        wanted += is || std::isnan(y) ? 1 : 0;
    }
};

/// Calls `of(label, overlap)` for each label of each picture.
template <class F>
void overlaps(const MetricSetup& setup, const Tensor<float>& outputs, const Tensor<float>& targets, F of) {
    for (std::int64_t b = 0; b < outputs.batch; ++b)
        for (std::int64_t label = 0; label < setup.labels(); ++label) {
            const std::int64_t first = b * setup.outputs + label * setup.area;
            Overlap overlap;
            for (std::int64_t i = first; i < first + setup.area; ++i)
                overlap.add(outputs.data[i], targets.data[i], setup.yesAbove);
            of(static_cast<std::size_t>(label), overlap);
        }
}

/// Of one label the list holds "no" and "yes", as precision and recall do: of "no" nothing is told.
MetricValue meanOverLabels(std::vector<double> values) {
    MetricValue m;
    m.value = meanOf(values);
    m.values = std::move(values);
    if (m.values.size() == 1) m.values.insert(m.values.begin(), undefined);
    return m;
}

/// Over all pictures together (Everingham et al.: The PASCAL visual object classes challenge, 2010).
class IntersectionOverUnion final : public Metric {
  public:
    explicit IntersectionOverUnion(const MetricSetup& setup)
        : setup_(setup)
        , all_(static_cast<std::size_t>(setup.labels())) {}
    void add(const Tensor<float>& outputs, const Tensor<float>& targets) override {
        overlaps(setup_, outputs, targets, [this](std::size_t label, const Overlap& overlap) {
            all_[label].both += overlap.both;
            all_[label].marked += overlap.marked;
            all_[label].wanted += overlap.wanted;
        });
    }
    MetricValue result() const override {
        std::vector<double> values;
        for (const Overlap& o : all_)
            values.push_back(ratio(o.both, o.marked + o.wanted - o.both));
        return meanOverLabels(std::move(values));
    }

  private:
    MetricSetup setup_;
    std::vector<Overlap> all_;
};

/// Picture by picture (Dice: Measures of the amount of ecologic association between species, 1945).
class Dice final : public Metric {
  public:
    explicit Dice(const MetricSetup& setup)
        : setup_(setup)
        , sums_(static_cast<std::size_t>(setup.labels()), 0.0)
        , pictures_(sums_) {}
    void add(const Tensor<float>& outputs, const Tensor<float>& targets) override {
        overlaps(setup_, outputs, targets, [this](std::size_t label, const Overlap& overlap) {
            if (overlap.marked + overlap.wanted == 0) return;
            sums_[label] += 2 * overlap.both / (overlap.marked + overlap.wanted);
            pictures_[label] += 1;
        });
    }
    MetricValue result() const override {
        std::vector<double> values;
        for (std::size_t label = 0; label < sums_.size(); ++label)
            values.push_back(ratio(sums_[label], pictures_[label]));
        return meanOverLabels(std::move(values));
    }

  private:
    MetricSetup setup_;
    std::vector<double> sums_, pictures_; ///< by label
};

bool ofPixels(const MetricSetup& setup) {
    return setup.area > 1;
}

} // namespace

MetricSchema iouMetric() {
    return {.id = "iou",
            .name = "IoU",
            .doc = "Intersection over union: of the pixels of all pictures that carry a label or were given "
                   "it, the share that is both. Pixels that are rightly left unmarked do not count.",
            .formula = "|marked ∩ true| / |marked ∪ true|",
            .kinds = {TargetKind::YesNo},
            .make = [](const MetricSetup& s) { return std::make_unique<IntersectionOverUnion>(s); },
            .each = true,
            .share = true,
            .foremost = true,
            .low = 0,
            .high = 1,
            .applies = ofPixels};
}

MetricSchema diceMetric() {
    return {.id = "dice",
            .name = "Dice",
            .doc =
                "The overlap of what was marked with what carries a label, picture by picture, in the mean "
                "over pictures; those without the label that are left unmarked are left out.",
            .formula = "2·|marked ∩ true| / (|marked| + |true|)",
            .kinds = {TargetKind::YesNo},
            .make = [](const MetricSetup& s) { return std::make_unique<Dice>(s); },
            .each = true,
            .share = true,
            .foremost = true,
            .low = 0,
            .high = 1,
            .applies = ofPixels};
}

} // namespace burdock
