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
        if (std::isfinite(r.validationLoss)) validationLoss_.append({x, r.validationLoss});
        if (std::isfinite(r.validationAccuracy)) validationAccuracy_.append({x, r.validationAccuracy});
        lastEpoch_ = r;
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
    loss_ = before.loss_;
    accuracy_ = before.accuracy_;
    validationLoss_ = before.validationLoss_;
    validationAccuracy_ = before.validationAccuracy_;
    lastEpoch_ = before.lastEpoch_;
}

double LiveCurves::recentLoss() const {
    return meanOfLast(loss_, 50);
}

double LiveCurves::recentAccuracy() const {
    return meanOfLast(accuracy_, 50);
}

void LiveCurves::take() {
    const std::vector<StepRecord> steps = run_.takeSteps();
    if (steps.empty()) return;
    // A run that goes on does so from its last checkpoint: later steps are trained anew.
    const auto first = static_cast<double>(steps.front().step);
    for (Points* points : {&loss_, &accuracy_, &validationLoss_, &validationAccuracy_})
        while (!points->isEmpty() && points->last().x() >= first)
            points->removeLast();
    for (const StepRecord& s : steps) {
        const auto x = static_cast<double>(s.step);
        loss_.append({x, s.loss});
        if (std::isfinite(s.accuracy)) accuracy_.append({x, s.accuracy});
    }
    emit changed();
}

} // namespace burdock
