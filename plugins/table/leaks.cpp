#include "leaks.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace burdock {
namespace {

constexpr std::int64_t most = 2000, enough = 20;

/// Whether y = a·x + b, by the correlation.
bool isLinear(const std::vector<float>& x, const std::vector<float>& y) {
    double meanX = 0, meanY = 0, xx = 0, yy = 0, xy = 0;
    std::int64_t count = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (std::isnan(x[i]) || std::isnan(y[i])) continue;
        ++count;
        const double dx = double(x[i]) - meanX, dy = double(y[i]) - meanY;
        meanX += dx / static_cast<double>(count);
        meanY += dy / static_cast<double>(count);
        xx += dx * (double(x[i]) - meanX);
        yy += dy * (double(y[i]) - meanY);
        xy += dx * (double(y[i]) - meanY);
    }
    constexpr double exact = 1 - 1e-6;
    return count >= enough && xx > 0 && yy > 0 && std::abs(xy) / std::sqrt(xx) / std::sqrt(yy) > exact;
}

/// Whether each value stands for one class and each class for one value.
bool standsForClass(const std::vector<float>& x, const std::vector<float>& y, std::size_t classes) {
    std::map<float, float> classOf;
    std::set<float> told;
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (std::isnan(x[i])) continue;
        const auto [found, added] = classOf.emplace(x[i], y[i]);
        if (found->second != y[i] || classOf.size() > classes) return false;
        if (added && !told.insert(y[i]).second) return false;
    }
    return classOf.size() >= 2;
}

} // namespace

std::vector<std::string> copiesOfTarget(const Dataset& data) {
    const DatasetInfo& info = data.info();
    const std::int64_t samples = std::min(most, info.trainSize), width = info.input.size(),
                       targets = data.targetWidth();
    constexpr std::int64_t widest = 2000;
    std::vector<std::string> copies;
    if (samples < enough || width > widest) return copies;
    std::vector<std::vector<float>> x(static_cast<std::size_t>(width)), y(static_cast<std::size_t>(targets));
    std::vector<float> input(static_cast<std::size_t>(width)), target(static_cast<std::size_t>(targets));
    for (std::int64_t i = 0; i < samples; ++i) {
        const std::int64_t at = i * info.trainSize / samples;
        data.readInput(Part::Train, at, input.data());
        data.readTarget(Part::Train, at, target.data());
        for (std::size_t f = 0; f < input.size(); ++f)
            x[f].push_back(input[f]);
        for (std::size_t t = 0; t < target.size(); ++t)
            y[t].push_back(target[t]);
    }
    for (std::size_t f = 0; f < x.size(); ++f) {
        const bool copy = std::any_of(y.begin(), y.end(), [&](const std::vector<float>& of) {
            if (info.task == Task::Regression) return isLinear(x[f], of);
            return standsForClass(
                x[f], of,
                std::max<std::size_t>(2, info.task == Task::Multilabel ? 2 : info.classNames.size()));
        });
        if (copy) copies.push_back(info.featureNames[f]);
    }
    return copies;
}

} // namespace burdock
