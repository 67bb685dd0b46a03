#pragma once

#include "start/template_facts.h"
#include "start/training_times.h"

namespace burdock {

/// What a card says of a template.
struct TemplateWords {
    QString needs; ///< "Fashion-MNIST · 60,000 samples"
    QString size;  ///< "1.41 M parameters"; empty until it is known
    QString time;  ///< "About 40 s an epoch, 10 min for all 15"
    QString train; ///< what its Train button does; empty: there is nothing to train at once
};

/// `facts`: null until they are worked out.
TemplateWords wordsFor(const ModelTemplate& model, const TemplateFacts* facts, const DatasetCatalog& catalog,
                       const TrainingTimes& times);

/// The data that a template is trained on for a first result: its own, or, where those are not here or an
/// epoch of them takes longer than somebody waits, those that it may be tried on. Empty: there are none.
std::string firstData(const ModelTemplate& model, const DatasetCatalog& catalog, const TrainingTimes& times);
/// Seconds that somebody waits for a first result.
inline constexpr double firstPatience = 300;

} // namespace burdock
