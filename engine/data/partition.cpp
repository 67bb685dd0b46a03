#include "engine/data/partition.h"

#include "engine/tensor/random.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>

namespace burdock {
namespace {

std::int64_t labelOf(const Labels& labels, std::int64_t sample) {
    return labels[static_cast<std::size_t>(sample)];
}

std::int64_t sizeOf(const Samples& samples) {
    return static_cast<std::int64_t>(samples.size());
}

Samples shuffled(const Samples& samples, std::uint64_t seed, std::uint64_t stream) {
    Samples drawn;
    drawn.reserve(samples.size());
    for (const std::int64_t at : shuffledIndices(sizeOf(samples), seed, stream))
        drawn.push_back(samples[static_cast<std::size_t>(at)]);
    return drawn;
}

/// Those of one label stand together, in a drawn order.
Samples byLabel(const Samples& samples, const Labels& labels, std::uint64_t seed, std::uint64_t stream) {
    Samples drawn = shuffled(samples, seed, stream);
    std::stable_sort(drawn.begin(), drawn.end(),
                     [&](std::int64_t a, std::int64_t b) { return labelOf(labels, a) < labelOf(labels, b); });
    return drawn;
}

/// How many of each label are taken, by the largest remainder. Those that would be taken whole come last.
std::vector<std::int64_t> quotas(const std::vector<LabelCount>& labels, std::int64_t total,
                                 std::int64_t count) {
    struct Rounded {
        std::size_t label;
        std::int64_t remainder;
        bool whole;
    };
    std::vector<std::int64_t> taken;
    std::vector<Rounded> rounded;
    std::int64_t missing = count;
    for (const LabelCount& label : labels) {
        const std::int64_t exact = label.samples * count; // in units of 1 / total
        if (exact % total > 0)
            rounded.push_back({taken.size(), exact % total, exact / total + 1 == label.samples});
        taken.push_back(exact / total);
        missing -= exact / total;
    }
    std::stable_sort(rounded.begin(), rounded.end(), [](const Rounded& a, const Rounded& b) {
        return a.whole != b.whole ? b.whole : a.remainder > b.remainder;
    });
    for (std::int64_t i = 0; i < missing; ++i)
        ++taken[rounded[static_cast<std::size_t>(i)].label];
    return taken;
}

std::vector<LabelCount> inDrawnOrder(const std::vector<LabelCount>& groups, std::uint64_t seed,
                                     std::uint64_t stream) {
    std::vector<LabelCount> drawn;
    drawn.reserve(groups.size());
    for (const std::int64_t at : shuffledIndices(static_cast<std::int64_t>(groups.size()), seed, stream))
        drawn.push_back(groups[static_cast<std::size_t>(at)]);
    return drawn;
}

} // namespace

std::vector<std::int64_t> shuffledIndices(std::int64_t count, std::uint64_t seed, std::uint64_t stream) {
    std::vector<std::int64_t> order(static_cast<std::size_t>(std::max<std::int64_t>(count, 0)));
    std::iota(order.begin(), order.end(), 0);
    const std::uint64_t key = deriveKey(seed, stream);
    for (std::size_t i = order.size(); i > 1; --i)
        std::swap(order[i - 1], order[randomBelow(key, i, i)]);
    return order;
}

Samples takeRandomly(const Samples& from, std::int64_t count, std::uint64_t seed, std::uint64_t stream) {
    Samples taken = shuffled(from, seed, stream);
    taken.resize(static_cast<std::size_t>(count));
    std::sort(taken.begin(), taken.end());
    return taken;
}

Samples takeStratified(const Samples& from, const Labels& classes, std::int64_t count, std::uint64_t seed,
                       std::uint64_t stream) {
    Samples taken;
    if (count <= 0) return taken;
    const std::vector<LabelCount> labels = countLabels(from, classes);
    const std::vector<std::int64_t> wanted = quotas(labels, sizeOf(from), count);
    const Samples ordered = byLabel(from, classes, seed, stream);
    auto first = ordered.begin();
    for (std::size_t i = 0; i < labels.size(); ++i) {
        taken.insert(taken.end(), first, first + wanted[i]);
        first += labels[i].samples;
    }
    std::sort(taken.begin(), taken.end());
    return taken;
}

Samples takeGroups(const Samples& from, const Labels& groups, std::int64_t count, std::int64_t spared,
                   std::uint64_t seed, std::uint64_t stream) {
    const std::vector<LabelCount> drawn = inDrawnOrder(countLabels(from, groups), seed, stream);
    auto mayTake = static_cast<std::int64_t>(drawn.size()) - spared;
    if (count <= 0 || mayTake <= 0) return {};
    std::vector<std::int64_t> chosen;
    std::int64_t left = count;
    for (const LabelCount& group : drawn) {
        if (group.samples > left || mayTake == 0) continue;
        chosen.push_back(group.label);
        left -= group.samples;
        --mayTake;
    }
    if (chosen.empty())
        chosen.push_back(
            std::min_element(drawn.begin(), drawn.end(), [](const LabelCount& a, const LabelCount& b) {
                return a.samples < b.samples;
            })->label);
    std::sort(chosen.begin(), chosen.end());
    Samples taken;
    for (const std::int64_t sample : from)
        if (std::binary_search(chosen.begin(), chosen.end(), labelOf(groups, sample)))
            taken.push_back(sample);
    return taken;
}

Samples takeLast(const Samples& from, const std::vector<double>& times, std::int64_t count) {
    Samples ordered = from;
    std::stable_sort(ordered.begin(), ordered.end(), [&times](std::int64_t a, std::int64_t b) {
        return times[static_cast<std::size_t>(a)] < times[static_cast<std::size_t>(b)];
    });
    ordered.erase(ordered.begin(), ordered.end() - count);
    std::sort(ordered.begin(), ordered.end());
    return ordered;
}

Samples foldStratified(const Samples& from, const Labels& classes, std::int64_t fold, std::int64_t folds,
                       std::uint64_t seed, std::uint64_t stream) {
    const Samples ordered = byLabel(from, classes, seed, stream);
    Samples taken;
    for (std::int64_t i = fold; i < sizeOf(ordered); i += folds)
        taken.push_back(ordered[static_cast<std::size_t>(i)]);
    std::sort(taken.begin(), taken.end());
    return taken;
}

Samples foldGroups(const Samples& from, const Labels& groups, std::int64_t fold, std::int64_t folds,
                   std::uint64_t seed, std::uint64_t stream) {
    std::vector<LabelCount> drawn = inDrawnOrder(countLabels(from, groups), seed, stream);
    std::stable_sort(drawn.begin(), drawn.end(),
                     [](const LabelCount& a, const LabelCount& b) { return a.samples > b.samples; });
    std::vector<std::int64_t> sizes(static_cast<std::size_t>(folds));
    std::vector<std::int64_t> chosen;
    for (const LabelCount& group : drawn) {
        const auto lightest = std::min_element(sizes.begin(), sizes.end());
        *lightest += group.samples;
        if (lightest - sizes.begin() == fold) chosen.push_back(group.label);
    }
    std::sort(chosen.begin(), chosen.end());
    Samples taken;
    for (const std::int64_t sample : from)
        if (std::binary_search(chosen.begin(), chosen.end(), labelOf(groups, sample)))
            taken.push_back(sample);
    return taken;
}

Samples without(const Samples& from, const Samples& taken) {
    Samples left;
    left.reserve(from.size());
    std::set_difference(from.begin(), from.end(), taken.begin(), taken.end(), std::back_inserter(left));
    return left;
}

std::vector<LabelCount> countLabels(const Samples& of, const Labels& labels) {
    std::map<std::int64_t, std::int64_t> counts;
    for (const std::int64_t sample : of)
        ++counts[labelOf(labels, sample)];
    std::vector<LabelCount> all;
    all.reserve(counts.size());
    for (const auto& [label, samples] : counts)
        all.push_back({label, samples});
    return all;
}

} // namespace burdock
