#include "app/run_forecast.h"

#include "app/workspace.h"
#include "engine/graph/layout.h"

#include <nlohmann/json.hpp>

using namespace std::chrono_literals;

namespace burdock {

RunForecast::RunForecast(Workspace& workspace)
    : workspace_(workspace)
    , soon_(700ms, [this] { measure(); }) {
    connect(&workspace_, &Workspace::problemsChanged, this, &RunForecast::follow);
    connect(&workspace_.settings(), &TrainingSettings::changed, this, &RunForecast::follow);
    connect(&workspace_.dataset(), &DatasetLoader::changed, this, &RunForecast::follow);
    follow();
}

RunForecast::~RunForecast() {
    ++wanted_;
}

RunForecast::Asked RunForecast::now() const {
    return {unnamed(workspace_.document().graph()), toJson(workspace_.settings().config()).dump(),
            workspace_.dataset().data(), workspace_.queue().threadsEach()};
}

bool RunForecast::isPossible() const {
    return workspace_.dataset().data() && !workspace_.isChecking() && workspace_.whyNotTrainable().isEmpty();
}

void RunForecast::follow() {
    if (asked_ && !(*asked_ == now())) forget();
    if (workspace_.queue().isBusy()) { // it has the processors, and is not to be slowed
        ++wanted_;
        if (!time_) forget();
        return;
    }
    if (!asked_ && isPossible()) soon_.outdate();
}

void RunForecast::forget() {
    ++wanted_;
    soon_.giveUp();
    asked_.reset();
    smaller_.reset();
    if (std::exchange(time_, std::nullopt)) emit changed();
}

void RunForecast::measure() {
    if (asked_ || !isPossible() || workspace_.queue().isBusy()) return soon_.giveUp();
    asked_ = now();
    const auto work = [this, asked = *asked_, checked = workspace_.document().checked(),
                       config = workspace_.settings().config(),
                       reference = workspace_.settings().dataset().toStdString(),
                       wanted = ++wanted_]() -> Result<Answer> {
        const auto time = measureTime(*checked, asked.data, config, asked.threads,
                                      [this, wanted] { return wanted != wanted_; });
        if (!time) return refuse(time.error());
        return Answer{*time, smallerData(workspace_.catalog(), reference, asked.data->info(), *time)};
    };
    soon_.workOut(work, [this, wanted = wanted_.load()](const Result<Answer>& answer) {
        if (wanted != wanted_ || !answer) return; // what cannot be trained is told by others
        time_ = answer->time;
        smaller_ = answer->smaller;
        emit changed();
    });
}

void RunForecast::takeSmaller() {
    if (!smaller_) return;
    const QString smaller = QString::fromStdString(smaller_->reference);
    workspace_.settings().setDataset(smaller);
    emit workspace_.told(
        tr("Fewer samples are trained on: “Share to train on” among the data's options brings "
           "back all."));
}

} // namespace burdock
