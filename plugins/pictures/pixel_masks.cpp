#include "pixel_masks.h"

#include "decode.h"
#include "files/count_text.h"
#include "files/problem.h"

#include <algorithm>
#include <map>
#include <span>

namespace burdock {
namespace {

constexpr std::size_t mostLabels = 32, mostNamedLabels = 255;
constexpr std::uint32_t borderValue = 255;

/// What the pixels of masks are told apart by.
enum class Kind { Values, Numbers, Colours };

/// The masks of one part, before it is known which label each value or colour is.
struct RawMasks {
    std::vector<std::uint8_t> pixels;                 ///< of each its place in its mask's list
    std::vector<std::vector<std::uint32_t>> of;       ///< of each mask; 0, for none, comes first
    std::vector<std::uint8_t> remarks;                ///< see Remark
    std::map<std::uint32_t, std::uint32_t> palette{}; ///< colours of numbers
};

tl::unexpected<Diagnostic> tooMany(const std::filesystem::path& mask, std::size_t most) {
    return refuseFile(mask, "pictures.colours", "The masks have too many colours.",
                      "More than " + std::to_string(most) +
                          "; JPEG files and soft edges make more of them than there are labels.",
                      "Save the masks as PNG, with one colour a label and black for none.");
}

std::vector<PictureFile> masksOf(const std::vector<PictureFile>& files) {
    std::vector<PictureFile> masks;
    for (const PictureFile& file : files)
        masks.push_back({file.mask});
    return masks;
}

Result<Kind> kindOf(const std::vector<PictureFile>& train, const std::vector<PictureFile>& test) {
    bool grey = true, indexed = true;
    for (const auto* files : {&train, &test}) {
        Refusals refused;
        const Survey known = survey(masksOf(*files), refused);
        if (!refused.empty()) return refuse(refused.begin()->second);
        for (const Survey::One& mask : known.pictures) {
            grey = grey && mask.grey && !mask.indexed;
            indexed = indexed && mask.indexed;
        }
    }
    return grey ? Kind::Values : indexed ? Kind::Numbers : Kind::Colours;
}

std::uint32_t colourAt(const uchar* pixel, bool one) {
    return one ? pixel[0] : std::uint32_t{pixel[0]} << 16 | std::uint32_t{pixel[1]} << 8 | pixel[2];
}

/// The values of a mask in JPEG are those that were painted, but for its noise: near 0 and 255, or not to be
/// told.
Status part(const std::filesystem::path& mask, QImage& image) {
    constexpr std::int64_t near = 64, half = 128, mostBetween = 100; // a hundredth
    image = image.convertToFormat(QImage::Format_Grayscale8);
    std::int64_t between = 0;
    for (int y = 0; y < image.height(); ++y) {
        uchar* const row = image.scanLine(y);
        for (int x = 0; x < image.width(); ++x) {
            if (row[x] > near && row[x] < 255 - near) ++between;
            row[x] = row[x] < half ? 0 : 255;
        }
    }
    if (between * mostBetween <= std::int64_t{image.width()} * image.height()) return {};
    return refuseFile(mask, "pictures.lossy-mask", "The mask is stored as JPEG, which changes its values.",
                      std::to_string(between) + " of its pixels are neither nearly black nor nearly white.",
                      "Save the masks as PNG, from what they were painted in.");
}

/// A mask of more colours than there are labels, as lossy files have, is read so far only: it is refused once
/// it is its turn.
Status readMask(const PictureFile& file, const Decoding& how, std::span<std::uint8_t> to, RawMasks& masks,
                std::size_t i) {
    if (auto fits = checkProportions(file); !fits) return fits;
    auto decoded = decode(file.mask, how);
    if (!decoded) return refuse(decoded.error());
    QImage& image = decoded->image;
    masks.remarks[i] = decoded->remarks;
    if ((decoded->remarks & Lossy) != 0) {
        if (auto parted = part(file.mask, image); !parted) return parted;
        if (how.shape.channels == 3) image = image.convertToFormat(QImage::Format_RGB888);
    }
    auto& own = masks.of[i];
    auto at = to.begin();
    for (int y = 0; y < image.height(); ++y) {
        const uchar* const row = image.constScanLine(y);
        for (std::int64_t x = 0; x < how.shape.width; ++x, ++at) {
            const std::uint32_t colour = colourAt(row + x * how.shape.channels, how.shape.channels == 1);
            const auto known = std::find(own.begin(), own.end(), colour);
            *at = static_cast<std::uint8_t>(known - own.begin());
            if (known != own.end()) continue;
            own.push_back(colour);
            if (own.size() > mostNamedLabels + 1) return {}; // 0 is none
        }
    }
    return {};
}

Result<RawMasks> readPart(const std::vector<PictureFile>& files, const Shape& shape, Kind kind) {
    const auto area = static_cast<std::size_t>(shape.area());
    RawMasks masks{std::vector<std::uint8_t>(files.size() * area),
                   std::vector<std::vector<std::uint32_t>>(files.size(), std::vector<std::uint32_t>{0}),
                   std::vector<std::uint8_t>(files.size())};
    Decoding how;
    how.shape = {kind == Kind::Colours ? 3 : 1, shape.height, shape.width};
    how.background = Qt::black;
    how.smooth = false;
    how.values = kind != Kind::Colours;
    const Refusals refused = forEachPicture(files, [&](std::size_t i) {
        return readMask(files[i], how, std::span(masks.pixels).subspan(i * area, area), masks, i);
    });
    if (!refused.empty()) return refuse(refused.begin()->second);
    if (kind == Kind::Numbers && !files.empty())
        if (const auto first = decode(files.front().mask, how))
            for (qsizetype i = 0; i < first->palette.size(); ++i)
                masks.palette[static_cast<std::uint32_t>(i)] = first->palette[i] & RGB_MASK;
    return masks;
}

using Labels = std::map<std::uint32_t, std::uint8_t>; ///< numbers from 1, in the order of values

/// Of all masks that are trained on; refuses more than can be labels, naming the first mask that is too much.
Result<Labels> findLabels(const std::vector<PictureFile>& files, const RawMasks& masks, std::size_t most) {
    Labels labels;
    for (std::size_t i = 0; i < files.size(); ++i) {
        for (const std::uint32_t colour : std::span(masks.of[i]).subspan(1))
            labels.emplace(colour, std::uint8_t{0});
        if (labels.size() > most) return tooMany(files[i].mask, most);
    }
    if (labels.empty())
        return refuseFile(files.front().mask.parent_path(), "pictures.unmarked", "All masks are black.",
                          "No pixel is labelled.", "Paint what is to be found, in one colour a label.");
    return labels;
}

/// Whether 255, if it is there, stands for no label: beside classes that are numbered from 1.
bool mayBeBorder(const Labels& labels, Kind kind, Border border) {
    constexpr std::uint32_t largestClass = 64;
    if (kind == Kind::Colours || border == Border::Label) return false;
    std::uint32_t largest = 0;
    for (const auto& [value, label] : labels)
        if (value != borderValue) largest = value;
    return largest > 0 && (border == Border::None || largest <= largestClass);
}

/// The label of each pixel.
Result<std::vector<std::uint8_t>> labelled(const std::vector<PictureFile>& files, RawMasks masks,
                                           const Labels& labels) {
    const std::size_t area = files.empty() ? 0 : masks.pixels.size() / files.size();
    for (std::size_t i = 0; i < files.size(); ++i) {
        std::vector<std::uint8_t> numbers{0};
        for (const std::uint32_t colour : std::span(masks.of[i]).subspan(1)) {
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

std::string hex(std::uint32_t colour) {
    return QColor::fromRgb(colour).name().toStdString();
}

std::string nameOf(std::uint32_t key, std::uint32_t largest, Kind kind, const RawMasks& masks,
                   const MaskNames& names) {
    if (kind == Kind::Colours) return names.ofColour(key).value_or(hex(key));
    if (auto name = names.ofValue(key, largest)) return *name;
    const auto colour = masks.palette.find(key);
    if (colour == masks.palette.end()) return "value " + std::to_string(key);
    return names.ofColour(colour->second)
        .value_or("value " + std::to_string(key) + " (" + hex(colour->second) + ")");
}

void noteMasks(const RawMasks& train, const RawMasks& test, Kind kind, bool border, std::size_t labels,
               const MaskNames& names, std::vector<std::string>& notes) {
    notes.push_back(std::string(kind == Kind::Values ? "The values of the grey masks, but 0, are the labels"
                                : kind == Kind::Numbers
                                    ? "The numbers in the masks' palettes, but 0, are the labels"
                                    : "The colours of the masks, but black, are the labels") +
                    ", " + std::to_string(labels) + " in all" +
                    (names.empty() ? "." : ", named by " + names.file.filename().string() + "."));
    if (border)
        notes.push_back(
            "The value 255 beside classes of small numbers marks a border: its pixels have no label "
            "(option border).");
    std::size_t lossy = 0;
    for (const RawMasks* part : {&train, &test})
        for (const std::uint8_t remarks : part->remarks)
            lossy += (remarks & Lossy) != 0 ? 1 : 0;
    if (lossy > 0)
        notes.push_back(
            countText(lossy, "mask") + (lossy == 1 ? " is" : " are") +
            " stored as JPEG, which changes values: from 128 on a pixel is taken for 255, else for 0.");
}

} // namespace

Result<PixelLabels> readMasks(const std::vector<PictureFile>& train, const std::vector<PictureFile>& test,
                              const Shape& shape, Border border, const MaskNames& names) {
    const auto kind = kindOf(train, test);
    if (!kind) return refuse(kind.error());
    auto trainMasks = readPart(train, shape, *kind), testMasks = readPart(test, shape, *kind);
    if (!trainMasks) return refuse(trainMasks.error());
    if (!testMasks) return refuse(testMasks.error());
    auto labels = findLabels(train, *trainMasks, names.empty() ? mostLabels : mostNamedLabels);
    if (!labels) return refuse(labels.error());
    PixelLabels result;
    const bool border255 = mayBeBorder(*labels, *kind, border);
    const bool isNone = border255 && labels->contains(borderValue);
    std::uint32_t largest = 0;
    std::uint8_t number = 0;
    for (auto& [key, label] : *labels)
        if (!isNone || key != borderValue) {
            label = ++number;
            largest = key;
        }
    for (const auto& [key, label] : *labels)
        if (label > 0) result.names.push_back(nameOf(key, largest, *kind, *trainMasks, names));
    noteMasks(*trainMasks, *testMasks, *kind, isNone, result.names.size(), names, result.notes);
    auto trainLabels = labelled(train, std::move(*trainMasks), *labels);
    if (!trainLabels) return refuse(trainLabels.error());
    if (border255) labels->emplace(borderValue, std::uint8_t{0});
    auto testLabels = labelled(test, std::move(*testMasks), *labels);
    if (!testLabels) return refuse(testLabels.error());
    result.train = std::move(*trainLabels);
    result.test = std::move(*testLabels);
    return result;
}

} // namespace burdock
