#include "dashboard/live_curves.h"

#include <cmath>
#include <limits>

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

LiveCurves& LiveCurves::of(TrainingSession& session) {
    if (auto* curves = session.findChild<LiveCurves*>(QString(), Qt::FindDirectChildrenOnly)) return *curves;
    return *new LiveCurves(session);
}

LiveCurves::LiveCurves(TrainingSession& session)
    : QObject(&session)
    , session_(session) {
    poll_.setInterval(50);
    connect(&poll_, &QTimer::timeout, this, [this] { take(); });
    connect(&session_, &TrainingSession::stateChanged, this, [this] {
        if (session_.state() == TrainingSession::State::Starting) {
            loss_.clear();
            accuracy_.clear();
            validationLoss_.clear();
            validationAccuracy_.clear();
            lastEpoch_.reset();
            result_.reset();
            everStarted_ = true;
            poll_.start();
            emit reset();
        } else if (!session_.isBusy()) {
            poll_.stop();
            take();
            emit changed();
        }
    });
    connect(&session_, &TrainingSession::epochFinished, this, [this](storage::RunId, const EpochRecord& r) {
        take();
        const auto x = static_cast<double>(r.step);
        if (std::isfinite(r.validationLoss)) validationLoss_.append({x, r.validationLoss});
        if (std::isfinite(r.validationAccuracy)) validationAccuracy_.append({x, r.validationAccuracy});
        lastEpoch_ = r;
        emit changed();
    });
    connect(&session_, &TrainingSession::finished, this, [this](storage::RunId, const FinishRecord& r) {
        result_ = r;
        emit changed();
    });
    if (session_.isBusy()) { // made while a run is going on
        everStarted_ = true;
        poll_.start();
    }
}

double LiveCurves::recentLoss() const {
    return meanOfLast(loss_, 50);
}

double LiveCurves::recentAccuracy() const {
    return meanOfLast(accuracy_, 50);
}

void LiveCurves::take() {
    const std::vector<StepRecord> steps = session_.takeSteps();
    if (steps.empty()) return;
    for (const StepRecord& s : steps) {
        const auto x = static_cast<double>(s.step);
        loss_.append({x, s.loss});
        if (std::isfinite(s.accuracy)) accuracy_.append({x, s.accuracy});
    }
    emit changed();
}

} // namespace burdock
