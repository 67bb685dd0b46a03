#pragma once

#include "engine/data/dataset.h"
#include "engine/data/sample_facts.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace burdock {

/// Pictures, or other samples, of one size with a byte a value, one after the other, and the class of each.
struct ByteSamples {
    std::vector<std::uint8_t> values;
    std::vector<std::int64_t> classes;

    std::int64_t count() const { return static_cast<std::int64_t>(classes.size()); }
};

/// Brings bytes from 0..255 to 0..1.
void toShares(const std::uint8_t* from, float* to, std::int64_t count);

/// Further samples, or why there are none.
using NewSamplesResult = Result<std::shared_ptr<const NewSamples>>;
/// See Dataset::readNew.
using NewReader = std::function<NewSamplesResult(const std::filesystem::path&)>;

/// A data set of them, with values from 0..255 brought to 0..1. The numbers of samples are put into `info`,
/// the rest of it must be there. Each part holds count() × info.input.size() values. Without a reader no
/// further samples can be read. `axes`: what those of a sample mean, unless it is a picture of places.
std::shared_ptr<const Dataset> makeByteDataset(DatasetInfo info, ByteSamples train, ByteSamples test,
                                               NewReader reader = {}, PictureAxes axes = {});

/// Further samples of such a data set: names.size() × `each` values.
std::shared_ptr<const NewSamples> makeNewBytes(std::vector<std::uint8_t> values, std::int64_t each,
                                               std::vector<std::string> names,
                                               std::vector<std::string> notes);

} // namespace burdock
