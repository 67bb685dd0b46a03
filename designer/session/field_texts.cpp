#include "session/field_texts.h"

#include "engine/schema/number_text.h"

#include <QTimeZone>

#include <algorithm>
#include <cmath>
#include <limits>

namespace burdock {
namespace {

constexpr int minutesOfADay = 24 * 60;
constexpr double minute = 60, day = minutesOfADay * minute;

const QDate firstDate(2000, 1, 1), secondDate(2020, 1, 1);

double secondsOf(const QDate& date) {
    return static_cast<double>(QDateTime(date, QTime(0, 0), QTimeZone::utc()).toSecsSinceEpoch());
}

/// Whole ones without an exponent.
std::string plainText(double number) {
    return QString::number(number, 'f', 0).toStdString();
}

std::string endOf(const InputField& field, bool high) {
    switch (kindOf(field)) {
    case FieldKind::Number:
        return shortestText(high ? field.highest : field.lowest);
    case FieldKind::Date:
    case FieldKind::DateTime:
        return (high ? secondDate : firstDate).toString(Qt::ISODate).toStdString();
    default:
        return {};
    }
}

} // namespace

QString formatOf(FieldKind kind) {
    return kind == FieldKind::Date       ? QStringLiteral("yyyy-MM-dd")
           : kind == FieldKind::DateTime ? QStringLiteral("yyyy-MM-dd HH:mm")
                                         : QStringLiteral("HH:mm");
}

QDateTime momentOf(const QString& text, FieldKind kind) {
    const qsizetype days = kind == FieldKind::Time ? 0 : 10, blank = kind == FieldKind::DateTime ? 1 : 0;
    const QDate date = days == 0 ? firstDate : QDate::fromString(text.left(days), formatOf(FieldKind::Date));
    const QTime time = kind == FieldKind::Date
                           ? QTime(0, 0)
                           : QTime::fromString(text.mid(days + blank), formatOf(FieldKind::Time));
    const QDateTime moment(date, time, QTimeZone::utc());
    return date.isValid() && time.isValid() && moment.toString(formatOf(kind)) == text ? moment : QDateTime();
}

FieldKind kindOf(const InputField& field) {
    if (!field.choices.empty()) return FieldKind::Word;
    const QString typical = QString::fromStdString(field.typical);
    for (const FieldKind kind : {FieldKind::Date, FieldKind::DateTime, FieldKind::Time})
        if (momentOf(typical, kind).isValid()) return kind;
    return FieldKind::Number;
}

FieldTexts::FieldTexts(const Dataset& data)
    : fields_(data.inputFields()) {
    if (fields_.empty()) return;
    low_ = read(data, [](const InputField& field) { return endOf(field, false); });
    high_ = read(data, [](const InputField& field) { return endOf(field, true); });
    std::size_t most = 0;
    for (const InputField& field : fields_)
        most = std::max(most, field.choices.size());
    for (std::size_t k = 0; k < most; ++k)
        words_.push_back(read(data, [k](const InputField& field) {
            return k < field.choices.size() ? field.choices[k] : std::string();
        }));
    if (std::ranges::none_of(fields_, [](const auto& field) { return kindOf(field) == FieldKind::Time; }))
        return;
    for (int k = 0; k < minutesOfADay; ++k)
        minutes_.push_back(read(data, [k](const InputField& field) {
            return kindOf(field) == FieldKind::Time
                       ? QTime(k / 60, k % 60).toString(formatOf(FieldKind::Time)).toStdString()
                       : std::string();
        }));
}

FieldTexts::Inputs FieldTexts::read(const Dataset& data,
                                    const std::function<std::string(const InputField&)>& text) const {
    std::vector<std::string> texts;
    for (const InputField& field : fields_)
        texts.push_back(text(field));
    Inputs inputs(static_cast<std::size_t>(data.info().input.size()),
                  std::numeric_limits<float>::quiet_NaN());
    if (const auto sample = data.readFields(texts)) (*sample)->readInput(0, inputs.data());
    return inputs;
}

std::vector<std::string> FieldTexts::of(std::span<const float> input) const {
    std::vector<std::string> texts;
    for (const InputField& field : fields_) {
        const bool missing = std::ranges::any_of(
            field.inputs, [&](std::int64_t i) { return std::isnan(input[static_cast<std::size_t>(i)]); });
        texts.push_back(missing || field.inputs.empty() ? std::string() : textOf(field, input));
    }
    return texts;
}

std::string FieldTexts::textOf(const InputField& field, std::span<const float> input) const {
    switch (const FieldKind kind = kindOf(field)) {
    case FieldKind::Word:
        return field.choices[nearest(words_, field.choices.size(), field, input)];
    case FieldKind::Time: {
        const auto k = static_cast<int>(nearest(minutes_, minutes_.size(), field, input));
        return QTime(k / 60, k % 60).toString(formatOf(kind)).toStdString();
    }
    case FieldKind::Number:
        return numberOf(field, input);
    default:
        return dateOf(field, input, kind);
    }
}

std::size_t FieldTexts::nearest(const std::vector<Inputs>& probes, std::size_t count, const InputField& field,
                                std::span<const float> input) {
    std::size_t best = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t k = 0; k < count; ++k) {
        double apart = 0;
        for (const std::int64_t i : field.inputs) {
            const auto at = static_cast<std::size_t>(i);
            apart += std::pow(static_cast<double>(probes[k][at]) - static_cast<double>(input[at]), 2);
        }
        if (apart < least) {
            least = apart;
            best = k;
        }
    }
    return best;
}

NumberScale FieldTexts::scaleOf(const InputField& field) const {
    const auto at = static_cast<std::size_t>(field.inputs.front());
    const float low = low_[at], high = high_[at];
    const bool isItself =
        low == static_cast<float>(field.lowest) && high == static_cast<float>(field.highest);
    if (isItself || !std::isfinite(low) || !std::isfinite(high)) return {};
    NumberScale scale{static_cast<double>(low), field.lowest};
    if (high != low)
        scale.slope = (field.highest - field.lowest) / (static_cast<double>(high) - static_cast<double>(low));
    constexpr double rounding = 1e-6;
    if (std::abs(scale.slope - 1) < rounding) scale.slope = 1;
    return scale;
}

std::string FieldTexts::numberOf(const InputField& field, std::span<const float> input) const {
    const float value = input[static_cast<std::size_t>(field.inputs.front())];
    const NumberScale scale = scaleOf(field);
    const double number = scale.numberOf(static_cast<double>(value));
    if (field.whole) return plainText(number);
    if (scale == NumberScale()) return shortestText(value);
    constexpr int digits = 12; // more are not meant
    return QByteArray::number(number, 'g', digits).toStdString();
}

/// The first of a date's inputs grows with time.
std::string FieldTexts::dateOf(const InputField& field, std::span<const float> input, FieldKind kind) const {
    const auto at = static_cast<std::size_t>(field.inputs.front());
    const auto low = static_cast<double>(low_[at]), high = static_cast<double>(high_[at]);
    const double first = secondsOf(firstDate), second = secondsOf(secondDate);
    const double seconds = first + (second - first) * (static_cast<double>(input[at]) - low) / (high - low);
    const double unit = kind == FieldKind::Date ? day : minute;
    if (!std::isfinite(seconds)) return {};
    return QDateTime::fromSecsSinceEpoch(static_cast<qint64>(std::round(seconds / unit) * unit),
                                         QTimeZone::utc())
        .toString(formatOf(kind))
        .toStdString();
}

} // namespace burdock
