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

/// Turns a sample's inputs back into what they were made of: a text for each of the data set's fields. How a
/// field's values become inputs is learned by having the data set read some.
class FieldTexts {
  public:
    FieldTexts() = default;
    explicit FieldTexts(const Dataset& data);

    /// Empty where a value is missing. Dates come back to the day, times to the minute.
    std::vector<std::string> of(std::span<const float> input) const;

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
