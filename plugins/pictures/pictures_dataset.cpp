#include "pictures_dataset.h"

#include "decode.h"
#include "engine/schema/param_table.h"
#include "engine/tensor/saturated.h"
#include "files/byte_pictures.h"
#include "files/content_hash.h"
#include "files/problem.h"
#include "picture_folder.h"

#include <QColor>

#include <algorithm>
#include <map>
#include <span>

namespace burdock {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t mostBytes = 4ll << 30;

enum class Colour { Auto, Grey, Colour };

struct Options {
    IntPair size{0, 0};
    Colour colour = Colour::Auto;
    double testShare = 0.2;
};

const ParamTable<Options>& table() {
    static const ParamTable<Options> t = [] {
        ParamTable<Options> made;
        made.add(&Options::size, {.key = "size",
                                  .label = "Size",
                                  .minimum = 0,
                                  .maximum = 4096,
                                  .unit = "pixels",
                                  .doc = "Height and width all pictures get; 0 × 0: those that most have."});
        made.addChoice(&Options::colour,
                       {.key = "colour", .label = "Colours", .doc = "What is kept of them."},
                       {{"auto", "As they are", "Grey if all pictures are."},
                        {"grey", "Grey", "One channel."},
                        {"colour", "Colour", "Red, green and blue."}});
        made.add(&Options::testShare, {.key = "test_share",
                                       .label = "Test share",
                                       .minimum = 0,
                                       .maximum = 0.9,
                                       .doc = "Split off for the test where there is no folder test/."});
        return made;
    }();
    return t;
}

Status decodeAll(const std::vector<PictureFile>& files, const Shape& shape, ByteSamples& samples) {
    const auto size = static_cast<std::size_t>(shape.size());
    samples.values.resize(files.size() * size);
    for (const PictureFile& file : files)
        samples.classes.push_back(file.kind);
    return forEachOnAllCores(files, [&](std::size_t i) -> Status {
        const auto image = decode(files[i], shape, Decoding::Picture);
        if (!image) return refuse(image.error());
        copyPixels(*image, shape, samples.values.data() + i * size);
        return {};
    });
}

/// Which colours of the masks are labels: all but black, in the order of their values.
using Labels = std::map<QRgb, std::uint8_t>;
constexpr std::size_t mostLabels = 32;

/// Pictures with the label of each pixel, 0 for none.
struct MaskedSamples {
    ByteSamples pictures;
    std::vector<std::uint8_t> labels;
};

class MaskedDataset final : public Dataset {
  public:
    MaskedDataset(DatasetInfo info, MaskedSamples train, MaskedSamples test)
        : labels_{std::move(train.labels), std::move(test.labels)}
        , pictures_(makeByteDataset(std::move(info), std::move(train.pictures), std::move(test.pictures))) {}
    const DatasetInfo& info() const override { return pictures_->info(); }
    void readInput(Part part, std::int64_t index, float* values) const override {
        pictures_->readInput(part, index, values);
    }
    void readTarget(Part part, std::int64_t index, float* values) const override {
        const std::int64_t area = info().mask->area();
        const std::uint8_t* of = labels_[part == Part::Train ? 0 : 1].data() + index * area;
        for (std::int64_t label = 1; label <= info().mask->channels; ++label)
            for (std::int64_t i = 0; i < area; ++i)
                *values++ = of[i] == label ? 1.0f : 0.0f;
    }

  private:
    std::vector<std::uint8_t> labels_[2];
    std::shared_ptr<const Dataset> pictures_;
};

/// The masks of one part, before it is known which label each colour is.
struct ColouredMasks {
    std::vector<std::uint8_t> pixels;        ///< of each its place in its mask's palette
    std::vector<std::vector<QRgb>> palettes; ///< of each mask; black comes first
};

/// A mask of more colours than there are labels, as lossy files have, is read so far only: it is refused once
/// it is its turn.
Result<ColouredMasks> readMasks(const std::vector<PictureFile>& files, const Shape& shape) {
    const auto area = static_cast<std::size_t>(shape.area());
    ColouredMasks masks{std::vector<std::uint8_t>(files.size() * area),
                        std::vector<std::vector<QRgb>>(files.size(), {qRgb(0, 0, 0)})};
    const auto read = [&](std::size_t i) -> Status {
        if (auto fits = checkProportions(files[i]); !fits) return fits;
        const auto image = decode({files[i].mask}, {3, shape.height, shape.width}, Decoding::Mask);
        if (!image) return refuse(image.error());
        std::vector<QRgb>& palette = masks.palettes[i];
        std::uint8_t* to = masks.pixels.data() + i * area;
        for (int y = 0; y < image->height(); ++y)
            for (int x = 0; x < image->width(); ++x, ++to) {
                const auto at = std::find(palette.begin(), palette.end(), image->pixel(x, y));
                *to = static_cast<std::uint8_t>(at - palette.begin());
                if (at != palette.end()) continue;
                palette.push_back(image->pixel(x, y));
                if (palette.size() > mostLabels + 1) return {};
            }
        return {};
    };
    if (const Status done = forEachOnAllCores(files, read); !done) return refuse(done.error());
    return masks;
}

/// The colours of all masks; refuses more than can be labels, naming the first mask that is too much.
Result<Labels> findLabels(const std::vector<PictureFile>& files, const ColouredMasks& masks) {
    Labels labels;
    for (std::size_t i = 0; i < files.size(); ++i) {
        for (const QRgb colour : std::span(masks.palettes[i]).subspan(1))
            labels.emplace(colour, std::uint8_t{0});
        if (labels.size() > mostLabels)
            return refuseFile(files[i].mask, "pictures.colours", "The masks have too many colours.",
                              "More than " + std::to_string(mostLabels) +
                                  "; JPEG files and soft edges make more of them than there are labels.",
                              "Save the masks as PNG, with one colour a label and black for none.");
    }
    if (labels.empty())
        return refuseFile(files.front().mask.parent_path(), "pictures.unmarked", "All masks are black.",
                          "No pixel is labelled.", "Paint what is to be found, in one colour a label.");
    std::uint8_t number = 0;
    for (auto& [colour, label] : labels)
        label = ++number;
    return labels;
}

/// The label of each pixel.
Result<std::vector<std::uint8_t>> labelled(const std::vector<PictureFile>& files, ColouredMasks masks,
                                           const Labels& labels) {
    const std::size_t area = files.empty() ? 0 : masks.pixels.size() / files.size();
    for (std::size_t i = 0; i < files.size(); ++i) {
        std::vector<std::uint8_t> numbers{0};
        for (const QRgb colour : std::span(masks.palettes[i]).subspan(1)) {
            const auto label = labels.find(colour);
            if (label == labels.end())
                return refuseFile(files[i].mask, "pictures.colours", "The mask has a colour of its own.",
                                  "No mask to be trained on has it.", "Paint the masks in the same colours.");
            numbers.push_back(label->second);
        }
        for (std::uint8_t& pixel : std::span(masks.pixels).subspan(i * area, area))
            pixel = numbers[pixel];
    }
    return std::move(masks.pixels);
}

std::string nameOf(QRgb colour) {
    return QColor(colour).name().toStdString();
}

} // namespace

Result<std::shared_ptr<const Dataset>> openPictures(const fs::path& folder, const ParamValues& values) {
    const Options options = table().read(values);
    const auto found = findPictures(folder);
    if (!found) return refuse(found.error());
    const auto known = survey(found->train);
    if (!known) return refuse(known.error());

    DatasetInfo info;
    const bool grey = options.colour == Colour::Grey || (options.colour == Colour::Auto && known->grey);
    const bool given = options.size.height > 0 && options.size.width > 0;
    info.input = {grey ? 1 : 3, given ? options.size.height : known->size.height(),
                  given ? options.size.width : known->size.width()};
    const auto count = static_cast<std::int64_t>(found->train.size() + found->test.size());
    const std::int64_t area = saturatedProduct(info.input.height, info.input.width);
    const std::int64_t bytesEach = saturatedProduct(area, info.input.channels + (found->masked ? 1 : 0));
    const std::int64_t bytes = saturatedProduct(count, bytesEach);
    if (bytes > mostBytes)
        return refuseFile(folder, "memory", "The pictures do not fit into memory.",
                          std::to_string(count) +
                              (found->masked ? " pictures and masks of " : " pictures of ") +
                              toString(info.input) + " take " + std::to_string(bytes >> 20) + " MB.",
                          "Give a smaller size: the option size=64x64.");
    // A header may claim any size: one picture must have been of it before memory is taken for all.
    if (!given)
        if (auto first = decode(known->ofThatSize, info.input, Decoding::Picture); !first)
            return refuse(first.error());
    ByteSamples train, test;
    if (auto done = decodeAll(found->train, info.input, train); !done) return refuse(done.error());
    if (auto done = decodeAll(found->test, info.input, test); !done) return refuse(done.error());

    std::error_code error;
    const fs::path absolute = fs::absolute(folder, error);
    info.id = folder.string();
    info.title = (absolute.has_filename() ? absolute : absolute.parent_path()).filename().string();
    info.source = absolute.string();
    info.testShare = options.testShare;
    const auto view = [](const auto& values) {
        return std::string_view(reinterpret_cast<const char*>(values.data()),
                                values.size() * sizeof(values[0]));
    };
    info.sha256 = sha256Hex({view(train.values), view(train.classes), view(test.values), view(test.classes)});
    if (!found->masked) {
        const std::size_t classes = found->classNames.size();
        info.doc = "A folder of pictures, one folder a class; pixel values are scaled from 0..255 to 0..1.";
        info.task = classes == 2 ? Task::Binary : Task::Multiclass;
        info.targets = classes == 2 ? 1 : static_cast<std::int64_t>(classes);
        info.classNames = found->classNames;
        return makeByteDataset(std::move(info), std::move(train), std::move(test));
    }
    auto trainMasks = readMasks(found->train, info.input), testMasks = readMasks(found->test, info.input);
    if (!trainMasks) return refuse(trainMasks.error());
    if (!testMasks) return refuse(testMasks.error());
    const auto labels = findLabels(found->train, *trainMasks);
    if (!labels) return refuse(labels.error());
    auto trainLabels = labelled(found->train, std::move(*trainMasks), *labels);
    if (!trainLabels) return refuse(trainLabels.error());
    auto testLabels = labelled(found->test, std::move(*testMasks), *labels);
    if (!testLabels) return refuse(testLabels.error());
    MaskedSamples maskedTrain{std::move(train), std::move(*trainLabels)},
        maskedTest{std::move(test), std::move(*testLabels)};
    info.doc = "A folder of pictures with masks, one colour a label; pixel values are scaled from 0..255 to "
               "0..1.";
    info.task = Task::Multilabel;
    info.mask = Shape{static_cast<std::int64_t>(labels->size()), info.input.height, info.input.width};
    info.targets = info.mask->size();
    for (const auto& [colour, label] : *labels)
        info.classNames.push_back(nameOf(colour));
    info.sha256 = sha256Hex({info.sha256, view(maskedTrain.labels), view(maskedTest.labels)});
    return std::make_shared<MaskedDataset>(std::move(info), std::move(maskedTrain), std::move(maskedTest));
}

const std::vector<ParamSpec>& pictureParams() {
    return table().specs();
}

} // namespace burdock
