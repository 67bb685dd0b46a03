#pragma once

#include "engine/data/dataset.h"

namespace burdock {

/// How a data set keeps its numbers: an input is (number - offset) / divisor.
struct InputUnits {
    std::vector<double> offsets; ///< of each input; empty: none
    double divisor = 1;
};

/// A field for each input of a data set whose samples are lists of single numbers, told of by up to some
/// thousand evenly spread samples to train on. None where samples are sequences or maps, or of more than a
/// thousand numbers.
std::vector<InputField> numberFields(const Dataset& data, const InputUnits& units = {});
/// The sample of these texts, a number each, or empty: missing. Refuses what is no number.
Result<std::shared_ptr<const NewSamples>> readNumbers(const std::vector<InputField>& fields,
                                                      std::span<const std::string> texts,
                                                      const InputUnits& units = {});

/// One sample that was put together by hand.
std::shared_ptr<const NewSamples> handMade(std::vector<float> values);
/// Why this text cannot be taken for the field: `kind` is what it should be, "a number".
tl::unexpected<Diagnostic> refuseField(const InputField& field, const std::string& text,
                                       const std::string& kind);
/// Why this text is no number that the field can have: of a comma, how it is to be written.
tl::unexpected<Diagnostic> refuseNumber(const InputField& field, const std::string& text);
/// Unless there is one text for each field.
Status checkFieldCount(std::size_t fields, std::size_t texts);

/// Evenly spread numbers below `count`, at most `most` of them.
std::vector<std::int64_t> evenlySpread(std::int64_t count, std::int64_t most);

} // namespace burdock
