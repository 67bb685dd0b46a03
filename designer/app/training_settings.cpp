#include "app/training_settings.h"

#include <nlohmann/json.hpp>

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

void TrainingSettings::setValue(const QString& key, const ParamValue& value) {
    setConfig(withSetting(config_, key.toStdString(), value));
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

void TrainingSettings::fromJson(const QByteArray& json) {
    const auto kept = nlohmann::json::parse(json.begin(), json.end(), nullptr, false);
    if (!kept.is_object()) return;
    if (const auto it = kept.find("config"); it != kept.end())
        if (const auto config = trainConfigFromJson(*it)) setConfig(*config);
    const auto text = [&](const char* key) {
        const auto it = kept.find(key);
        return it != kept.end() && it->is_string() ? QString::fromStdString(it->get<std::string>())
                                                   : QString();
    };
    setRunName(text("run_name"));
    if (const QString dataset = text("dataset"); !dataset.isEmpty()) setDataset(dataset);
}

} // namespace burdock
