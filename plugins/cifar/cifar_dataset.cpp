#include "cifar_dataset.h"

#include "engine/schema/param_table.h"
#include "files/byte_pictures.h"
#include "files/content_hash.h"
#include "files/file_reader.h"
#include "files/problem.h"
#include "picture_files/new_pictures.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

namespace burdock {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t pixels = 3 * 32 * 32;
constexpr std::uint64_t largest = 4ull << 30;

struct Options {
    std::string labels = "fine";
};

const ParamTable<Options>& table() {
    static const ParamTable<Options> t = [] {
        ParamTable<Options> made;
        made.addChoice(&Options::labels,
                       {.key = "labels", .label = "Labels", .doc = "What is to be told apart in CIFAR-100."},
                       {{"fine", "Fine", "100 classes."}, {"coarse", "Coarse", "20 groups of five."}});
        return made;
    }();
    return t;
}

/// CIFAR-10 has one label before the pixels, CIFAR-100 a coarse and a fine one.
struct Layout {
    std::size_t labels = 1;
    std::size_t record() const { return labels + pixels; }
};

bool startsWith(const fs::path& path, std::string_view start) {
    return path.filename().string().starts_with(start);
}

/// The files that hold pictures, in order of their names.
std::vector<fs::path> filesIn(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
        if (hasEnding(it->path(), ".bin") &&
            (startsWith(it->path(), "data_batch") || startsWith(it->path(), "test") ||
             startsWith(it->path(), "train")))
            files.push_back(it->path());
    std::sort(files.begin(), files.end());
    return files;
}

bool isTest(const fs::path& path) {
    return startsWith(path, "test");
}

/// By the file's length; a length that fits both (every 9.4 million pictures) is CIFAR-10's. The names of
/// CIFAR-100's files decide for a file that is cut off.
Layout layoutOf(const fs::path& file, std::size_t length) {
    if (length % Layout{1}.record() == 0) return {1};
    if (length % Layout{2}.record() == 0) return {2};
    const bool hundred = startsWith(file, "train.") || startsWith(file, "test.");
    return {hundred ? 2u : 1u};
}

Status readFile(const fs::path& path, std::optional<Layout>& layout, std::size_t label, ByteSamples& samples,
                std::string& hashed) {
    const auto bytes = readWhole(path, largest);
    if (!bytes) return refuse(bytes.error());
    const Layout own = layoutOf(path, bytes->size());
    const std::size_t left = bytes->size() % own.record();
    if (left != 0)
        return refuseFile(path, "cifar.length", "The file is not a whole number of pictures.",
                          "After " + std::to_string(bytes->size() / own.record()) + " records of " +
                              std::to_string(own.record()) + " bytes, " + std::to_string(left) +
                              " bytes are left.",
                          "Get the file again: the binary version of CIFAR-10 or CIFAR-100.");
    if (layout && layout->labels != own.labels)
        return refuseFile(path, "cifar.mixed", "The files are of different kinds.",
                          "Some are of CIFAR-10, some of CIFAR-100.",
                          "Put each data set into its own folder.");
    layout = own;
    const int classes = own.labels == 1 ? 10 : label == 0 ? 20 : 100;
    for (std::size_t at = 0; at < bytes->size(); at += own.record()) {
        const auto value = static_cast<std::uint8_t>((*bytes)[at + (own.labels == 1 ? 0 : label)]);
        if (value >= classes)
            return refuseFile(path, "cifar.label", "A label is out of range.",
                              "Picture " + std::to_string(at / own.record()) + " has label " +
                                  std::to_string(value) + "; there are " + std::to_string(classes) +
                                  " classes.",
                              "Get the file again: the binary version of CIFAR-10 or CIFAR-100.");
        samples.classes.push_back(value);
        const auto* first = reinterpret_cast<const std::uint8_t*>(bytes->data()) + at + own.labels;
        samples.values.insert(samples.values.end(), first, first + pixels);
    }
    hashed += sha256Hex({*bytes});
    return {};
}

/// The names beside the files, one a line; numbers where they are missing or too few.
std::vector<std::string> classNames(const fs::path& folder, const Layout& layout, std::size_t label) {
    const int classes = layout.labels == 1 ? 10 : label == 0 ? 20 : 100;
    const char* file = layout.labels == 1 ? "batches.meta.txt"
                       : label == 0       ? "coarse_label_names.txt"
                                          : "fine_label_names.txt";
    std::vector<std::string> names;
    std::error_code error;
    if (fs::exists(folder / file, error))
        if (const auto text = readWhole(folder / file, 1u << 20)) {
            std::istringstream lines(*text);
            for (std::string line; std::getline(lines, line);) {
                if (line.ends_with('\r')) line.pop_back();
                if (!line.empty()) names.push_back(line);
            }
        }
    if (std::set<std::string>(names.begin(), names.end()).size() < static_cast<std::size_t>(classes)) {
        names.clear();
        for (int c = 0; c < classes; ++c)
            names.push_back(std::to_string(c));
    }
    names.resize(static_cast<std::size_t>(classes));
    return names;
}

/// Pictures, or a file of the same kind, whose labels are not looked at.
NewSamplesResult readNewFrom(const fs::path& path, const Layout& layout, std::size_t label) {
    if (!hasEnding(path, ".bin")) return readNewPictures(path, {{.shape = {3, 32, 32}}});
    ByteSamples samples;
    std::optional<Layout> same = layout;
    std::string hashed;
    if (auto read = readFile(path, same, label, samples, hashed); !read) return refuse(read.error());
    std::vector<std::string> names;
    for (std::int64_t i = 1; i <= samples.count(); ++i)
        names.push_back("picture " + std::to_string(i));
    return makeNewBytes(std::move(samples.values), std::int64_t{pixels}, std::move(names), {});
}

} // namespace

Result<std::shared_ptr<const Dataset>> openCifar(const fs::path& path, const ParamValues& values) {
    const Options options = table().read(values);
    std::error_code error;
    const bool folder = fs::is_directory(path, error);
    const std::vector<fs::path> files = folder ? filesIn(path) : std::vector<fs::path>{path};
    ByteSamples train, test;
    std::optional<Layout> layout;
    std::string hashed;
    const std::size_t label = options.labels == "coarse" ? 0 : 1;
    for (const fs::path& file : files)
        if (auto read = readFile(file, layout, label, folder && isTest(file) ? test : train, hashed); !read)
            return refuse(read.error());
    if (train.count() == 0)
        return refuseFile(path, "cifar.train", "The folder holds no training part.",
                          "There is no data_batch_1.bin and no train.bin.",
                          "Put the training files beside the test file.");

    DatasetInfo info;
    const fs::path where = folder ? path : path.has_parent_path() ? path.parent_path() : fs::path(".");
    info.id = path.string();
    info.title = layout->labels == 1 ? "CIFAR-10" : label == 0 ? "CIFAR-100, coarse" : "CIFAR-100";
    info.doc =
        "Colour pictures of 32×32 in CIFAR's binary format; pixel values are scaled from 0..255 to 0..1.";
    info.source = fs::absolute(path, error).string();
    info.input = {3, 32, 32};
    info.classNames = classNames(where, *layout, label);
    info.targets = static_cast<std::int64_t>(info.classNames.size());
    info.sha256 = sha256Hex({hashed});
    const auto reader = [layout = *layout, label](const fs::path& file) {
        return readNewFrom(file, layout, label);
    };
    return makeByteDataset(std::move(info), std::move(train), std::move(test), reader);
}

const std::vector<ParamSpec>& cifarParams() {
    return table().specs();
}

bool looksLikeCifar(const fs::path& fileOrFolder) {
    std::error_code error;
    if (fs::is_directory(fileOrFolder, error)) return !filesIn(fileOrFolder).empty();
    if (!hasEnding(fileOrFolder, ".bin")) return false;
    const auto length = fs::file_size(fileOrFolder, error);
    return !error && (length % Layout{1}.record() == 0 || length % Layout{2}.record() == 0 ||
                      startsWith(fileOrFolder, "data_batch") || startsWith(fileOrFolder, "test_batch"));
}

} // namespace burdock
