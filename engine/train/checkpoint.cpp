#include "engine/train/checkpoint.h"

#include <limits>
#include <nlohmann/json.hpp>

namespace burdock {
namespace {

using json = nlohmann::json;
constexpr const char* stateKey = "training_state";
constexpr std::string_view slotPrefix = "optimizer/";

json toJson(const TrainState& s) {
    const auto orNull = [](const std::optional<double>& v) { return v ? json(*v) : json(); };
    return {{"step", s.step},
            {"epochs", s.epochs},
            {"batches", s.batches},
            {"loss_sum", s.lossSum},
            {"accuracy_sum", s.accuracySum},
            {"trained", s.trained},
            {"samples", s.samples},
            {"seconds", s.seconds},
            {"best_score", orNull(s.bestScore)},
            {"best_loss", orNull(s.bestLoss)},
            {"lowest_loss", orNull(s.lowestLoss)},
            {"epochs_without_gain", s.epochsWithoutGain},
            {"schedule", s.schedule},
            {"slots", s.optimizer.size()}};
}

/// Numbers that are not finite are null in JSON.
double real(const json& object, const char* key, double otherwise) {
    const auto it = object.find(key);
    return it != object.end() && it->is_number() ? it->get<double>() : otherwise;
}
std::int64_t whole(const json& object, const char* key) {
    const auto it = object.find(key);
    return it != object.end() && it->is_number_integer() ? it->get<std::int64_t>() : 0;
}
std::optional<double> maybe(const json& object, const char* key) {
    const auto it = object.find(key);
    return it != object.end() && it->is_number() ? std::optional(it->get<double>()) : std::nullopt;
}

TrainState fromJson(const json& object) {
    TrainState s;
    s.step = whole(object, "step");
    s.epochs = whole(object, "epochs");
    s.batches = whole(object, "batches");
    s.lossSum = real(object, "loss_sum", 0);
    s.accuracySum = real(object, "accuracy_sum", std::numeric_limits<double>::quiet_NaN());
    s.trained = real(object, "trained", 0);
    s.samples = whole(object, "samples");
    s.seconds = real(object, "seconds", 0);
    s.bestScore = maybe(object, "best_score");
    s.bestLoss = maybe(object, "best_loss");
    s.lowestLoss = maybe(object, "lowest_loss");
    s.epochsWithoutGain = whole(object, "epochs_without_gain");
    if (const auto it = object.find("schedule"); it != object.end() && it->is_array())
        for (const json& v : *it)
            s.schedule.push_back(v.is_number() ? v.get<double>() : std::numeric_limits<double>::infinity());
    return s;
}

} // namespace

std::vector<std::byte> encodeCheckpoint(const WeightSet& weights, const TrainState* state,
                                        std::map<std::string, std::string> metadata) {
    if (!state) return encodeSafetensors(weights, metadata);
    metadata[stateKey] = toJson(*state).dump();
    return encodeSafetensors(weights, metadata, state->optimizer, slotPrefix);
}

Result<StoredCheckpoint> decodeCheckpoint(std::span<const std::byte> bytes) {
    std::map<std::string, std::string> metadata;
    auto all = decodeSafetensors(bytes, &metadata);
    if (!all) return refuse(all.error());
    StoredCheckpoint stored;
    stored.weights = std::move(*all);
    const auto text = metadata.find(stateKey);
    if (text == metadata.end()) return stored;
    const json object = json::parse(text->second, nullptr, /*allow_exceptions=*/false);
    const auto slots = object.is_object() ? whole(object, "slots") : -1;
    auto& tensors = stored.weights.tensors;
    if (slots < 0 || slots > static_cast<std::int64_t>(tensors.size())) {
        Diagnostic d;
        d.code = "weights.damaged";
        d.where = stateKey;
        d.what = "The state of the training is malformed.";
        d.mend = "Take another checkpoint of the run, or start from its weights.";
        return refuse(std::move(d));
    }
    stored.state = fromJson(object);
    const auto first = tensors.end() - slots;
    for (auto slot = first; slot != tensors.end(); ++slot) {
        if (slot->name.starts_with(slotPrefix)) slot->name.erase(0, slotPrefix.size());
        stored.state->optimizer.push_back(std::move(*slot));
    }
    tensors.erase(first, tensors.end());
    return stored;
}

} // namespace burdock
