#include "pictures_dataset.h"

#include "engine/schema/param_table.h"
#include "files/content_hash.h"
#include "files/problem.h"
#include "picture_folder.h"

#include <QImage>
#include <QImageReader>
#include <QPainter>

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

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

struct Samples {
    std::vector<std::uint8_t> pixels;
    std::vector<std::int64_t> kinds;
};

class PicturesDataset final : public Dataset {
  public:
    PicturesDataset(DatasetInfo info, Samples train, Samples test)
        : info_(std::move(info))
        , train_(std::move(train))
        , test_(std::move(test)) {}
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part part, std::int64_t index, float* values) const override {
        const std::int64_t size = info_.input.size();
        const std::uint8_t* pixel = samples(part).pixels.data() + index * size;
        for (std::int64_t i = 0; i < size; ++i)
            values[i] = static_cast<float>(pixel[i]) / 255.0f;
    }
    void readTarget(Part part, std::int64_t index, float* values) const override {
        *values = static_cast<float>(samples(part).kinds[static_cast<std::size_t>(index)]);
    }

  private:
    const Samples& samples(Part part) const { return part == Part::Train ? train_ : test_; }
    DatasetInfo info_;
    Samples train_, test_;
};

QString nameOf(const fs::path& path) {
    return QString::fromStdString(path.string());
}

tl::unexpected<Diagnostic> undecodable(const fs::path& path, const QString& why) {
    return refuseFile(path, "pictures.damaged", "The picture cannot be read.", why.toStdString() + ".",
                      "Replace the file, or remove it from the folder.");
}

/// The size that most pictures have, the larger of two that are as frequent; whether all are grey.
struct Survey {
    QSize size;
    bool grey = true;
};

Result<Survey> survey(const std::vector<PictureFile>& files) {
    std::map<std::pair<int, int>, int> sizes;
    Survey result;
    for (const PictureFile& file : files) {
        QImageReader reader(nameOf(file.path));
        reader.setDecideFormatFromContent(true);
        const QSize size = reader.size();
        if (!size.isValid() || size.isEmpty()) return undecodable(file.path, reader.errorString());
        ++sizes[{size.height(), size.width()}];
        const QImage::Format format = reader.imageFormat();
        result.grey = result.grey && (format == QImage::Format_Grayscale8 || format == QImage::Format_Mono ||
                                      format == QImage::Format_Grayscale16);
    }
    int most = 0;
    for (const auto& [size, count] : sizes)
        if (count >= most) {
            most = count;
            result.size = {size.second, size.first};
        }
    return result;
}

/// On white, scaled to cover `shape` and cut to it around its centre.
Status decode(const fs::path& path, const Shape& shape, std::uint8_t* pixels) {
    QImageReader reader(nameOf(path));
    reader.setDecideFormatFromContent(true);
    reader.setAutoTransform(true);
    QImage image;
    if (!reader.read(&image)) return undecodable(path, reader.errorString());
    const int width = static_cast<int>(shape.width), height = static_cast<int>(shape.height);
    if (image.hasAlphaChannel()) {
        QImage opaque(image.size(), QImage::Format_RGB32);
        opaque.fill(Qt::white);
        QPainter(&opaque).drawImage(0, 0, image);
        image = opaque;
    }
    if (image.size() != QSize(width, height)) {
        image = image.convertToFormat(QImage::Format_RGB32)
                    .scaled(width, height, Qt::KeepAspectRatioByExpanding, Qt::SmoothTransformation);
        image = image.copy((image.width() - width) / 2, (image.height() - height) / 2, width, height);
    }
    image = image.convertToFormat(shape.channels == 1 ? QImage::Format_Grayscale8 : QImage::Format_RGB888);
    if (image.isNull()) return undecodable(path, "Out of memory");
    const std::int64_t channels = shape.channels, plane = shape.height * shape.width;
    for (int y = 0; y < height; ++y) {
        const uchar* row = image.constScanLine(y);
        for (std::int64_t x = 0; x < width; ++x)
            for (std::int64_t c = 0; c < channels; ++c)
                pixels[c * plane + y * width + x] = row[x * channels + c];
    }
    return {};
}

/// Decodes on all cores; the refusal is that of the first picture, in order, that has one.
Status decodeAll(const std::vector<PictureFile>& files, const Shape& shape, Samples& samples) {
    const auto size = static_cast<std::size_t>(shape.size());
    samples.pixels.resize(files.size() * size);
    for (const PictureFile& file : files)
        samples.kinds.push_back(file.kind);
    std::atomic<std::size_t> next = 0;
    std::mutex mutex;
    std::optional<std::pair<std::size_t, Diagnostic>> refused;
    const auto note = [&](std::size_t i, Diagnostic why) {
        const std::lock_guard lock(mutex);
        if (!refused || i < refused->first) refused.emplace(i, std::move(why));
    };
    const auto work = [&] {
        for (std::size_t i = next++; i < files.size(); i = next++)
            try {
                if (auto done = decode(files[i].path, shape, samples.pixels.data() + i * size); !done)
                    note(i, done.error());
            } catch (const std::exception& e) {
                note(i, undecodable(files[i].path, e.what()).value());
            }
    };
    {
        std::vector<std::jthread> threads;
        for (unsigned t = 1; t < std::thread::hardware_concurrency(); ++t)
            threads.emplace_back(work);
        work();
    }
    if (refused) return refuse(std::move(refused->second));
    return {};
}

Result<std::shared_ptr<const Dataset>> open(const fs::path& folder, const Options& options) {
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
    if (count * info.input.size() > mostBytes)
        return refuseFile(folder, "memory", "The pictures do not fit into memory.",
                          std::to_string(count) + " pictures of " + toString(info.input) + " take " +
                              std::to_string((count * info.input.size()) >> 20) + " MB.",
                          "Give a smaller size: the option size=64x64.");
    Samples train, test;
    if (auto done = decodeAll(found->train, info.input, train); !done) return refuse(done.error());
    if (auto done = decodeAll(found->test, info.input, test); !done) return refuse(done.error());

    std::error_code error;
    const fs::path absolute = fs::absolute(folder, error);
    const std::size_t classes = found->classNames.size();
    info.id = folder.string();
    info.title = (absolute.has_filename() ? absolute : absolute.parent_path()).filename().string();
    info.doc = "A folder of pictures, one folder a class; pixel values are scaled from 0..255 to 0..1.";
    info.source = absolute.string();
    info.task = classes == 2 ? Task::Binary : Task::Multiclass;
    info.targets = classes == 2 ? 1 : static_cast<std::int64_t>(classes);
    info.classNames = found->classNames;
    info.trainSize = static_cast<std::int64_t>(found->train.size());
    info.testSize = static_cast<std::int64_t>(found->test.size());
    info.testShare = options.testShare;
    const auto bytes = [](const auto& values) {
        return std::string_view(reinterpret_cast<const char*>(values.data()),
                                values.size() * sizeof(values[0]));
    };
    info.sha256 = sha256Hex({bytes(train.pixels), bytes(train.kinds), bytes(test.pixels), bytes(test.kinds)});
    return std::make_shared<PicturesDataset>(std::move(info), std::move(train), std::move(test));
}

} // namespace

const std::vector<ParamSpec>& pictureParams() {
    return table().specs();
}

Result<std::shared_ptr<const Dataset>> openPictures(const fs::path& folder, const ParamValues& options) {
    try {
        return open(folder, table().read(options));
    } catch (const std::exception& e) { // out of memory, or of threads
        return refuseFile(folder, "memory", "The pictures do not fit into memory.", e.what(),
                          "Close other programs, or give a smaller size: the option size=64x64.");
    }
}

} // namespace burdock
