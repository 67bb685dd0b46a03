#pragma once

#include <QString>

namespace burdock {

class RunQueue;
class TrainingRun;

/// "Training…", "Waiting", "Finished", "Stopped", "Failed".
QString runStateText(const TrainingRun& run);
/// Why it failed or was refused; empty where it was not.
QString runProblemText(const TrainingRun& run);
/// The style sheet's word for the colour of its progress bar.
const char* runBarState(const TrainingRun& run);
/// Whether it was stopped, can go on from where it stood, and has not been asked to already.
bool canResume(const RunQueue& queue, const TrainingRun& run);

} // namespace burdock
