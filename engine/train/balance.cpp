#include "engine/train/balance.h"

#include "engine/train/loss.h"

#include <algorithm>

namespace burdock {

ClassBalance balanceOf(const Dataset& data, std::span<const std::int64_t> samples) {
    constexpr std::size_t looked = 50'000;
    const DatasetInfo& info = data.info();
    const bool oneQuestion = info.task->targetKind == TargetKind::YesNo && info.targets == 1;
    if (info.task->positions || (info.task->targetKind != TargetKind::Class && !oneQuestion)) return {};
    std::vector<std::int64_t> some;
    const std::size_t stride = std::max<std::size_t>(1, samples.size() / looked);
    for (std::size_t i = 0; i < samples.size(); i += stride)
        some.push_back(samples[i]);
    const TargetCounts counts = countTargets(data, some);
    std::vector<double> of = counts.of;
    if (oneQuestion) of = {counts.samples - counts.of[0], counts.of[0]};
    ClassBalance balance;
    balance.samples = counts.samples;
    for (std::size_t c = 0; c < of.size(); ++c) {
        const auto id = static_cast<std::int64_t>(c);
        if (of[c] == 0) {
            balance.absent.push_back(id);
            continue;
        }
        if (of[c] > balance.most) {
            balance.most = of[c];
            balance.common = id;
        }
        if (balance.least == 0 || of[c] < balance.least) {
            balance.least = of[c];
            balance.rare = id;
        }
    }
    return balance;
}

} // namespace burdock
