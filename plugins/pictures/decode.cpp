#include "decode.h"

#include "engine/schema/guarded.h"
#include "files/problem.h"

#include <QImageReader>
#include <QPainter>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

namespace burdock {
namespace fs = std::filesystem;
namespace {

QString nameOf(const fs::path& path) {
    return QString::fromStdString(path.string());
}

tl::unexpected<Diagnostic> undecodable(const fs::path& path, std::string why) {
    return refuseFile(path, "pictures.damaged", "The picture cannot be read.", std::move(why),
                      "Replace the file, or remove it from the folder.");
}

} // namespace

Result<Survey> survey(const std::vector<PictureFile>& files) {
    std::map<std::pair<int, int>, int> sizes;
    Survey result;
    for (const PictureFile& file : files) {
        QImageReader reader(nameOf(file.path));
        reader.setDecideFormatFromContent(true);
        const QSize size = reader.size();
        if (!size.isValid() || size.isEmpty())
            return undecodable(file.path, reader.errorString().toStdString() + ".");
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

Status checkProportions(const PictureFile& file) {
    const auto shownSize = [](const fs::path& path) -> Result<QSize> {
        QImageReader reader(nameOf(path));
        reader.setDecideFormatFromContent(true);
        const QSize size = reader.size();
        if (!size.isValid() || size.isEmpty())
            return undecodable(path, reader.errorString().toStdString() + ".");
        return reader.transformation() & QImageIOHandler::TransformationRotate90 ? size.transposed() : size;
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
    QImageReader reader(nameOf(file.path));
    reader.setDecideFormatFromContent(true);
    reader.setAutoTransform(true);
    QImage image;
    if (!reader.read(&image)) return undecodable(file.path, reader.errorString().toStdString() + ".");
    const int width = static_cast<int>(shape.width), height = static_cast<int>(shape.height);
    if (image.hasAlphaChannel()) {
        QImage opaque(image.size(), QImage::Format_RGB32);
        opaque.fill(how == Decoding::Picture ? Qt::white : Qt::black);
        QPainter(&opaque).drawImage(0, 0, image);
        image = opaque;
    }
    if (image.size() != QSize(width, height)) {
        image = image.convertToFormat(QImage::Format_RGB32)
                    .scaled(width, height, Qt::KeepAspectRatioByExpanding,
                            how == Decoding::Picture ? Qt::SmoothTransformation : Qt::FastTransformation);
        image = image.copy((image.width() - width) / 2, (image.height() - height) / 2, width, height);
    }
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
    const auto work = [&] {
        for (std::size_t i = next++; i < files.size(); i = next++) {
            const auto explain = [&](const Breakdown& broken) {
                return undecodable(files[i].path, broken.why).value();
            };
            if (auto done = guarded(explain, [&] { return f(i); }); !done) note(i, done.error());
        }
    };
    {
        std::vector<std::jthread> threads;
        for (unsigned t = 1; t < std::thread::hardware_concurrency(); ++t)
            try {
                threads.emplace_back(work);
            } catch (const std::system_error&) {
                break; // those that there are do it all
            }
        work();
    }
    if (refused) return refuse(std::move(refused->second));
    return {};
}

} // namespace burdock
