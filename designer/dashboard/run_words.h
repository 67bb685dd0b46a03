#pragma once

#include <QStringList>

namespace burdock {

class RunQueue;
class TrainingRun;

/// "Training…", "Waiting", "Held", "Finished", "Stopped", "Failed".
QString runStateText(const TrainingRun& run);
/// "2 running", "1 waiting", "1 held": what a queue has of each. `told`: how many that are running are told
/// of elsewhere; the others are "+1 running" then.
QStringList queueCounts(const RunQueue& queue, int told = 0);
/// "ETA 2:10"; empty where timeLeft() tells nothing.
QString timeLeftText(const TrainingRun& run);
/// Why it failed or was refused; empty where it was not.
QString runProblemText(const TrainingRun& run);
/// The style sheet's word for the colour of its progress bar.
const char* runBarState(const TrainingRun& run);
/// Whether it was stopped, can go on from where it stood, and has not been asked to already.
bool canResume(const RunQueue& queue, const TrainingRun& run);

} // namespace burdock
