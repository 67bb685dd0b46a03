#include "dashboard/live_curves.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace burdock {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

double meanOfLast(const Points& points, qsizetype count) {
    double sum = 0;
    qsizetype taken = 0;
    for (auto p = points.crbegin(); p != points.crend() && taken < count; ++p)
        if (std::isfinite(p->y())) {
            sum += p->y();
            ++taken;
        }
    return taken ? sum / static_cast<double>(taken) : unknown;
}

} // namespace

LiveCurves::LiveCurves(TrainingRun& run)
    : QObject(&run)
    , run_(run) {
    poll_.setInterval(50);
    connect(&poll_, &QTimer::timeout, this, [this] { take(); });
    connect(&run_, &TrainingRun::stateChanged, this, [this] {
        if (run_.state() == TrainingRun::State::Starting) {
            poll_.start();
        } else if (!run_.isActive()) {
            poll_.stop();
            take();
            emit changed();
        }
    });
    connect(&run_, &TrainingRun::epochFinished, this, [this](storage::RunId, const EpochRecord& r) {
        take();
        const auto x = static_cast<double>(r.step);
        for (const NamedValue& value : r.values) {
            Series& series = series_[value.name];
            if (!series.everyStep && std::isfinite(value.value)) series.points.append({x, value.value});
        }
        lastEpoch_ = r;
        clock_.append({x, static_cast<double>(r.epoch), r.seconds});
        emit changed();
    });
    connect(&run_, &TrainingRun::finished, this, [this](storage::RunId, const FinishRecord& r) {
        result_ = r;
        emit changed();
    });
    if (run_.isActive()) poll_.start(); // made while it is going on
    result_ = run_.result();
}

void LiveCurves::goOnFrom(const LiveCurves& before) {
    series_ = before.series_;
    lastEpoch_ = before.lastEpoch_;
    clock_ = before.clock_;
}

void LiveCurves::goOnFrom(const QList<SeriesCurve>& kept, const std::optional<EpochRecord>& lastEpoch,
                          const QList<ClockPoint>& clock) {
    QList<ClockPoint> known;
    for (const ClockPoint& point : clock)
        if (point.step < firstStep_) known.append(point);
    for (const ClockPoint& point : std::as_const(clock_))
        if (point.step >= firstStep_) known.append(point);
    clock_ = std::move(known);
    for (const SeriesCurve& curve : kept) {
        Series& series = series_[curve.name.toStdString()];
        series.everyStep = series.everyStep || curve.everyStep;
        const auto end = std::lower_bound(curve.points.begin(), curve.points.end(), firstStep_,
                                          [](const QPointF& p, double step) { return p.x() < step; });
        Points whole(curve.points.begin(), end);
        for (const QPointF& point : std::as_const(series.points))
            if (point.x() >= firstStep_) whole += point;
        series.points = std::move(whole);
    }
    const bool later = lastEpoch && (!lastEpoch_ || lastEpoch_->step < lastEpoch->step);
    if (later && static_cast<double>(lastEpoch->step) < firstStep_) lastEpoch_ = lastEpoch;
    emit changed();
}

std::vector<std::string> LiveCurves::names() const {
    std::vector<std::string> all;
    for (const auto& [name, series] : series_)
        all.push_back(name);
    return inReadingOrder(std::move(all));
}

const Points& LiveCurves::points(const std::string& name) const {
    static const Points none;
    const auto found = series_.find(name);
    return found == series_.end() ? none : found->second.points;
}

QList<SeriesCurve> LiveCurves::curves() const {
    QList<SeriesCurve> all;
    for (const auto& [name, series] : series_)
        all.append({QString::fromStdString(name), series.points, series.everyStep});
    return all;
}

QList<ClockPoint> LiveCurves::clock() const {
    QList<ClockPoint> clock = clock_;
    const TrainingProgress p = run_.progress();
    const auto step = static_cast<double>(p.step);
    const double epoch =
        p.steps > 0 ? step * static_cast<double>(p.epochs) / static_cast<double>(p.steps) : 0;
    const bool later = clock.isEmpty() || (step > clock.last().step && epoch > clock.last().epoch &&
                                           p.secondsDone > clock.last().seconds);
    if (step > 0 && epoch > 0 && later) clock.append({step, epoch, p.secondsDone});
    return clock;
}

double LiveCurves::recent(const std::string& name) const {
    return meanOfLast(points(name), 50);
}

std::string LiveCurves::headlineMetric() const {
    NamedValues told;
    for (const auto& [name, series] : series_)
        if (const SeriesSchema schema = describeSeries(name);
            schema.better != MetricSchema::Better::Neither && !series.points.isEmpty())
            told.push_back({name, series.points.last().y()});
    const std::string metric = describeSeries(headline(told, run_.bestMetric()).name).metric;
    return metric == "loss" ? std::string() : metric;
}

void LiveCurves::take() {
    const StepTable steps = run_.takeSteps();
    if (steps.isEmpty()) return;
    // A run that goes on does so from its last checkpoint: later steps are trained anew.
    const auto first = static_cast<double>(steps.step(0));
    firstStep_ = std::min(firstStep_, first);
    for (auto& [name, series] : series_)
        while (!series.points.isEmpty() && series.points.last().x() >= first)
            series.points.removeLast();
    for (std::size_t column = 0; column < steps.names().size(); ++column) {
        Series& series = series_[steps.names()[column]];
        series.everyStep = true;
        for (std::size_t row = 0; row < steps.size(); ++row)
            if (const double value = steps.value(row, column); std::isfinite(value))
                series.points.append({static_cast<double>(steps.step(row)), value});
    }
    emit changed();
}

} // namespace burdock
