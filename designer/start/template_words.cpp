#include "start/template_words.h"

#include "session/expected_time.h"
#include "session/machine.h"
#include "theme/theme.h"

#include <QCoreApplication>

namespace burdock {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(burdock::TemplateWords)
};

const DatasetEntry* entryOf(const DatasetCatalog& catalog, const std::string& reference) {
    return catalog.find(reference.substr(0, reference.find(':')));
}

QString titleOf(const DatasetEntry& entry) {
    return QString::fromStdString(entry.title);
}

bool computesOnly(const TemplateFacts* facts) {
    return facts && facts->parameters == 0;
}

bool isTooLarge(const TemplateFacts* facts) {
    return facts && memoryBytes() > 0 && leastTrainingBytes(*facts) > memoryBytes();
}

QString needsText(const ModelTemplate& model, const TemplateFacts* facts, const DatasetCatalog& catalog,
                  const std::optional<EpochTime>& time) {
    if (const DatasetEntry* entry = entryOf(catalog, model.dataset)) {
        if (!entry->available) return Words::tr("%1, which is not here").arg(titleOf(*entry));
        return time && time->samples > 0
                   ? Words::tr("%1 · %2 samples").arg(titleOf(*entry), exactCount(time->samples))
                   : titleOf(*entry);
    }
    if (computesOnly(facts)) return Words::tr("No data: it computes as it is");
    if (model.group == TemplateGroup::Text) return Words::tr("A long text of your own");
    if (!facts || facts->input.size() == 1) return Words::tr("Data of your own");
    return Words::tr("Pictures of your own, %1 × %2 %3")
        .arg(facts->input.height)
        .arg(facts->input.width)
        .arg(facts->input.channels == 3 ? Words::tr("in colour") : Words::tr("in grey"));
}

QString timeText(const ModelTemplate& model, const TemplateFacts* facts, const TrainingTimes& times,
                 const std::optional<EpochTime>& time) {
    if (computesOnly(facts)) return Words::tr("Nothing to train");
    if (isTooLarge(facts))
        return Words::tr("To look at: training takes %1").arg(humanBytes(qint64(leastTrainingBytes(*facts))));
    const auto epochs = model.settings.epochs;
    if (time) {
        const double all = time->seconds * static_cast<double>(epochs);
        if (all < 1) return Words::tr("Less than 1 s for all %1 epochs").arg(epochs);
        if (time->seconds < 1)
            return Words::tr("About %1 for all %2 epochs").arg(roughDuration(all)).arg(epochs);
        return (time->source == EpochTime::Source::Estimated
                    ? Words::tr("Estimated: %1 an epoch, %2 for all %3")
                    : Words::tr("About %1 an epoch, %2 for all %3"))
            .arg(roughDuration(time->seconds), roughDuration(all))
            .arg(epochs);
    }
    if (times.isOpen(model.id)) return Words::tr("Time is being measured…");
    if (!facts || !times.speed()) return Words::tr("Time not measured yet");
    constexpr int samples = 1000;
    const double seconds = 3 * static_cast<double>(facts->macs) * samples / *times.speed();
    return Words::tr("Estimated: %1 per %2 samples").arg(roughDuration(seconds), exactCount(samples));
}

QString trainText(const ModelTemplate& model, const TemplateFacts* facts, const DatasetCatalog& catalog,
                  const TrainingTimes& times) {
    if (!facts || computesOnly(facts) || isTooLarge(facts)) return {};
    const std::string data = firstData(model, catalog, times);
    const DatasetEntry* entry = entryOf(catalog, data);
    if (!entry) return {};
    return (model.dataset.empty() ? Words::tr("Adapt it to %1, and train") : Words::tr("Train it on %1"))
        .arg(titleOf(*entry));
}

} // namespace

TemplateWords wordsFor(const ModelTemplate& model, const TemplateFacts* facts, const DatasetCatalog& catalog,
                       const TrainingTimes& times) {
    const auto time = times.of(model.id);
    return {needsText(model, facts, catalog, time),
            facts && facts->parameters > 0 ? Words::tr("%1 parameters").arg(humanCount(facts->parameters))
            : facts                        ? Words::tr("No parameters")
                                           : QString(),
            timeText(model, facts, times, time), trainText(model, facts, catalog, times)};
}

std::string firstData(const ModelTemplate& model, const DatasetCatalog& catalog, const TrainingTimes& times) {
    const auto isHere = [&](const std::string& data) {
        const DatasetEntry* entry = entryOf(catalog, data);
        return entry && entry->available;
    };
    const auto time = times.of(model.id);
    const bool isLong = time && time->seconds > firstPatience;
    if (isHere(model.dataset) && !(isLong && isHere(model.trial))) return model.dataset;
    return isHere(model.trial) ? model.trial : std::string();
}

} // namespace burdock
