#include "app/kernel_watch.h"

#include "app/workspace.h"
#include "engine/train/kernel_report.h"
#include "engine/train/stepper.h"
#include "inspector/inspector.h"
#include "session/diagnostics.h"

using namespace std::chrono_literals;

namespace burdock {

KernelWatch::KernelWatch(Workspace& workspace, Inspector& inspector)
    : workspace_(workspace)
    , inspector_(inspector)
    , kernels_(400ms, [this] { ask(); }) {
    const auto outdate = [this] { kernels_.outdate(); };
    connect(&workspace.document(), &GraphDocument::graphChanged, this, outdate);
    connect(&workspace.settings(), &TrainingSettings::changed, this, outdate);
    connect(&workspace.dataset(), &DatasetLoader::changed, this, outdate);
    connect(&workspace.queue(), &RunQueue::changed, this, [this] {
        if (waits_ && !workspace_.queue().isBusy()) kernels_.outdate();
    });
    kernels_.outdate();
}

void KernelWatch::ask() {
    waits_ = workspace_.queue().isBusy(); // its time belongs to the run
    if (waits_) return;
    if (workspace_.document().graph().nodes().empty() || !workspace_.document().report().network)
        return inspector_.setKernels({});
    const auto& data = workspace_.dataset().data();
    const TrainConfig& set = workspace_.settings().config();
    const TrainConfig config = data ? sizedFor(set, data->info()) : set;
    const Task task = data ? data->info().task : Task::Multiclass;
    const LossSchema& loss = config.loss == "auto" ? defaultLoss(task) : *findLoss(config.loss);
    kernels_.workOut(
        [network = *workspace_.document().report().network, config, &loss] {
            return guarded(brokenOff("Kernels"), [&] { return trainingKernels(network, config, loss); });
        },
        [this](Result<std::vector<NodeKernel>> kernels) {
            if (kernels) inspector_.setKernels(std::move(*kernels));
        });
}

} // namespace burdock
