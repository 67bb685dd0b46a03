#include "decode.h"

#include "engine/data/reading.h"
#include "engine/schema/guarded.h"
#include "engine/tensor/saturated.h"
#include "files/file_reader.h"
#include "files/problem.h"
#include "picture_format.h"
#include "png_check.h"

#include <QImageReader>
#include <QPainter>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

namespace burdock {
namespace fs = std::filesystem;
namespace {

tl::unexpected<Diagnostic> undecodable(const fs::path& path, std::string why) {
    return refuseFile(path, "pictures.damaged", "The picture cannot be read.", std::move(why),
                      "Replace the file, or remove it from the folder.");
}

/// Where the pixels of a BMP end, by its header; 0 where only reading them tells.
std::int64_t endOfPixels(std::string_view header) {
    const auto number = [&](std::size_t at, std::size_t bytes) {
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < bytes; ++i)
            value |= std::uint32_t{static_cast<unsigned char>(header[at + i])} << (8 * i);
        return value;
    };
    constexpr std::int64_t fileHeader = 14, oldHeader = 12;
    const std::int64_t infoHeader = number(14, 4);
    const bool old = infoHeader == oldHeader; // OS/2's
    const std::uint32_t compression = old ? 0 : number(30, 4);
    if (compression == 1 || compression == 2) return 0; // run lengths
    const std::int64_t width = old ? number(18, 2) : number(18, 4), bits = number(old ? 24 : 28, 2),
                       height = old ? number(20, 2)
                                    : std::abs(std::int64_t{static_cast<std::int32_t>(number(22, 4))}),
                       row = (width * bits + 31) / 32 * 4;
    return saturatedSum(std::max<std::int64_t>(number(10, 4), fileHeader + infoHeader),
                        saturatedProduct(row, height));
}

/// A reader of that file, as what its first bytes say it is; `all`: of its pixels, rather than of its size.
Result<std::unique_ptr<QImageReader>> readerOf(const fs::path& path, bool all = false) {
    constexpr std::size_t headerBytes = 34; // as far as endOfPixels() looks
    const std::string start = firstBytes(path, headerBytes);
    const auto* const format = std::ranges::find_if(
        pictureFormats, [&](const PictureFormat& f) { return start.starts_with(f.signature); });
    if (format == pictureFormats.end())
        return undecodable(path, "Its contents are neither PNG nor JPEG nor BMP.");
    // Qt would leave pixels that are missing as memory was.
    std::error_code error;
    const auto length = static_cast<std::int64_t>(fs::file_size(path, error));
    if (std::string_view(format->name) == "bmp" &&
        (start.size() < headerBytes || length < endOfPixels(start)))
        return undecodable(path, "It ends before its last pixel.");
    if (std::string_view(format->name) == "png")
        if (const auto fault = faultOfPng(path, all)) return undecodable(path, *fault);
    auto reader = std::make_unique<QImageReader>(QString::fromStdString(path.string()), format->name);
    reader->setAutoDetectImageFormat(false);
    reader->setAutoTransform(true);
    return reader;
}

/// The size that the file's header tells, as it is stored.
Result<QSize> storedSize(const fs::path& path, const QImageReader& reader) {
    const QSize size = reader.size();
    if (!size.isValid() || size.isEmpty()) return undecodable(path, reader.errorString().toStdString() + ".");
    return size;
}

constexpr std::int64_t far = 8;

/// A picture that is far longer than `shape` would become huge when it is scaled to cover it: its ends, which
/// would be cut off then, are cut off before.
QImage withoutFarEnds(const QImage& image, int width, int height) {
    const QSize size = image.size();
    const auto most = [](std::int64_t own, std::int64_t across, std::int64_t shape,
                         std::int64_t shapeAcross) {
        return static_cast<int>(std::min(own, far * across * shape / shapeAcross + far));
    };
    const QSize kept(most(size.width(), size.height(), width, height),
                     most(size.height(), size.width(), height, width));
    if (kept == size) return image;
    return image.copy(
        QRect(QPoint((size.width() - kept.width()) / 2, (size.height() - kept.height()) / 2), kept));
}

/// The middle of a picture of few pixels, whose every pixel would become huge where `shape` is far longer:
/// only what stays is drawn.
QImage drawnMiddle(const QImage& image, int width, int height, bool smooth) {
    const double perPixel = std::min(double(image.width()) / width, double(image.height()) / height);
    QRectF taken(0, 0, width * perPixel, height * perPixel);
    taken.moveCenter(QRectF(image.rect()).center());
    QImage drawn(width, height, QImage::Format_RGB32);
    if (drawn.isNull()) return drawn;
    drawn.fill(Qt::black);
    QPainter painter(&drawn);
    painter.setRenderHint(QPainter::SmoothPixmapTransform, smooth);
    painter.drawImage(QRectF(drawn.rect()), image, taken);
    return drawn;
}

/// Scaled to cover the shape, and cut to it around its centre.
QImage covering(const QImage& image, int width, int height, bool smooth) {
    const QImage middle = withoutFarEnds(image, width, height);
    const QSize scaled = middle.size().scaled(width, height, Qt::KeepAspectRatioByExpanding);
    if (std::int64_t{scaled.width()} * scaled.height() > 4 * far * width * height)
        return drawnMiddle(middle, width, height, smooth);
    const QImage whole = middle.convertToFormat(QImage::Format_RGB32)
                             .scaled(scaled, Qt::IgnoreAspectRatio,
                                     smooth ? Qt::SmoothTransformation : Qt::FastTransformation);
    return whole.copy((whole.width() - width) / 2, (whole.height() - height) / 2, width, height);
}

} // namespace

Result<Survey> survey(const std::vector<PictureFile>& files) {
    struct Pictures {
        int count = 0;
        const PictureFile* first = nullptr;
    };
    std::map<std::pair<int, int>, Pictures> sizes;
    Survey result;
    for (const PictureFile& file : files) {
        const auto reader = readerOf(file.path);
        if (!reader) return refuse(reader.error());
        const auto size = storedSize(file.path, **reader);
        if (!size) return refuse(size.error());
        Pictures& same = sizes[{size->height(), size->width()}];
        if (++same.count == 1) same.first = &file;
        const QImage::Format format = (*reader)->imageFormat();
        result.grey = result.grey && (format == QImage::Format_Grayscale8 || format == QImage::Format_Mono ||
                                      format == QImage::Format_Grayscale16);
    }
    int most = 0;
    for (const auto& [size, pictures] : sizes)
        if (pictures.count >= most) {
            most = pictures.count;
            result.size = {size.second, size.first};
            result.ofThatSize = *pictures.first;
        }
    return result;
}

Status checkProportions(const PictureFile& file) {
    const auto shownSize = [](const fs::path& path) -> Result<QSize> {
        const auto reader = readerOf(path);
        if (!reader) return refuse(reader.error());
        const auto size = storedSize(path, **reader);
        const bool turned = ((*reader)->transformation() & QImageIOHandler::TransformationRotate90) != 0;
        return size && turned ? size->transposed() : size;
    };
    const auto picture = shownSize(file.path), mask = shownSize(file.mask);
    if (!picture) return refuse(picture.error());
    if (!mask) return refuse(mask.error());
    const auto across = [](const QSize& a, const QSize& b) { return std::int64_t{a.width()} * b.height(); };
    const std::int64_t apart = std::abs(across(*picture, *mask) - across(*mask, *picture));
    // One of another size has its sides rounded: it may be off by a pixel of the smaller one.
    if (apart < std::max({picture->width(), picture->height(), mask->width(), mask->height()})) return {};
    const auto pixels = [](const QSize& size) {
        return std::to_string(size.width()) + " × " + std::to_string(size.height());
    };
    return refuseFile(file.mask, "pictures.mask-size", "The mask has other proportions than its picture.",
                      "It is " + pixels(*mask) + " pixels, and " + file.path.string() + " is " +
                          pixels(*picture) + ".",
                      "Save the mask in the size of the picture.");
}

Result<QImage> decode(const PictureFile& file, const Shape& shape, Decoding how) {
    const auto reader = readerOf(file.path, /*all=*/true);
    if (!reader) return refuse(reader.error());
    QImage image;
    if (!(*reader)->read(&image)) return undecodable(file.path, (*reader)->errorString().toStdString() + ".");
    const int width = static_cast<int>(shape.width), height = static_cast<int>(shape.height);
    if (image.hasAlphaChannel()) {
        QImage opaque(image.size(), QImage::Format_RGB32);
        opaque.fill(how == Decoding::Picture ? Qt::white : Qt::black);
        QPainter(&opaque).drawImage(0, 0, image);
        image = opaque;
    }
    if (image.size() != QSize(width, height))
        image = covering(image, width, height, how == Decoding::Picture);
    image = image.convertToFormat(shape.channels == 1 ? QImage::Format_Grayscale8 : QImage::Format_RGB888);
    if (image.isNull()) return undecodable(file.path, "Out of memory.");
    return image;
}

void copyPixels(const QImage& image, const Shape& shape, std::uint8_t* pixels) {
    const std::int64_t channels = shape.channels, plane = shape.height * shape.width;
    for (int y = 0; y < image.height(); ++y) {
        const uchar* row = image.constScanLine(y);
        for (std::int64_t x = 0; x < shape.width; ++x)
            for (std::int64_t c = 0; c < channels; ++c)
                pixels[c * plane + y * shape.width + x] = row[x * channels + c];
    }
}

Status forEachOnAllCores(const std::vector<PictureFile>& files, const std::function<Status(std::size_t)>& f) {
    std::atomic<std::size_t> next = 0;
    std::mutex mutex;
    std::optional<std::pair<std::size_t, Diagnostic>> refused;
    const auto note = [&](std::size_t i, Diagnostic why) {
        const std::lock_guard lock(mutex);
        if (!refused || i < refused->first) refused.emplace(i, std::move(why));
    };
    const auto work = [&, asked = ReadingScope::asked()] {
        const ReadingScope scope(asked);
        for (std::size_t i = next++; i < files.size(); i = next++) {
            const auto explain = [&](const Breakdown& broken) {
                return undecodable(files[i].path, broken.why).value();
            };
            if (asked && asked()) return;
            if (auto done = guarded(explain, [&] { return f(i); }); !done) note(i, done.error());
        }
    };
    {
        // To start one takes as long as to read a small picture.
        constexpr std::size_t picturesEach = 4;
        static const std::size_t cores = std::thread::hardware_concurrency();
        std::vector<std::jthread> threads;
        for (std::size_t t = 1; t < std::min(cores, files.size() / picturesEach); ++t)
            try {
                threads.emplace_back(work);
            } catch (const std::system_error&) {
                break; // those that there are do it all
            }
        work();
    }
    continueReading();
    if (refused) return refuse(std::move(refused->second));
    return {};
}

} // namespace burdock
