#pragma once

#include "engine/data/dataset.h"

#include <QDateTime>

namespace burdock {

/// What a field asks for.
enum class FieldKind { Number, Word, Date, DateTime, Time };
FieldKind kindOf(const InputField& field);
/// How a date or a time is written, and what it is: in UTC, where no hour is left out of a day. Not valid
/// where the text is none.
QString formatOf(FieldKind kind);
QDateTime momentOf(const QString& text, FieldKind kind);

/// How the input that a number becomes lies on the number's own scale: as it is, with something taken off, or
/// in another unit.
struct NumberScale {
    double input = 0, number = 0; ///< a pair that belongs together
    double slope = 1;             ///< of the number over the input
    double numberOf(double value) const { return number + slope * (value - input); }
    double inputOf(double value) const { return input + (value - number) / slope; }
    friend bool operator==(const NumberScale&, const NumberScale&) = default;
};

/// Turns a sample's inputs back into what they were made of: a text for each of the data set's fields. How a
/// field's values become inputs is learned by having the data set read some.
class FieldTexts {
  public:
    FieldTexts() = default;
    explicit FieldTexts(const Dataset& data);

    /// Empty where a value is missing. Dates come back to the day, times to the minute.
    std::vector<std::string> of(std::span<const float> input) const;
    /// Of a field of FieldKind::Number that is one input.
    NumberScale scaleOf(const InputField& field) const;

  private:
    using Inputs = std::vector<float>;
    Inputs read(const Dataset& data, const std::function<std::string(const InputField&)>& text) const;
    std::string textOf(const InputField& field, std::span<const float> input) const;
    std::string numberOf(const InputField& field, std::span<const float> input) const;
    std::string dateOf(const InputField& field, std::span<const float> input, FieldKind kind) const;
    static std::size_t nearest(const std::vector<Inputs>& probes, std::size_t count, const InputField& field,
                               std::span<const float> input);

    std::vector<InputField> fields_;
    std::vector<Inputs> words_;   ///< with the k-th choice of every field
    std::vector<Inputs> minutes_; ///< with the k-th minute of the day; where a field is a time
    Inputs low_, high_;           ///< with the range's ends, and with two dates
};

} // namespace burdock
