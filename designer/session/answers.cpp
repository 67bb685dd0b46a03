#include "session/answers.h"

#include "engine/data/new_tokens.h"
#include "engine/schema/number_text.h"
#include "session/csv_field.h"
#include "session/diagnostics.h"
#include "session/whole_file.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <nlohmann/json.hpp>

namespace burdock {
namespace {

/// Where a sample's numbers have no names, they stand in no table.
Status haveNames(const Answers& answers, const std::string& where) {
    if (!answers.columns.empty()) return {};
    return refuse(
        problem("answers.names",
                "The " + std::to_string(answers.width()) + " numbers of an answer do not fit into a table.",
                where, "Save the answers as an array: give a name that ends in .npy."));
}

QByteArray numberText(const Answers& answers, std::size_t i, std::size_t k) {
    const float value = answers.row(i)[k];
    if (!std::isfinite(value)) return {};
    return QByteArray::fromStdString(answers.offsets.empty() ? shortestText(value)
                                                             : shortestText(answers.value(i, k)));
}

Result<QByteArray> csvOf(const Answers& answers, const std::string& where) {
    if (Status named = haveNames(answers, where); !named) return refuse(named.error());
    const auto field = [](const std::string& text) {
        return csvField(QString::fromStdString(text)).toUtf8();
    };
    QByteArray bytes("sample");
    if (answers.decides) bytes += ",answer";
    for (const std::string& column : answers.columns)
        bytes += ',' + field(column);
    bytes += '\n';
    for (std::size_t i = 0; i < answers.rows(); ++i) {
        bytes += field(answers.samples[i]);
        if (answers.decides) bytes += ',' + field(answers.verdicts[i]);
        for (std::size_t k = 0; k < answers.width(); ++k)
            bytes += ',' + numberText(answers, i, k);
        bytes += '\n';
    }
    return bytes;
}

Result<QByteArray> jsonOf(const Answers& answers, const std::string& where) {
    if (Status named = haveNames(answers, where); !named) return refuse(named.error());
    using Json = nlohmann::ordered_json;
    Json rows = Json::array();
    for (std::size_t i = 0; i < answers.rows(); ++i) {
        Json row{{"sample", answers.samples[i]}};
        if (answers.decides) row["answer"] = answers.verdicts[i];
        Json& values = row[answers.decides ? "probabilities" : "values"] = Json::object();
        for (std::size_t k = 0; k < answers.columns.size(); ++k) {
            const float value = answers.row(i)[k];
            const bool isNumber = std::isfinite(value);
            values[answers.columns[k]] = !isNumber                 ? Json()
                                         : answers.offsets.empty() ? Json(value)
                                                                   : Json(answers.value(i, k));
        }
        rows.push_back(std::move(row));
    }
    const Json whole{{"run", answers.run.value}, {"notes", answers.notes}, {"answers", std::move(rows)}};
    return QByteArray::fromStdString(whole.dump(1, ' ', false, Json::error_handler_t::replace)) + '\n';
}

/// Format version 1.0 of numpy.lib.format: a header in Python's notation, padded to 64 bytes, then the
/// values.
Result<QByteArray> npyOf(const Answers& answers, const std::string&) {
    static_assert(std::endian::native == std::endian::little);
    const Shape& each = answers.each;
    QByteArray shape = QByteArray::number(static_cast<qlonglong>(answers.rows())) + ", ";
    if (each.isFlat())
        shape += QByteArray::number(static_cast<qlonglong>(each.size()));
    else
        for (const std::int64_t extent : {each.channels, each.height, each.width})
            shape += QByteArray::number(static_cast<qlonglong>(extent)) + ", ";
    const bool wide = !answers.offsets.empty(); // single precision would not tell the answers apart
    QByteArray header = "{'descr': '<f" + QByteArray(wide ? "8" : "4") +
                        "', 'fortran_order': False, 'shape': (" + shape + "), }";
    constexpr int before = 10, block = 64;
    header += QByteArray((block - (before + header.size() + 1) % block) % block, ' ') + '\n';
    QByteArray bytes("\x93NUMPY\x01\x00", 8);
    bytes += static_cast<char>(header.size() & 0xff);
    bytes += static_cast<char>(header.size() >> 8);
    bytes += header;
    const auto append = [&](const auto& values) {
        bytes.append(reinterpret_cast<const char*>(values.data()),
                     static_cast<qsizetype>(values.size() * sizeof(values[0])));
    };
    if (!wide) {
        append(answers.values);
        return bytes;
    }
    std::vector<double> values;
    for (std::size_t i = 0; i < answers.rows(); ++i)
        for (std::size_t k = 0; k < answers.width(); ++k)
            values.push_back(answers.value(i, k));
    append(values);
    return bytes;
}

/// Of a file that cannot be read beside others that can.
class NoSamples final : public NewSamples {
  public:
    explicit NoSamples(const Diagnostic& why)
        : notes_{"Left out is " + oneLine(why)} {}
    std::int64_t size() const override { return 0; }
    void readInput(std::int64_t, float*) const override {}
    std::string name(std::int64_t) const override { return {}; }
    const std::vector<std::string>& notes() const override { return notes_; }

  private:
    std::vector<std::string> notes_;
};

/// Of what a network says at each position, that of the last of so many tokens; 0: of all.
std::vector<float> afterLast(const std::vector<float>& everywhere, const DatasetInfo& info,
                             std::int64_t tokens) {
    const std::int64_t end = tokens > 0 ? tokens * info.targets : std::ssize(everywhere);
    return {everywhere.begin() + (end - info.targets), everywhere.begin() + end};
}

} // namespace

const std::vector<AnswerFormat>& answerFormats() {
    static const std::vector<AnswerFormat> all{{".csv", "Table (CSV)", true, csvOf},
                                               {".json", "JSON", true, jsonOf},
                                               {".npy", "NumPy array", false, npyOf}};
    return all;
}

std::vector<AnswerFormat> formatsFor(const Answers& answers) {
    std::vector<AnswerFormat> all = answerFormats();
    if (answers.columns.empty()) std::erase_if(all, [](const AnswerFormat& format) { return format.named; });
    return all;
}

void Answers::readInput(std::size_t i, float* input) const {
    auto index = static_cast<std::int64_t>(i);
    for (const auto& samples : asked) {
        if (index < samples->size()) return samples->readInput(index, input);
        index -= samples->size();
    }
}

namespace {

Answers noneYet(const DatasetInfo& info, storage::RunId run) {
    Answers answers;
    answers.run = run;
    answers.decides = info.task->targetKind != TargetKind::Number;
    answers.columns = info.task->answerNames(info);
    answers.offsets = info.targetOffsets;
    return answers;
}

/// The field of that name, or of that name in other letters.
const InputField* fieldOf(const std::vector<InputField>& fields, const std::string& name) {
    for (const InputField& field : fields)
        if (field.name == name) return &field;
    const QString wanted = QString::fromStdString(name);
    for (const InputField& field : fields)
        if (wanted.compare(QString::fromStdString(field.name), Qt::CaseInsensitive) == 0) return &field;
    return nullptr;
}

struct FieldAndValue {
    const InputField* field = nullptr; ///< null: none is named
    std::string value;
};

/// Of "name=value". A name may have such signs itself: the longest that is known counts.
FieldAndValue fieldAndValue(const std::vector<InputField>& fields, const std::string& text) {
    for (auto at = text.rfind('='); at != std::string::npos && at > 0; at = text.rfind('=', at - 1))
        if (const InputField* field = fieldOf(fields, text.substr(0, at)))
            return {field, text.substr(at + 1)};
    return {};
}

/// "a, b, c", as many as a line bears: "a, b and 90 more".
std::string beginningOf(const std::vector<std::string>& all) {
    constexpr std::size_t most = 10;
    std::string text;
    for (std::size_t i = 0; i < std::min(most, all.size()); ++i)
        text += (i ? ", " : "") + all[i];
    return all.size() > most ? text + " and " + std::to_string(all.size() - most) + " more" : text;
}

/// Those of the given fields that were given as missing.
std::vector<std::string> missingFields(const std::vector<InputField>& fields, const std::vector<bool>& given,
                                       const DatasetInfo& info, const NewSamples& sample) {
    std::vector<float> inputs(static_cast<std::size_t>(info.input.size()));
    sample.readInput(0, inputs.data());
    std::vector<std::string> missing;
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (given[i] && std::ranges::any_of(fields[i].inputs, [&](std::int64_t at) {
                return std::isnan(inputs[static_cast<std::size_t>(at)]);
            }))
            missing.push_back(fields[i].name);
    return missing;
}

/// Adds what the network says of a file's samples from `first` on, as many as it takes at once.
void askSome(Predictor& network, const DatasetInfo& info, const NewSamples& samples, std::int64_t first,
             const std::string& before, Answers& answers) {
    const auto each = static_cast<std::size_t>(info.input.size());
    const auto* const text = dynamic_cast<const NewTokens*>(&samples);
    const auto count = static_cast<std::size_t>(std::min(network.batch(), samples.size() - first));
    std::vector<float> inputs(count * each);
    for (std::size_t i = 0; i < count; ++i)
        samples.readInput(first + static_cast<std::int64_t>(i), inputs.data() + i * each);
    std::int64_t index = first;
    for (std::vector<float>& answer : network.predictSeveral(inputs)) {
        if (info.task->positions) answer = afterLast(answer, info, text ? text->tokens(index) : 0);
        if (answers.rows() == 0) answers.each = info.mask.value_or(Shape{std::ssize(answer), 1, 1});
        answers.odd += !std::ranges::all_of(answer, [](float value) { return std::isfinite(value); });
        std::string name = samples.name(index);
        if (!before.empty() && name != before) name = before + ", " + name;
        answers.samples.push_back(std::move(name));
        answers.verdicts.push_back(info.task->verdict(info, answer));
        answers.values.insert(answers.values.end(), answer.begin(), answer.end());
        ++index;
    }
}

} // namespace

Result<Answers> askAbout(Predictor& network, const Dataset& data, storage::RunId run,
                         const std::vector<std::filesystem::path>& paths,
                         const std::function<bool(double)>& progress) {
    const DatasetInfo& info = data.info();
    Answers answers = noneYet(info, run);
    std::int64_t count = 0;
    for (const auto& path : paths) {
        auto samples = data.readNew(path);
        const bool others = count > 0 || &path != &paths.back();
        if (!samples && others) samples = std::make_shared<const NoSamples>(samples.error());
        if (!samples) return refuse(samples.error());
        count += (*samples)->size();
        answers.notes.insert(answers.notes.end(), (*samples)->notes().begin(), (*samples)->notes().end());
        answers.asked.push_back(std::move(*samples));
    }
    for (std::size_t file = 0; file < answers.asked.size(); ++file) {
        const NewSamples& samples = *answers.asked[file];
        const std::string before = paths.size() > 1 ? paths[file].filename().string() : std::string();
        for (std::int64_t i = 0; i < samples.size(); i += network.batch()) {
            const auto done = static_cast<double>(answers.rows()) / static_cast<double>(count);
            if (progress && !progress(done))
                return refuse(problem(answersStopped, "Stopped before all samples were asked about.",
                                      paths[file].string(), "Ask again."));
            askSome(network, info, samples, i, before, answers);
        }
    }
    return answers;
}

Result<Answers> askAboutValues(const RunNetwork& network, storage::RunId run,
                               const std::vector<std::string>& values) {
    const Dataset& data = *network.data;
    const std::vector<InputField> fields = data.inputFields();
    if (fields.empty()) return refuse(data.readFields({}).error());
    std::vector<std::string> texts, names, typical;
    for (const InputField& field : fields) {
        texts.push_back(field.typical);
        names.push_back(field.name);
    }
    std::vector<bool> given(fields.size());
    for (const std::string& text : values) {
        const auto [field, value] = fieldAndValue(fields, text);
        const std::string named = text.substr(0, text.find('='));
        if (!field)
            return refuse(problem("field.name", "There is no column \"" + named + "\".", data.info().title,
                                  "Name one of: " + beginningOf(names) + "."));
        const auto at = static_cast<std::size_t>(field - fields.data());
        if (given[at])
            return refuse(
                problem("field.twice", "It is given twice.", field->name, "Give one value for each column."));
        texts[at] = value;
        given[at] = true;
    }
    const auto sample = data.readFields(texts);
    if (!sample) return refuse(sample.error());
    Answers answers = noneYet(data.info(), run);
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (!given[i]) typical.push_back(names[i] + "=" + texts[i]);
    if (!typical.empty()) answers.notes.push_back("Not given, and typical: " + beginningOf(typical) + ".");
    if (const auto missing = missingFields(fields, given, data.info(), **sample); !missing.empty())
        answers.notes.push_back("Missing, so that the mean stands for it: " + beginningOf(missing) + ".");
    answers.asked.push_back(*sample);
    askSome(*network.predictor, data.info(), **sample, 0, {}, answers);
    return answers;
}

Status saveAnswers(const Answers& answers, const QString& path) {
    std::string endings;
    for (const AnswerFormat& format : answerFormats()) {
        endings += (endings.empty() ? "" : ", ") + std::string(format.ending);
        if (!path.endsWith(QLatin1String(format.ending), Qt::CaseInsensitive)) continue;
        const auto bytes = format.write(answers, path.toStdString());
        if (!bytes) return refuse(bytes.error());
        const auto failure = writeWhole(path, *bytes);
        if (!failure) return {};
        return refuse(problem("answers.file", "The answers could not be written.", path.toStdString(),
                              "Free some space, or choose another place.", failure->toStdString() + "."));
    }
    return refuse(problem("answers.format", "The ending names no format that answers can be written in.",
                          path.toStdString(), "Give a name that ends in one of " + endings + "."));
}

} // namespace burdock
