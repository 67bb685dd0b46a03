#include "files/sample_part.h"

#include "files/lowered.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace burdock {

std::optional<SamplePart> partNamed(std::string name) {
    name = lowered(name);
    std::erase_if(name, [](char c) { return c == '_' || c == '-' || c == ' ' || c == '.'; });
    for (const std::string_view ending : {"images", "pictures", "data", "set", "imgs"})
        if (name.size() > ending.size() && name.ends_with(ending)) name.resize(name.size() - ending.size());
    static const std::vector<std::pair<SamplePart, std::vector<std::string>>> names{
        {SamplePart::Train, {"train", "training", "trn", "segtrain"}},
        {SamplePart::Validation, {"val", "valid", "validation", "validate", "dev", "development", "segval"}},
        {SamplePart::Test, {"test", "testing", "tst", "eval", "evaluation", "holdout", "segtest"}}};
    for (const auto& [part, own] : names)
        if (std::ranges::find(own, name) != own.end()) return part;
    return std::nullopt;
}

} // namespace burdock
