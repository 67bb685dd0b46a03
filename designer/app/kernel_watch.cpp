#include "app/kernel_watch.h"

#include "app/workspace.h"
#include "engine/train/kernel_report.h"
#include "engine/train/stepper.h"
#include "inspector/inspector.h"
#include "session/diagnostics.h"

namespace burdock {

KernelWatch::KernelWatch(Workspace& workspace, Inspector& inspector)
    : workspace_(workspace)
    , inspector_(inspector) {
    rest_.setSingleShot(true);
    rest_.setInterval(400);
    connect(&rest_, &QTimer::timeout, this, &KernelWatch::ask);
    connect(&workspace.document(), &GraphDocument::graphChanged, this, &KernelWatch::wait);
    connect(&workspace.settings(), &TrainingSettings::changed, this, &KernelWatch::wait);
    connect(&workspace.dataset(), &DatasetLoader::changed, this, &KernelWatch::wait);
    connect(&workspace.queue(), &RunQueue::changed, this, [this] {
        if (waits_ && !workspace_.queue().isBusy()) wait();
    });
    wait();
}

void KernelWatch::wait() {
    ++request_;
    if (!asking_) rest_.start();
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
    asking_ = true;
    worker_.post(
        this,
        [network = *workspace_.document().report().network, config, &loss] {
            return guarded(brokenOff("Kernels"), [&] { return trainingKernels(network, config, loss); });
        },
        [this, request = request_](Result<std::vector<NodeKernel>> kernels) {
            asking_ = false;
            if (request != request_) return rest_.start();
            if (kernels) inspector_.setKernels(std::move(*kernels));
        });
}

} // namespace burdock
