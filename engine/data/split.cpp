#include "engine/data/split.h"

#include "engine/tensor/random.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace burdock {
namespace {

// Streams of shuffledIndices.
constexpr std::uint64_t testStream = 1;
constexpr std::uint64_t validationStream = 2;

/// How many of `count` a fraction is; leaves at least one over.
std::int64_t share(std::int64_t count, double fraction) {
    if (!(fraction > 0) || count < 2) return 0;
    const auto wanted = std::llround(fraction * static_cast<double>(count));
    return std::clamp<std::int64_t>(wanted, 1, count - 1);
}

/// How many samples are given for validation; leaves at least one over.
std::int64_t givenValidation(const Dataset& data) {
    return std::clamp<std::int64_t>(data.info().validationSize, 0,
                                    std::max<std::int64_t>(data.size(Part::Train) - 1, 0));
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

std::int64_t trainCount(const Dataset& data, double validationFraction) {
    std::int64_t left = data.size(Part::Train);
    if (const std::int64_t given = givenValidation(data); given > 0) {
        left -= given;
        return data.size(Part::Test) > 0 ? left : left - share(left, data.info().testShare);
    }
    if (data.size(Part::Test) == 0) left -= share(left, data.info().testShare);
    return left - share(left, validationFraction);
}

Split makeSplit(const Dataset& data, double validationFraction, std::uint64_t seed) {
    Split split;
    const std::int64_t given = givenValidation(data);
    std::vector<std::int64_t> left(static_cast<std::size_t>(data.size(Part::Train) - given));
    std::iota(left.begin(), left.end(), 0);

    const auto takeFrom = [&left](std::int64_t count, std::uint64_t key, std::uint64_t stream) {
        const auto order = shuffledIndices(static_cast<std::int64_t>(left.size()), key, stream);
        std::vector<std::int64_t> taken, kept;
        for (std::size_t i = 0; i < order.size(); ++i)
            (static_cast<std::int64_t>(i) < count ? taken : kept)
                .push_back(left[static_cast<std::size_t>(order[i])]);
        std::sort(taken.begin(), taken.end());
        std::sort(kept.begin(), kept.end());
        left = std::move(kept);
        return taken;
    };

    if (const std::int64_t tests = data.size(Part::Test); tests > 0) {
        split.test.resize(static_cast<std::size_t>(tests));
        std::iota(split.test.begin(), split.test.end(), 0);
    } else {
        split.testPart = Part::Train;
        const auto samples = static_cast<std::int64_t>(left.size());
        split.test = takeFrom(share(samples, data.info().testShare), 0, testStream);
    }
    if (given > 0) {
        split.validation.resize(static_cast<std::size_t>(given));
        std::iota(split.validation.begin(), split.validation.end(), data.size(Part::Train) - given);
    } else {
        const auto samples = static_cast<std::int64_t>(left.size());
        split.validation = takeFrom(share(samples, validationFraction), seed, validationStream);
    }
    split.train = std::move(left);
    return split;
}

} // namespace burdock
