#pragma once

#include "output.h"
#include "storage/notebook/records.h"

#include <utility>
#include <vector>

namespace burdock::cli {

/// A run as `runs` and `show` give it.
Json runJson(const storage::RunSummary& run);
Json epochJson(const storage::EpochRow& row);

/// What a run was made with, by name: data, architecture, every setting. Values are for people.
std::vector<std::pair<std::string, std::string>> runSettings(const storage::RunSummary& run);
/// What it reached.
std::vector<std::pair<std::string, std::string>> runResults(const storage::RunSummary& run);

} // namespace burdock::cli
