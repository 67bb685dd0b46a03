#include "session/cross_validation.h"

#include "session/stored_run.h"

#include <QCryptographicHash>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <numbers>

namespace burdock {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

QString behind(const QString& fold) {
    return QStringLiteral(" · ") + fold;
}

/// What the runs of one cross-validation share; empty for a run that is none of one. Threads and precision
/// are the machine's matter, and what "auto" came to mean that of each fold's samples.
QByteArray headingKey(const storage::RunStart& start, std::int64_t& fold, std::int64_t& folds) {
    // As configToStore() writes it: of many runs, few need to be read.
    if (!start.configJson.contains("\"folds\":") || start.configJson.contains("\"folds\":0")) return {};
    auto config = nlohmann::json::parse(start.configJson.toStdString(), nullptr, /*allow_exceptions=*/false);
    if (!config.is_object()) return {};
    const auto number = [&config](const char* key) {
        const auto it = config.find(key);
        return it != config.end() && it->is_number_integer() ? it->get<std::int64_t>() : std::int64_t(0);
    };
    fold = number("fold");
    folds = number("folds");
    if (folds < 2 || fold < 1 || fold > folds) return {};
    for (const char* own : {"fold", "threads", "precision", "auto_means"})
        config.erase(own);
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const QByteArray& part : {start.graphJson, QByteArray::fromStdString(config.dump()),
                                   start.datasetSha256.toUtf8(), start.datasetId.toUtf8()}) {
        hash.addData(QByteArray::number(part.size()) + ' ');
        hash.addData(part);
    }
    return hash.result();
}

FoldFigure figureOf(const std::string& name, const std::vector<double>& values) {
    FoldFigure figure{describeSeries(name), std::ssize(values), 0, unknown, unknown};
    const auto count = static_cast<double>(values.size());
    for (const double value : values)
        figure.mean += value / count;
    if (values.size() < 2) return figure;
    double squares = 0;
    for (const double value : values)
        squares += (value - figure.mean) * (value - figure.mean);
    figure.deviation = std::sqrt(squares / (count - 1));
    figure.margin = studentT95(std::ssize(values) - 1) * figure.deviation / std::sqrt(count);
    return figure;
}

/// Whether the run's test is one to reckon with.
bool counts(const storage::RunSummary& run) {
    return run.state == storage::RunState::Finished && !run.changed;
}

/// The runs under a heading while they are gathered, the newest first.
struct Heading {
    CrossValidation told;
    std::map<std::int64_t, const storage::RunSummary*> byFold;

    void add(const storage::RunSummary& run, std::int64_t fold) {
        told.members.push_back(run.id);
        const storage::RunSummary*& place = byFold[fold];
        if (!place || (counts(run) && !counts(*place))) place = &run;
    }

    CrossValidation done() {
        std::map<std::string, std::vector<double>> values;
        std::vector<std::string> names;
        for (const auto& [fold, run] : byFold) {
            told.runs.push_back(run->id);
            if (!counts(*run)) continue;
            if (++told.finished == 1) told.bestBy = bestOf(*run).series.metric;
            for (const storage::NamedValue& value : run->test) {
                std::vector<double>& all = values[value.name.toStdString()];
                if (all.empty()) names.push_back(value.name.toStdString());
                all.push_back(value.value);
            }
        }
        for (const std::string& name : inReadingOrder(std::move(names)))
            told.figures.push_back(figureOf(name, values[name]));
        return std::move(told);
    }
};

} // namespace

std::vector<TrainingRequest> foldRequests(const TrainingRequest& request) {
    const TrainConfig& config = request.config;
    if (request.resumed || config.folds < 2) return {request};
    std::vector<TrainingRequest> all(config.fold == 0 ? static_cast<std::size_t>(config.folds) : 1, request);
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (config.fold == 0) all[i].config.fold = static_cast<std::int64_t>(i) + 1;
        const QString suffix = behind(foldText(all[i].config));
        if (!request.runName.isEmpty() && !request.runName.endsWith(suffix)) all[i].runName += suffix;
    }
    return all;
}

QString foldText(const TrainConfig& config) {
    if (config.folds < 2 || config.fold < 1) return {};
    return QStringLiteral("fold %1 of %2").arg(config.fold).arg(config.folds);
}

QString foldText(const storage::RunStart& start) {
    TrainConfig config;
    return headingKey(start, config.fold, config.folds).isEmpty() ? QString() : foldText(config);
}

double FoldFigure::low() const {
    return std::isnan(margin) ? unknown : std::max(mean - margin, series.low);
}

double FoldFigure::high() const {
    return std::isnan(margin) ? unknown : std::min(mean + margin, series.high);
}

bool FoldFigure::isClipped() const {
    return mean - margin < series.low || mean + margin > series.high;
}

bool CrossValidation::has(storage::RunId run) const {
    return std::find(members.begin(), members.end(), run) != members.end();
}

const FoldFigure* CrossValidation::telling() const {
    NamedValues means;
    for (const FoldFigure& figure : figures)
        means.push_back({figure.series.name, figure.mean});
    const std::string name = headline(means, bestBy).name;
    const auto found =
        std::ranges::find_if(figures, [&](const FoldFigure& figure) { return figure.series.name == name; });
    return found == figures.end() ? nullptr : &*found;
}

std::vector<CrossValidation> crossValidations(const QVector<storage::RunSummary>& runs) {
    std::vector<Heading> headings;
    std::map<QByteArray, std::size_t> places;
    for (const storage::RunSummary& run : runs) {
        TrainConfig config;
        const QByteArray key = run.deleted ? QByteArray() : headingKey(run.start, config.fold, config.folds);
        if (key.isEmpty()) continue;
        const auto [place, isNew] = places.emplace(key, headings.size());
        if (isNew) {
            headings.emplace_back();
            headings.back().told.folds = config.folds;
            headings.back().told.name = run.start.name;
            if (const QString fold = behind(foldText(config)); run.start.name.endsWith(fold))
                headings.back().told.name.chop(fold.size());
        }
        headings[place->second].add(run, config.fold);
    }
    std::vector<CrossValidation> all;
    for (Heading& heading : headings)
        all.push_back(heading.done());
    return all;
}

std::optional<CrossValidation> crossValidationOf(storage::RunId run,
                                                 const QVector<storage::RunSummary>& runs) {
    for (CrossValidation& each : crossValidations(runs))
        if (each.has(run)) return std::move(each);
    return std::nullopt;
}

double studentT95(std::int64_t degrees) {
    // With t = √degrees · tan θ, the probability within ± t is a finite sum of powers of cos θ.
    const auto within = [degrees](double theta) {
        const double sine = std::sin(theta), cosine = std::cos(theta);
        const bool odd = degrees % 2 == 1;
        double term = odd ? cosine : 1, sum = degrees == 1 ? 0 : term;
        for (std::int64_t i = odd ? 3 : 2; i < degrees; i += 2) {
            term *= cosine * cosine * static_cast<double>(i - 1) / static_cast<double>(i);
            sum += term;
        }
        return odd ? 2 / std::numbers::pi * (theta + sine * sum) : sine * sum;
    };
    double low = 0, high = std::numbers::pi / 2;
    for (int i = 0; i < 60; ++i) {
        const double middle = (low + high) / 2;
        (within(middle) < 0.95 ? low : high) = middle;
    }
    return std::sqrt(static_cast<double>(degrees)) * std::tan(low);
}

} // namespace burdock
