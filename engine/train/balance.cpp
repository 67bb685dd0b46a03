#include "engine/train/balance.h"

#include <algorithm>
#include <numeric>

namespace burdock {
namespace {

bool isMultilabel(const DatasetInfo& info) {
    return info.task->targetKind == TargetKind::YesNo && info.targets > 1 && !info.mask;
}

void addClass(ClassBalance& balance, std::int64_t id, double samples) {
    if (samples == 0) return balance.absent.push_back(id);
    if (samples > balance.most) {
        balance.most = samples;
        balance.common = id;
    }
    if (balance.least == 0 || samples < balance.least) {
        balance.least = samples;
        balance.rare = id;
    }
}

/// Each label is a question of its own.
ClassBalance ofLabels(const TargetCounts& counts) {
    ClassBalance balance;
    balance.samples = counts.samples;
    const auto yes = [&](std::int64_t label) { return counts.of[static_cast<std::size_t>(label)]; };
    for (std::int64_t label = 0; label < std::ssize(counts.of); ++label) {
        if (yes(label) == 0) balance.absent.push_back(label);
        if (ClassBalance::isApart(counts.samples - yes(label), yes(label)))
            balance.rareLabels.push_back(label);
    }
    std::ranges::stable_sort(balance.rareLabels, {}, yes);
    if (balance.rareLabels.empty()) return balance;
    balance.rare = balance.rareLabels.front();
    balance.least = yes(balance.rare);
    balance.most = counts.samples - balance.least;
    return balance;
}

} // namespace

ClassBalance balanceOf(const DatasetInfo& info, const TargetCounts& counts) {
    if (isMultilabel(info)) return ofLabels(counts);
    std::vector<double> of = counts.of;
    ClassBalance balance;
    balance.samples = counts.samples;
    if (info.mask) {
        const double yes = std::accumulate(of.begin(), of.end(), 0.0);
        balance.samples *= static_cast<double>(of.size());
        of = {balance.samples - yes, yes};
    } else if (info.task->targetKind == TargetKind::YesNo) {
        of = {counts.samples - counts.of[0], counts.of[0]};
    }
    for (std::size_t c = 0; c < of.size(); ++c)
        addClass(balance, static_cast<std::int64_t>(c), of[c]);
    if (info.mask) balance.absent.clear(); // yes and no are no classes
    return balance;
}

ClassBalance balanceOf(const Dataset& data, std::span<const std::int64_t> samples) {
    const DatasetInfo& info = data.info();
    const TargetKind kind = info.task->targetKind;
    if (info.task->positions || (kind != TargetKind::Class && kind != TargetKind::YesNo)) return {};
    const std::size_t looked = info.mask ? 256 : 50'000;
    std::vector<std::int64_t> some;
    const std::size_t stride = std::max<std::size_t>(1, samples.size() / looked);
    for (std::size_t i = 0; i < samples.size(); i += stride)
        some.push_back(samples[i]);
    return balanceOf(info, countTargets(data, some));
}

} // namespace burdock
