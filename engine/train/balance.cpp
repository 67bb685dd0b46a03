#include "engine/train/balance.h"

#include "engine/train/loss.h"

#include <algorithm>
#include <numeric>

namespace burdock {

ClassBalance balanceOf(const Dataset& data, std::span<const std::int64_t> samples) {
    const DatasetInfo& info = data.info();
    const bool oneQuestion = info.task->targetKind == TargetKind::YesNo && info.targets == 1;
    const bool ofPixels = info.task->targetKind == TargetKind::YesNo && info.mask;
    const std::size_t looked = ofPixels ? 256 : 50'000;
    if (info.task->positions || (info.task->targetKind != TargetKind::Class && !oneQuestion && !ofPixels))
        return {};
    std::vector<std::int64_t> some;
    const std::size_t stride = std::max<std::size_t>(1, samples.size() / looked);
    for (std::size_t i = 0; i < samples.size(); i += stride)
        some.push_back(samples[i]);
    const TargetCounts counts = countTargets(data, some);
    std::vector<double> of = counts.of;
    if (oneQuestion) of = {counts.samples - counts.of[0], counts.of[0]};
    double total = counts.samples;
    if (ofPixels) {
        const double yes = std::accumulate(of.begin(), of.end(), 0.0);
        total = counts.samples * static_cast<double>(of.size());
        of = {total - yes, yes};
    }
    ClassBalance balance;
    balance.samples = total;
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
