// The settings of a run and the state of its training, {"config": …, "state": …}: a run goes on from them.
#include "fuzz.h"
#include "json_mutator.h"

#include "engine/train/loss.h"
#include "engine/train/metric.h"
#include "engine/train/optimizer.h"
#include "engine/train/schedule.h"
#include "train_support.h"

#include <nlohmann/json.hpp>

namespace burdock::fuzz {
namespace {

/// Ends a run after a few steps, and keeps where it stood.
struct Ending final : TrainObserver {
    TrainControl control;
    CheckpointRecord last;
    int left = 3;
    void onStep(const StepRecord&) override {
        if (--left <= 0) control.requestStop();
    }
    void onCheckpoint(const CheckpointRecord& record) override {
        if (record.kind == CheckpointRecord::Kind::Last) last = record;
    }
};

} // namespace

const std::vector<std::string>& words() {
    static const std::vector<std::string> all = [] {
        std::vector<std::string> made;
        const auto addKeys = [&made](const nlohmann::json& object) {
            for (const auto& [key, value] : object.items())
                made.push_back(key);
        };
        addKeys(toJson(TrainConfig{}));
        addKeys(nlohmann::json::parse(stateText(TrainState{})));
        const auto addEntries = [&made](const auto& registry) {
            for (const auto& entry : registry) {
                made.push_back(entry.id);
                for (const ParamSpec& spec : entry.params)
                    made.push_back(spec.key);
            }
        };
        addEntries(optimizers());
        addEntries(schedules());
        addEntries(losses());
        addEntries(transforms());
        for (const MetricSchema& metric : metrics())
            made.push_back(metric.id);
        return made;
    }();
    return all;
}

void feed(Bytes input) {
    const auto object = nlohmann::json::parse(text(input), nullptr, /*allow_exceptions=*/false);
    if (!object.is_object() || !object.contains("config") || !object.contains("state")) return;
    auto config = trainConfigFromJson(object["config"]);
    auto state =
        stateFromText(object["state"].dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    if (!config) return;
    const std::string written = toJson(*config).dump();
    const auto again = trainConfigFromJson(nlohmann::json::parse(written));
    require(again && toJson(*again).dump() == written, "settings are read as they were written");
    config->threads = 1; // starting and ending others would take most of the time

    static const auto data = std::make_shared<testing::Clouds>(Task::Multiclass, 24);
    static const Graph graph = testing::network(3);
    const auto begun = Trainer::make(graph, data, *config);
    if (!begun) return;
    Ending first;
    (*begun)->run(first, first.control);
    if (!state || !first.last.state) return;
    state->optimizer = first.last.state->optimizer;
    const auto resumed = Trainer::resume(graph, data, *config,
                                         {first.last.weights, std::make_shared<TrainState>(*state), nullptr});
    if (!resumed) return;
    Ending second;
    (*resumed)->run(second, second.control);
}

} // namespace burdock::fuzz
