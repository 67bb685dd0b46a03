#include "dashboard/run_words.h"

#include "dashboard/live_dashboard.h"
#include "session/run_queue.h"
#include "session/time_left.h"
#include "theme/theme.h"

#include <algorithm>
#include <string_view>

namespace burdock {

using State = TrainingRun::State;

namespace {

constexpr std::string_view stoppedEarly = "train.stopped"; ///< a refusal that the user asked for

} // namespace

QString runStateText(const TrainingRun& run) {
    switch (run.state()) {
    case State::Held:
        return LiveDashboard::tr("Held");
    case State::Waiting:
        return LiveDashboard::tr("Waiting");
    case State::Stopping:
        return LiveDashboard::tr("Stopping…");
    case State::Starting:
    case State::Training:
    case State::Paused: {
        const QString phase = run.progress().phase;
        return (phase.isEmpty() ? LiveDashboard::tr("Starting") : phase) + QStringLiteral("…");
    }
    case State::Ended:
        break;
    }
    if (run.refusal() && run.refusal()->code == stoppedEarly)
        return LiveDashboard::tr("Stopped before its first step");
    if (!run.result()) return LiveDashboard::tr("Not started");
    switch (run.result()->status) {
    case RunStatus::Finished:
        return LiveDashboard::tr("Finished");
    case RunStatus::Stopped:
        return LiveDashboard::tr("Stopped");
    default:
        return LiveDashboard::tr("Failed");
    }
}

QStringList queueCounts(const RunQueue& queue, int told) {
    const auto active = static_cast<int>(queue.active().size());
    const auto held = static_cast<int>(queue.held().size());
    const int waiting = static_cast<int>(queue.waiting().size()) - held;
    QStringList counts;
    if (active > told)
        counts << (told > 0 ? LiveDashboard::tr("+%1 running") : LiveDashboard::tr("%1 running"))
                      .arg(active - told);
    if (waiting > 0) counts << LiveDashboard::tr("%1 waiting").arg(waiting);
    if (held > 0) counts << LiveDashboard::tr("%1 held").arg(held);
    return counts;
}

QString timeLeftText(const TrainingRun& run) {
    const auto seconds = timeLeft(run);
    return seconds ? LiveDashboard::tr("ETA %1").arg(humanDuration(*seconds)) : QString();
}

QString runProblemText(const TrainingRun& run) {
    if (run.refusal() && run.refusal()->code != stoppedEarly)
        return QString::fromStdString(oneLine(*run.refusal()));
    if (run.result() && run.result()->problem) return QString::fromStdString(oneLine(*run.result()->problem));
    return {};
}

const char* runBarState(const TrainingRun& run) {
    if (run.state() != State::Ended) return run.isWaiting() || run.state() == State::Paused ? "paused" : "";
    if (!run.result()) return run.refusal() && run.refusal()->severity == Severity::Error ? "bad" : "paused";
    switch (run.result()->status) {
    case RunStatus::Finished:
        return "good";
    case RunStatus::Failed:
        return "bad";
    default:
        return "paused";
    }
}

bool canResume(const RunQueue& queue, const TrainingRun& run) {
    if (run.state() != State::Ended || !run.result() || run.result()->status != RunStatus::Stopped)
        return false;
    const auto& runs = queue.runs();
    const auto later = std::find(runs.begin(), runs.end(), &run);
    return later == runs.end() || std::none_of(later + 1, runs.end(), [&run](const TrainingRun* other) {
               return other->runId() == run.runId();
           });
}

} // namespace burdock
