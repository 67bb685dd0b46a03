#pragma once

#include "engine/data/new_samples.h"
#include "session/stored_run.h"

#include <QString>

#include <functional>
#include <string>
#include <vector>

namespace burdock {

/// What a run's network says of samples that are no part of its data.
struct Answers {
    storage::RunId run;
    bool decides = false;              ///< whether rows have a verdict: classes or labels are asked for
    std::vector<std::string> columns;  ///< of the numbers: classes, labels, what is predicted
    std::vector<std::string> samples;  ///< a file's name, or "line 7"
    std::vector<std::string> verdicts; ///< a class, or labels; empty where a network's answer is no number
    std::vector<float> values;         ///< a row a sample: probabilities 0..1, or numbers in the data's units
    std::vector<double> offsets;    ///< to be added to a row's values (DatasetInfo::targetOffsets); or none
    Shape each;                     ///< of a row
    std::int64_t odd = 0;           ///< samples whose answer is not finite
    std::vector<std::string> notes; ///< of the reader
    std::vector<std::shared_ptr<const NewSamples>> asked; ///< one after the other: the samples

    std::size_t rows() const { return samples.size(); }
    std::size_t width() const { return static_cast<std::size_t>(each.size()); }
    std::span<const float> row(std::size_t i) const {
        return std::span(values).subspan(i * width(), width());
    }
    /// What the network was asked, see NewSamples::readInput.
    void readInput(std::size_t i, float* input) const;
    /// In the data's units.
    double value(std::size_t i, std::size_t k) const {
        return static_cast<double>(row(i)[k]) + (k < offsets.size() ? offsets[k] : 0);
    }
};

/// Asks a network about files or folders of new samples; what cannot be read is left out and told in notes,
/// and refused where nothing else is. `progress` is called with 0..1 and stops the work by returning false:
/// the refusal's code is `answersStopped` then.
Result<Answers> askAbout(Predictor& network, const Dataset& data, storage::RunId run,
                         const std::vector<std::filesystem::path>& paths,
                         const std::function<bool(double)>& progress = {});
inline Result<Answers> askAbout(const RunNetwork& network, storage::RunId run,
                                const std::filesystem::path& path,
                                const std::function<bool(double)>& progress = {}) {
    return askAbout(*network.predictor, *network.data, run, {path}, progress);
}
/// Asks it about one sample that is put together of these values, each a "name=value" by the names of
/// Dataset::inputFields(), of which the longest counts. Fields that are not named have their typical values,
/// which the notes say. Refuses a field that is named twice.
Result<Answers> askAboutValues(const RunNetwork& network, storage::RunId run,
                               const std::vector<std::string>& values);
inline constexpr const char* answersStopped = "answers.stopped";

/// A format that answers are written in: an ending that names it, and what it is.
struct AnswerFormat {
    const char* ending; ///< ".csv"
    const char* name;   ///< "Table (CSV)"
    bool named;         ///< for answers alone whose numbers have names
    /// `where` names in a refusal what was to be written.
    Result<QByteArray> (*write)(const Answers&, const std::string& where);
};
/// CSV, JSON and NumPy's .npy.
const std::vector<AnswerFormat>& answerFormats();
/// Those of them that can hold these answers.
std::vector<AnswerFormat> formatsFor(const Answers& answers);

/// Writes them as the ending of `path` says, as a whole or not at all.
Status saveAnswers(const Answers& answers, const QString& path);

} // namespace burdock
