// Data files of one format: BURDOCK_FUZZED_FORMAT, read by the shipped plugin of that name. An input holds
//   a byte that says which files are compressed, a byte that chooses their names, a byte for each option,
//   and the files, each but the last after two bytes with its length.
#include "data_files.h"
#include "fuzz.h"
#include "seal_png.h"

#include <QImageReader>

#include <algorithm>
#include <cmath>
#include <vector>

namespace burdock::fuzz {
namespace {

constexpr std::string_view fuzzed = BURDOCK_FUZZED_FORMAT;

const DatasetFormat& format() {
    const DatasetFormat* const found = shippedCatalog().formats().find(fuzzed);
    require(found != nullptr, "the plugin of this format is there");
    return *found;
}

/// Files that are read together, by their names in a folder.
using Names = std::vector<std::string_view>;

const std::vector<Names>& choicesOfNames() {
    static const std::vector<Names> all = [] {
        if (fuzzed == "idx")
            return std::vector<Names>{{"train-labels-idx1-ubyte", "train-images-idx3-ubyte"},
                                      {"train-labels-idx1-ubyte", "t10k-labels-idx1-ubyte",
                                       "train-images-idx3-ubyte", "t10k-images-idx3-ubyte"}};
        if (fuzzed == "cifar")
            return std::vector<Names>{
                {"data_batch_1.bin"}, {"train.bin"}, {"fine_label_names.txt", "test.bin", "train.bin"}};
        if (fuzzed == "pictures")
            return std::vector<Names>{{"a/0.png", "b/0.png"},
                                      {"a/0.jpg", "b/0.bmp"},
                                      {"images/0.png", "masks/0.png"},
                                      {"train/a/0.png", "train/b/0.png", "test/a/0.jpeg"}};
        if (fuzzed == "sound")
            return std::vector<Names>{{"a/0.wav", "b/0.wav"},
                                      {"a/0.flac", "b/0.ogg"},
                                      {"a/0.aiff", "b/0.opus"},
                                      {"0_a.wav", "0_b.wav", "1_a.wav", "1_b.wav"}};
        if (fuzzed == "npz")
            return std::vector<Names>{{"arrays.npz"},
                                      {"y.npy", "x.npy"},
                                      {"y_test.npy", "x_test.npy", "y_train.npy", "x_train.npy"}};
        return std::vector<Names>{{"table.csv"}, {"text.txt"}};
    }();
    return all;
}

ParamValue optionOf(const ParamSpec& spec, std::uint8_t byte) {
    if (byte == 0) return spec.defaultValue;
    const double least = std::max(spec.minimum, -1e6), most = std::min(spec.maximum, 1e6);
    const double number = least + (most - least) * byte / 255;
    switch (spec.type) {
    case ParamType::Bool:
        return byte % 2 == 1;
    case ParamType::Int:
        // small ones mean more than large ones
        return static_cast<std::int64_t>(byte < 128 ? std::min(least + byte % 64, most) : number);
    case ParamType::Real:
        return number;
    case ParamType::Pair:
        return IntPair{byte % 16, byte / 16};
    case ParamType::Choice:
        return spec.choices[byte % spec.choices.size()].key;
    case ParamType::Text:
        return std::string(1, static_cast<char>(byte));
    }
    return spec.defaultValue;
}

void readTokens(const Dataset& data, std::string_view contents) {
    const Tokenizer& tokenizer = *data.tokenizer();
    const auto tokens = tokenizer.encode(contents);
    for (const std::int64_t token : tokens) {
        require(token >= 0 && token < tokenizer.size(), "tokens are those of the vocabulary");
        (void)tokenizer.name(token);
    }
    require(tokenizer.decode(tokens).size() <= contents.size(), "tokens are parts of the text");
}

void readSamples(const Dataset& data) {
    const DatasetInfo& info = data.info();
    require(info.trainSize > 0 && info.testSize >= 0 && info.targets > 0, "there is something to learn");
    std::vector<float> values(static_cast<std::size_t>(info.input.size())),
        targets(static_cast<std::size_t>(data.targetWidth()));
    const bool classes = info.task == Task::Multiclass || info.task == Task::NextToken;
    const float most = classes ? static_cast<float>(info.targets - 1) : 1.0F;
    for (const Part part : {Part::Train, Part::Test})
        for (const std::int64_t index : {std::int64_t{0}, data.size(part) / 2, data.size(part) - 1}) {
            if (index < 0 || index >= data.size(part)) continue;
            data.readInput(part, index, values.data());
            data.readTarget(part, index, targets.data());
            for (const float value : values)
                require(std::isfinite(value) || (info.missingValues > 0 && std::isnan(value)),
                        "inputs are finite, or told to be missing");
            for (const float target : targets)
                require(info.task == Task::Regression ? std::isfinite(target) : target >= 0 && target <= most,
                        "targets are those of the task");
        }
}

} // namespace

void feed(Bytes input) {
    static const MemoryFolder folder;
    QImageReader::setAllocationLimit(1); // a few bytes of JPEG make a picture of any size, which takes time
    Reader reader(input);
    const std::uint8_t compressed = reader.byte();
    const std::size_t choice = reader.byte() % choicesOfNames().size();
    const Names& names = choicesOfNames()[choice];
    ParamValues options;
    for (const ParamSpec& spec : format().params)
        options[spec.key] = optionOf(spec, reader.byte());

    const std::string own = std::to_string(choice) + "/"; // nothing of other names lies beside the files
    std::filesystem::path last;
    std::string contents;
    for (std::size_t i = 0; i < names.size(); ++i) {
        contents = text(i + 1 < names.size() ? reader.bytes(reader.number<std::uint16_t>()) : reader.rest());
        sealPng(contents);
        const bool gzip = (compressed >> i & 1) != 0;
        last = folder.write(own + std::string(names[i]),
                            gzip ? gzipped(QByteArray::fromStdString(contents)).toStdString() : contents);
    }
    const bool archive = last.extension() == ".npz";
    const std::filesystem::path path = format().folders && !archive ? folder.path(own) : last;
    (void)format().recognises(path);
    const auto data = format().open(path, options);
    if (!data) {
        require(!data.error().code.empty() && !data.error().what.empty(), "a refusal says what is wrong");
        return;
    }
    readSamples(**data);
    if ((*data)->tokenizer()) readTokens(**data, contents);
}

} // namespace burdock::fuzz
