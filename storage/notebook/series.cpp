#include "storage/notebook/series.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <cmath>

namespace burdock::storage {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
constexpr float missing = std::numeric_limits<float>::quiet_NaN();

QJsonValue toJson(double value) {
    if (std::isnan(value)) return QJsonValue::Null;
    if (std::isinf(value)) return value > 0 ? QStringLiteral("inf") : QStringLiteral("-inf");
    return value;
}

std::optional<double> numberFrom(const QJsonValue& json) {
    if (json.isNull()) return unknown;
    if (json.isDouble()) return json.toDouble();
    if (json == QJsonValue(QStringLiteral("inf"))) return std::numeric_limits<double>::infinity();
    if (json == QJsonValue(QStringLiteral("-inf"))) return -std::numeric_limits<double>::infinity();
    return std::nullopt;
}

const StepSeries* named(const QVector<StepSeries>& all, QStringView name) {
    const auto at =
        std::find_if(all.cbegin(), all.cend(), [&](const StepSeries& s) { return s.name == name; });
    return at == all.cend() ? nullptr : &*at;
}

// An object; none for anything else. The empty text is an empty object.
std::optional<QJsonObject> objectFrom(const QByteArray& json) {
    if (json.isEmpty()) return QJsonObject();
    const QJsonDocument document = QJsonDocument::fromJson(json);
    return document.isObject() ? std::optional(document.object()) : std::nullopt;
}

} // namespace

double valueOf(const NamedValues& values, QStringView name) {
    for (const NamedValue& one : values)
        if (one.name == name) return one.value;
    return unknown;
}

void addEpoch(QVector<SeriesSummary>& series, const NamedValues& values) {
    for (SeriesSummary& one : series)
        one.last = unknown;
    for (const NamedValue& told : values) {
        if (std::isnan(told.value)) continue;
        auto at = std::lower_bound(series.begin(), series.end(), told.name,
                                   [](const SeriesSummary& s, const QString& name) { return s.name < name; });
        if (at == series.end() || at->name != told.name)
            at = series.insert(at, {told.name, unknown, told.value, told.value});
        at->last = told.value;
        at->least = std::fmin(at->least, told.value);
        at->greatest = std::fmax(at->greatest, told.value);
    }
}

const StepSeries* StepCurves::find(QStringView name) const {
    return named(series, name);
}

const StepSeries* StepBlock::find(QStringView name) const {
    return named(series_, name);
}

/// The values of a series, which is most likely to stand at `expected`: all steps name the same ones.
QVector<float>& StepBlock::of(qsizetype expected, const QString& name) {
    if (expected < series_.size() && series_[expected].name == name) return series_[expected].values;
    for (StepSeries& one : series_)
        if (one.name == name) return one.values;
    series_.append({name, firstStep, QVector<float>(steps_, missing)});
    return series_.last().values;
}

void StepBlock::fill() {
    for (StepSeries& one : series_)
        if (one.values.size() < steps_) one.values.resize(steps_, missing);
}

void StepBlock::add(const QStringList& names, std::span<const float> values) {
    for (qsizetype i = 0; i < names.size(); ++i)
        of(i, names[i]).append(values[static_cast<std::size_t>(i)]);
    ++steps_;
    fill();
}

void StepBlock::append(const StepBlock& later) {
    if (isEmpty()) {
        *this = later;
        return;
    }
    for (qsizetype i = 0; i < later.series_.size(); ++i)
        of(i, later.series_[i].name) += later.series_[i].values;
    steps_ += later.steps_;
    fill();
}

QByteArray toJson(const NamedValues& values) {
    QJsonObject object;
    for (const NamedValue& one : values)
        if (!std::isnan(one.value)) object.insert(one.name, toJson(one.value));
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

std::optional<NamedValues> valuesFromJson(const QByteArray& json) {
    const auto object = objectFrom(json);
    if (!object) return std::nullopt;
    NamedValues values;
    for (auto at = object->begin(); at != object->end(); ++at) {
        const auto value = numberFrom(at.value());
        if (!value) return std::nullopt;
        values.append({at.key(), *value});
    }
    return values;
}

QByteArray toJson(const QVector<SeriesSummary>& series) {
    QJsonObject object;
    for (const SeriesSummary& one : series)
        object.insert(one.name, QJsonArray{toJson(one.last), toJson(one.least), toJson(one.greatest)});
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

std::optional<QVector<SeriesSummary>> seriesFromJson(const QByteArray& json) {
    const auto object = objectFrom(json);
    if (!object) return std::nullopt;
    QVector<SeriesSummary> series;
    for (auto at = object->begin(); at != object->end(); ++at) {
        const QJsonArray numbers = at.value().toArray();
        const auto last = numberFrom(numbers.at(0)), least = numberFrom(numbers.at(1)),
                   greatest = numberFrom(numbers.at(2));
        if (numbers.size() != 3 || !last || !least || !greatest) return std::nullopt;
        series.append({at.key(), *last, *least, *greatest});
    }
    return series;
}

} // namespace burdock::storage
