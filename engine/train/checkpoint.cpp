#include "engine/train/checkpoint.h"

#include "engine/schema/foreign_json.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

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
            {"loss_weight", s.lossWeight},
            {"accuracy_sum", s.accuracySum},
            {"trained", s.trained},
            {"samples", s.samples},
            {"seconds", s.seconds},
            {"first_loss", orNull(s.firstLoss)},
            {"best_score", orNull(s.bestScore)},
            {"best_by", s.bestBy},
            {"best_loss", orNull(s.bestLoss)},
            {"lowest_loss", orNull(s.lowestLoss)},
            {"epochs_without_gain", s.epochsWithoutGain},
            {"schedule", s.schedule}};
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
    s.lossWeight = real(object, "loss_weight", static_cast<double>(s.samples));
    s.seconds = real(object, "seconds", 0);
    s.firstLoss = maybe(object, "first_loss");
    s.bestScore = maybe(object, "best_score");
    if (const auto it = object.find("best_by"); it != object.end() && it->is_string())
        s.bestBy = it->get<std::string>();
    s.bestLoss = maybe(object, "best_loss");
    s.lowestLoss = maybe(object, "lowest_loss");
    s.epochsWithoutGain = whole(object, "epochs_without_gain");
    if (const auto it = object.find("schedule"); it != object.end() && it->is_array())
        for (const json& v : *it)
            s.schedule.push_back(v.is_number() ? v.get<double>() : std::numeric_limits<double>::infinity());
    return s;
}

Diagnostic malformed(std::string why) {
    Diagnostic d;
    d.code = "weights.damaged";
    d.where = stateKey;
    d.what = "The state of the training is malformed.";
    d.why = std::move(why);
    d.mend = "Take another checkpoint of the run, or start from its weights.";
    return d;
}

/// Counts that are at least zero and small enough to be reckoned with, and seconds that are a time.
bool isPossible(const TrainState& s) {
    constexpr std::int64_t most = std::int64_t{1} << 50;
    for (const std::int64_t count : {s.step, s.epochs, s.batches, s.samples, s.epochsWithoutGain})
        if (count < 0 || count > most) return false;
    return s.batches <= s.step && s.epochs <= s.step && s.epochsWithoutGain <= s.epochs && s.seconds >= 0 &&
           s.trained >= 0 && s.lossWeight >= 0 && std::isfinite(s.seconds) && std::isfinite(s.trained) &&
           std::isfinite(s.lossWeight) && std::isfinite(s.lossSum);
}

} // namespace

std::string stateText(const TrainState& state) {
    return toJson(state).dump();
}

Result<TrainState> stateFromText(std::string_view text) {
    const auto object = parseForeign(text);
    if (!object || !object->is_object()) return refuse(malformed("It is no JSON object."));
    TrainState state = fromJson(*object);
    if (!isPossible(state)) return refuse(malformed("It counts what no training can have reached."));
    return state;
}

Result<StoredCheckpoint> decodeCheckpoint(std::span<const std::byte> bytes) {
    std::map<std::string, std::string> metadata;
    auto all = decodeSafetensors(bytes, &metadata);
    if (!all) return refuse(all.error());
    StoredCheckpoint stored;
    stored.weights = std::move(*all);
    const auto text = metadata.find(stateKey);
    if (text == metadata.end()) return stored;
    auto state = stateFromText(text->second);
    if (!state) return refuse(state.error());
    stored.state = std::move(*state);
    const auto isSlot = [](const NamedTensor& tensor) { return tensor.name.starts_with(slotPrefix); };
    auto& tensors = stored.weights.tensors;
    const auto first = std::stable_partition(tensors.begin(), tensors.end(), std::not_fn(isSlot));
    for (auto slot = first; slot != tensors.end(); ++slot) {
        slot->name.erase(0, slotPrefix.size());
        stored.state->optimizer.push_back(std::move(*slot));
    }
    tensors.erase(first, tensors.end());
    return stored;
}

} // namespace burdock
