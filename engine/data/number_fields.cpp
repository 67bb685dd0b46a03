#include "engine/data/number_fields.h"

#include "engine/data/reading.h"
#include "engine/schema/number_text.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace burdock {
namespace {

constexpr std::int64_t mostFields = 1000, mostSamples = 4096, mostValues = 500'000;

class HandMade final : public NewSamples {
  public:
    explicit HandMade(std::vector<float> values)
        : values_(std::move(values)) {}
    std::int64_t size() const override { return 1; }
    void readInput(std::int64_t, float* values) const override {
        std::copy(values_.begin(), values_.end(), values);
    }
    std::string name(std::int64_t) const override { return "values given"; }
    const std::vector<std::string>& notes() const override { return notes_; }

  private:
    std::vector<float> values_;
    std::vector<std::string> notes_;
};

std::string nameOf(const DatasetInfo& info, std::size_t at) {
    return at < info.featureNames.size() ? info.featureNames[at] : "x" + std::to_string(at + 1);
}

double offsetOf(const InputUnits& units, std::size_t at) {
    return at < units.offsets.size() ? units.offsets[at] : 0;
}

/// In the data's units. Where nothing was done to it, 0.1 is 0.1.
double numberOf(float input, const InputUnits& units, std::size_t at) {
    const double offset = offsetOf(units, at);
    if (units.divisor == 1) return offset + sameText(input);
    return offset + sameText(static_cast<float>(static_cast<double>(input) * units.divisor));
}

} // namespace

std::vector<std::int64_t> evenlySpread(std::int64_t count, std::int64_t most) {
    std::vector<std::int64_t> all(static_cast<std::size_t>(std::min(count, most)));
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i] = static_cast<std::int64_t>(static_cast<double>(i) * static_cast<double>(count) /
                                           static_cast<double>(all.size()));
    return all;
}

std::vector<InputField> numberFields(const Dataset& data, const InputUnits& units) {
    const DatasetInfo& info = data.info();
    if (!info.input.isFlat() || info.task->generates || info.input.size() > mostFields) return {};
    const auto width = static_cast<std::size_t>(info.input.size());
    const std::int64_t samples =
        std::min(mostSamples, mostValues / std::max<std::int64_t>(1, info.input.size()));
    std::vector<std::vector<float>> columns(width);
    std::vector<float> sample(width);
    for (const std::int64_t index : evenlySpread(info.trainSize, samples)) {
        continueReading();
        data.readInput(Part::Train, index, sample.data());
        for (std::size_t i = 0; i < width; ++i)
            if (std::isfinite(sample[i])) columns[i].push_back(sample[i]);
    }
    std::vector<InputField> fields(width);
    for (std::size_t i = 0; i < width; ++i) {
        InputField& field = fields[i];
        field.name = nameOf(info, i);
        field.inputs = {static_cast<std::int64_t>(i)};
        std::vector<float>& column = columns[i];
        if (column.empty()) continue;
        std::ranges::sort(column);
        field.lowest = numberOf(column.front(), units, i);
        field.highest = numberOf(column.back(), units, i);
        field.typical = shortestText(numberOf(column[column.size() / 2], units, i));
        field.whole = std::ranges::all_of(column, [&](float value) {
            const double number = numberOf(value, units, i);
            return std::trunc(number) == number;
        });
    }
    return fields;
}

Result<std::shared_ptr<const NewSamples>> readNumbers(const std::vector<InputField>& fields,
                                                      std::span<const std::string> texts,
                                                      const InputUnits& units) {
    if (Status fits = checkFieldCount(fields.size(), texts.size()); !fits) return refuse(fits.error());
    std::vector<float> values(fields.size(), std::numeric_limits<float>::quiet_NaN());
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (texts[i].empty()) continue;
        const auto number = parseNumber(texts[i]);
        if (!number || !(std::abs(*number) <= double(std::numeric_limits<float>::max())))
            return refuseNumber(fields[i], texts[i]);
        values[i] = static_cast<float>((*number - offsetOf(units, i)) / units.divisor);
    }
    return handMade(std::move(values));
}

std::shared_ptr<const NewSamples> handMade(std::vector<float> values) {
    return std::make_shared<const HandMade>(std::move(values));
}

tl::unexpected<Diagnostic> refuseField(const InputField& field, const std::string& text,
                                       const std::string& kind) {
    Diagnostic d;
    d.code = "field.value";
    d.where = field.name;
    d.what = "\"" + text + "\" is not " + kind + ".";
    if (!field.choices.empty()) {
        constexpr std::size_t most = 12;
        std::string known;
        for (std::size_t i = 0; i < std::min(most, field.choices.size()); ++i)
            known += (i ? ", " : "") + field.choices[i];
        d.mend = "Give one of: " + known + (field.choices.size() > most ? ", …" : "") + ".";
    } else {
        d.mend = "Give a value such as " + (field.typical.empty() ? "0" : field.typical) +
                 ", or none where it is missing.";
    }
    return refuse(std::move(d));
}

tl::unexpected<Diagnostic> refuseNumber(const InputField& field, const std::string& text) {
    auto why = refuseField(field, text, "a number");
    Diagnostic& d = why.value();
    const auto comma = text.find(',');
    const auto number = parseNumber(text);
    if (comma != std::string::npos) {
        d.what = "\"" + text + "\" has a comma.";
        d.mend = "Write the fraction behind a point, and thousands without a sign between them";
        std::string fraction = text, whole = text;
        fraction[comma] = '.';
        std::erase(whole, ',');
        if (parseNumber(fraction) && parseNumber(whole)) d.mend += ": " + fraction + " or " + whole;
        d.mend += ".";
    } else if (number && std::isfinite(*number) &&
               !(std::abs(*number) <= double(std::numeric_limits<float>::max()))) {
        d.what = "\"" + text + "\" is too large.";
    }
    return why;
}

Status checkFieldCount(std::size_t fields, std::size_t texts) {
    if (fields == texts) return {};
    Diagnostic d;
    d.code = "field.count";
    d.what = "There are " + std::to_string(texts) + " values for " + std::to_string(fields) + " fields.";
    d.mend = "Give one for each field.";
    return refuse(std::move(d));
}

} // namespace burdock
