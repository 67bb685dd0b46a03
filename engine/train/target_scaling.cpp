#include "engine/train/target_scaling.h"

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

/// Between what values a function lies. One that still grows between 10⁵ and 10⁶ has no bound.
template <class F>
ValueRange rangeOf(F f) {
    constexpr double far = 1e5, reach = 20, step = 1.0 / 16;
    ValueRange near{f(far), f(far)};
    const auto widen = [](ValueRange& range, double y) {
        range.low = std::min(range.low, y);
        range.high = std::max(range.high, y);
    };
    widen(near, f(-far));
    for (double x = -reach; x <= reach; x += step)
        widen(near, f(x));
    ValueRange all = near;
    widen(all, f(10 * far));
    widen(all, f(-10 * far));
    const double little = 1e-9 * std::max(1.0, near.high - near.low);
    if (!(all.low >= near.low - little)) near.low = ValueRange{}.low;
    if (!(all.high <= near.high + little)) near.high = ValueRange{}.high;
    return near;
}

} // namespace

ValueRange outputRange(const CheckedNetwork& network) {
    std::size_t at = network.output();
    const auto layer = [&]() -> const CheckedLayer& { return *network.steps()[at].layer; };
    while (at != network.input() && layer().schema->keepsValues)
        at = network.steps()[at].inputs.front().step;
    if (!layer().schema->curve) return {};
    return rangeOf([&](double x) { return layer().schema->curve(x, layer().params); });
}

TargetScaling targetScaling(const CheckedNetwork& network, const TrainConfig& config) {
    return {config.targetScale, outputRange(network)};
}

double lossUnit(const LossSchema& loss, const Scaling& scaling, const TrainConfig& config) {
    if (config.targetScale != TargetScale::Auto || scaling.targetDeviation.size() != 1) return 1;
    return std::pow(static_cast<double>(scaling.targetDeviation[0]), loss.degree);
}

} // namespace burdock
