#include "app/training_settings.h"

#include "engine/schema/foreign_json.h"
#include "session/diagnostics.h"
#include "session/stored_run.h"

namespace burdock {

void TrainingSettings::setDataset(const QString& idOrPath) {
    if (idOrPath == dataset_) return;
    dataset_ = idOrPath;
    emit datasetChanged();
    emit changed();
}

void TrainingSettings::setConfig(const TrainConfig& config) {
    if (burdock::toJson(config) == burdock::toJson(config_)) return;
    config_ = config;
    emit changed();
}

void TrainingSettings::setValue(const QString& key, const ParamValue& value, const ParamValues& own) {
    TrainConfig config = withSetting(config_, key.toStdString(), value);
    for (const EntrySetting& setting : entrySettings())
        if (key.toStdString() == setting.key)
            for (const auto& [name, wanted] : own)
                (config.*setting.params)[name] = wanted;
    setConfig(config);
}

void TrainingSettings::setRunName(const QString& name) {
    if (name == runName_) return;
    runName_ = name;
    emit changed();
}

QByteArray TrainingSettings::toJson() const {
    const nlohmann::json json{{"dataset", dataset_.toStdString()},
                              {"config", burdock::toJson(config_)},
                              {"run_name", runName_.toStdString()}};
    return QByteArray::fromStdString(json.dump());
}

Status TrainingSettings::fromJson(const QByteArray& json) {
    const auto usual = [this](const Diagnostic& why) {
        setConfig({});
        return refuse(
            problem("settings.unreadable", "The network's training settings cannot be read.", "Training",
                    "The usual ones stand there now: look them through before you train.", oneLine(why)));
    };
    if (json.isEmpty()) { // none were kept
        setConfig({});
        setRunName({});
        return {};
    }
    const auto kept = parseForeign(viewOf(json));
    const auto text = [&](const char* key) {
        if (!kept || !kept->is_object()) return QString();
        const auto it = kept->find(key);
        return it != kept->end() && it->is_string() ? QString::fromStdString(it->get<std::string>())
                                                    : QString();
    };
    setRunName(text("run_name"));
    if (const QString dataset = text("dataset"); !dataset.isEmpty()) setDataset(dataset);
    if (!kept) return usual(kept.error());
    const auto config =
        trainConfigFromJson(kept->is_object() ? kept->value("config", nlohmann::json()) : nlohmann::json());
    if (!config) return usual(config.error());
    setConfig(*config);
    return {};
}

} // namespace burdock
