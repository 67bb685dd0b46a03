#include "engine/data/shared_rows.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace burdock {

SharedRows::SharedRows(const Dataset& data) {
    const SampleFacts& facts = factsOf(data);
    const std::int64_t count = data.size(Part::Train);
    if (count == 0 || !facts.rowsOf(Part::Train, 0)) return;
    spans_.reserve(static_cast<std::size_t>(count));
    for (std::int64_t i = 0; i < count; ++i)
        spans_.push_back(facts.rowsOf(Part::Train, i).value_or(RowSpan{}));
    Samples all(static_cast<std::size_t>(count));
    std::iota(all.begin(), all.end(), 0);
    all = inOrder(std::move(all));
    bool common = false;
    for (std::size_t i = 0; i < all.size(); ++i) {
        longest_ = std::max(longest_, of(all[i]).last - of(all[i]).first + 1);
        common = common || (i > 0 && of(all[i]).first <= of(all[i - 1]).last);
    }
    if (common) return;
    spans_.clear();
    longest_ = 0;
}

Samples SharedRows::inOrder(Samples samples) const {
    const auto before = [this](std::int64_t a, std::int64_t b) { return of(a).first < of(b).first; };
    if (!std::ranges::is_sorted(samples, before)) std::ranges::stable_sort(samples, before);
    return samples;
}

Labels SharedRows::blocks(const Samples& from, std::int64_t count) const {
    Labels labels(spans_.size());
    const auto all = static_cast<std::int64_t>(from.size());
    std::int64_t at = 0;
    for (const std::int64_t sample : inOrder(from))
        labels[static_cast<std::size_t>(sample)] = at++ * count / all;
    return labels;
}

Samples SharedRows::meeting(const Samples& left, const Samples& taken) const {
    Samples found;
    if (spans_.empty() || taken.empty()) return found;
    std::vector<RowSpan> rows; // those of `taken`, what hangs together as one
    for (const std::int64_t sample : inOrder(taken))
        if (const RowSpan& span = of(sample); rows.empty() || span.first > rows.back().last)
            rows.push_back(span);
        else
            rows.back().last = std::max(rows.back().last, span.last);
    for (const std::int64_t sample : left) {
        const auto next = std::ranges::lower_bound(rows, of(sample).first, {}, &RowSpan::last);
        if (next != rows.end() && next->first <= of(sample).last) found.push_back(sample);
    }
    return found;
}

} // namespace burdock
