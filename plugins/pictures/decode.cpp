#include "decode.h"

#include "covering.h"
#include "files/problem.h"
#include "stored_picture.h"
#include "tiff_messages.h"

#include <QBuffer>
#include <QImageReader>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <mutex>

namespace burdock {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t mostPixels = 1ll << 28;
constexpr std::uintmax_t mostFileBytes = 1ull << 30;
constexpr std::size_t headerBytes = 1u << 14; ///< as much as nearly all headers take

tl::unexpected<Diagnostic> undecodable(const fs::path& path, std::string why) {
    return refuseFile(path, "pictures.damaged", "The picture cannot be read.", std::move(why),
                      "Replace the file, or remove it from the folder.");
}

/// A picture's file in memory, looked through.
struct Opened {
    QByteArray bytes;
    StoredPicture stored;
};

Result<QByteArray> contents(const fs::path& path, std::size_t count) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return undecodable(path, std::strerror(errno) + std::string("."));
    QByteArray bytes(static_cast<qsizetype>(count), Qt::Uninitialized);
    file.read(bytes.data(), bytes.size());
    if (file.bad()) return undecodable(path, "Reading it failed.");
    bytes.truncate(static_cast<qsizetype>(file.gcount()));
    return bytes;
}

/// Whether Qt's reader of the format is installed; those of some are a package of their own.
bool isReadable(const PictureFormat& format) {
    static const QByteArrayList known = QImageReader::supportedImageFormats();
    return known.contains(format.name);
}

/// `all`: to the end of its pixels, rather than its header alone.
Result<Opened> opened(const fs::path& path, bool all) {
    std::error_code error;
    const std::uintmax_t length = fs::file_size(path, error);
    if (error) return undecodable(path, error.message() + ".");
    if (length > mostFileBytes) return undecodable(path, "The file has more than a gigabyte.");
    const auto whole = static_cast<std::size_t>(length);
    for (std::size_t count = all ? whole : std::min(whole, headerBytes);; count = whole) {
        auto bytes = contents(path, count);
        if (!bytes) return refuse(bytes.error());
        Opened file{std::move(*bytes), {}};
        const std::string_view view(file.bytes.constData(), static_cast<std::size_t>(file.bytes.size()));
        const auto fault = inspectPicture(view, whole, all, file.stored);
        if (!fault && !isReadable(*file.stored.format))
            return undecodable(path, std::string("Qt's reader of ") + file.stored.format->title +
                                         " is not installed: it is in qt6-image-formats-plugins.");
        if (!fault) return file;
        if (!fault->cutOff || count == whole) return undecodable(path, fault->why);
    }
}

/// Qt's names of them are sums of its steps.
int orientationOf(QImageIOHandler::Transformations steps) {
    static constexpr int orientations[] = {1, 2, 4, 3, 6, 7, 5, 8};
    return orientations[steps.toInt() & 7];
}

/// A file in memory. QBuffer would tell on the standard error stream of places that a damaged picture names.
class PictureBuffer final : public QBuffer {
  public:
    using QBuffer::QBuffer;
    bool seek(qint64 place) override { return place >= 0 && place <= size() && QBuffer::seek(place); }
};

/// Qt's reader of an opened file; what only it knows of the picture is completed.
class Reader {
  public:
    explicit Reader(Opened& file)
        : buffer_(&file.bytes) {
        buffer_.open(QIODevice::ReadOnly);
        reader_.setDevice(&buffer_);
        reader_.setFormat(file.stored.format->name);
        reader_.setAutoDetectImageFormat(false);
        reader_.setAutoTransform(false);
        if (!file.stored.size.isEmpty()) return;
        file.stored.size = reader_.size();
        if (file.stored.size.isEmpty()) return; // Qt's readers leave the rest unset then
        file.stored.orientation = orientationOf(reader_.transformation());
        const QImage::Format format = reader_.imageFormat();
        file.stored.grey = format == QImage::Format_Grayscale8 || format == QImage::Format_Grayscale16 ||
                           format == QImage::Format_Mono || format == QImage::Format_MonoLSB;
        file.stored.deep = format == QImage::Format_Grayscale16 || format >= QImage::Format_RGBX64;
    }
    QImageReader* operator->() { return &reader_; }

  private:
    PictureBuffer buffer_;
    QImageReader reader_;
};

Result<Survey::One> headerOf(const fs::path& path) {
    auto file = opened(path, false);
    if (!file) return refuse(file.error());
    if (file->stored.size.isEmpty()) {
        Reader reader(*file);
        if (file->stored.size.isEmpty()) return undecodable(path, reader->errorString().toStdString() + ".");
    }
    return Survey::One{file->stored.shown(), file->stored.grey, file->stored.indexed};
}

/// The size to decode a picture in, where that saves much work or memory; else an empty one.
QSize decodedSize(const StoredPicture& stored, const Decoding& how) {
    constexpr std::int64_t largePng = 1ll << 24; // pixels; below, mixing neighbours better costs little
    const bool jpeg = std::string_view(stored.format->name) == "jpeg";
    const bool png = std::string_view(stored.format->name) == "png" && !stored.alpha &&
                     std::int64_t{stored.size.width()} * stored.size.height() >= largePng;
    if (!how.smooth || (!jpeg && !png)) return {};
    const QSize shown = stored.shown();
    const QSize size =
        coveringSize(shown, static_cast<int>(how.shape.width), static_cast<int>(how.shape.height));
    if (size.isEmpty() || shown.width() < 2 * size.width() || shown.height() < 2 * size.height()) return {};
    return stored.orientation >= 5 ? size.transposed() : size;
}

/// As a painter would lay it on the background, white or black; `shows` where that shows through. Starting a
/// painter takes longer than a small picture.
QImage opaque(const QImage& image, const QColor& background, bool& shows) {
    const QImage pixels = image.convertToFormat(QImage::Format_ARGB32_Premultiplied);
    QImage result(image.size(), QImage::Format_RGB32);
    const int ground = background.red();
    int least = 255;
    for (int y = 0; y < result.height(); ++y) {
        const auto* const from = reinterpret_cast<const QRgb*>(pixels.constScanLine(y));
        auto* const to = reinterpret_cast<QRgb*>(result.scanLine(y));
        for (int x = 0; x < result.width(); ++x) {
            const int alpha = qAlpha(from[x]), added = (255 - alpha) * ground / 255;
            least = std::min(least, alpha);
            to[x] = qRgb(qRed(from[x]) + added, qGreen(from[x]) + added, qBlue(from[x]) + added);
        }
    }
    shows = least < 255;
    return result;
}

/// The picture as it is stored.
Result<QImage> readImage(const fs::path& path, Opened& file, const Decoding& how, std::uint8_t& remarks) {
    Reader reader(file);
    const StoredPicture& stored = file.stored;
    if (stored.size.isEmpty()) return undecodable(path, reader->errorString().toStdString() + ".");
    const std::int64_t pixels = std::int64_t{stored.size.width()} * stored.size.height();
    const QSize size = decodedSize(stored, how);
    if (!size.isEmpty())
        reader->setScaledSize(size);
    else if (pixels > mostPixels)
        return undecodable(path, "It has " + std::to_string(stored.size.width()) + " × " +
                                     std::to_string(stored.size.height()) + " pixels, and at most " +
                                     std::to_string(mostPixels >> 20) + " million are read.");
    static std::mutex large; // one of them at a time
    constexpr std::int64_t largePixels = 1ll << 24;
    std::unique_lock<std::mutex> alone(large, std::defer_lock);
    if (size.isEmpty() && pixels > largePixels) alone.lock();
    QImage image;
    const std::string_view format = stored.format->name;
    if ((format == "bmp" || format == "tiff") && reader->imageFormat() != QImage::Format_Invalid) {
        image = QImage(stored.size, reader->imageFormat());
        image.fill(0); // Qt would leave pixels that are missing as memory was
    }
    takeTiffMessage(); // of a picture before
    if (!reader->read(&image)) {
        std::string told = takeTiffMessage();
        if (told.empty()) told = reader->errorString().toStdString() + ".";
        // What they say where they know no more: of no line, which is the largest number, or of no reason.
        const bool none = told.find("4294967295") != std::string::npos || told == "Unknown error.";
        return undecodable(path, none ? "The file is damaged." : told);
    }
    reader->device()->seek(0); // some begin again where they stand
    if (format != "png" && format != "jpeg" && format != "bmp" && reader->imageCount() > 1) remarks |= Frames;
    return image;
}

/// The numbers of the palette's colours, as grey.
QImage numbersOf(QImage image) {
    image.convertTo(QImage::Format_Indexed8); // from one bit a pixel
    QList<QRgb> numbers;
    for (int i = 0; i < 256; ++i)
        numbers.append(qRgb(i, i, i));
    image.setColorTable(numbers);
    return image;
}

/// Values below 256 as they are; the image itself if there are larger ones.
QImage lowBytes(const QImage& image) {
    QImage bytes(image.size(), QImage::Format_Grayscale8);
    for (int y = 0; y < image.height(); ++y) {
        const auto* const row = reinterpret_cast<const quint16*>(image.constScanLine(y));
        for (int x = 0; x < image.width(); ++x) {
            if (row[x] > 255) return image;
            bytes.scanLine(y)[x] = static_cast<uchar>(row[x]);
        }
    }
    return bytes;
}

} // namespace

QSize Survey::usualSize() const {
    std::map<std::pair<int, int>, std::int64_t> sizes;
    for (const One& picture : pictures)
        if (!picture.size.isEmpty()) ++sizes[{picture.size.height(), picture.size.width()}];
    QSize usual;
    std::int64_t most = 0;
    for (const auto& [size, count] : sizes)
        if (count >= most) {
            most = count;
            usual = {size.second, size.first};
        }
    return usual;
}

bool Survey::isGrey() const {
    return std::ranges::all_of(pictures,
                               [](const One& picture) { return picture.grey || picture.size.isEmpty(); });
}

Survey survey(const std::vector<PictureFile>& files, Refusals& refused) {
    Survey result;
    result.pictures.resize(files.size());
    refused = forEachPicture(files, [&](std::size_t i) -> Status {
        auto header = headerOf(files[i].path);
        if (!header) return refuse(header.error());
        result.pictures[i] = *header;
        return {};
    });
    return result;
}

Status checkProportions(const PictureFile& file) {
    const auto shownSize = [](const fs::path& path) -> Result<QSize> {
        const auto header = headerOf(path);
        if (!header) return refuse(header.error());
        return header->size;
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

Result<Decoded> decode(const fs::path& path, const Decoding& how) {
    auto file = opened(path, /*all=*/true);
    if (!file) return refuse(file.error());
    Decoded result;
    auto read = readImage(path, *file, how, result.remarks);
    if (!read) return refuse(read.error());
    QImage image = std::move(*read);
    const StoredPicture& stored = file->stored;
    const auto remark = [&result](Remark bit, bool holds) {
        if (holds) result.remarks |= bit;
    };
    remark(Deep, stored.deep);
    remark(Cmyk, stored.cmyk);
    remark(Turned, stored.orientation > 1);
    remark(Lossy, std::string_view(stored.format->name) == "jpeg");
    const int width = static_cast<int>(how.shape.width), height = static_cast<int>(how.shape.height);
    if (how.values && stored.indexed) {
        result.palette = image.colorTable();
        image = numbersOf(std::move(image));
    } else if (how.values && image.format() == QImage::Format_Grayscale16) {
        image = lowBytes(image);
    } else if (image.hasAlphaChannel()) {
        bool shows = false;
        image = opaque(image, how.background, shows);
        remark(Transparent, shows);
    }
    image = turned(image, stored.orientation);
    const QSize shown = stored.shown();
    remark(Cut, std::abs(std::int64_t{shown.width()} * height - std::int64_t{shown.height()} * width) >=
                    std::max(shown.width(), shown.height()));
    if (image.size() != QSize(width, height)) image = covering(image, width, height, how.smooth);
    image =
        image.convertToFormat(how.shape.channels == 1 ? QImage::Format_Grayscale8 : QImage::Format_RGB888);
    if (image.isNull()) return undecodable(path, "Out of memory.");
    result.image = std::move(image);
    return result;
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

void prepareReaders() {
    keepTiffMessages();
    constexpr std::int64_t mostBytesPerPixel = 8;
    QImageReader::setAllocationLimit(static_cast<int>(mostPixels * mostBytesPerPixel >> 20));
}

Refusals forEachPicture(std::span<const PictureFile> files, const std::function<Status(std::size_t)>& f) {
    return forEachOnAllCores(files.size(), f, [&](std::size_t i, const std::string& why) {
        return undecodable(files[i].path, why).value();
    });
}

} // namespace burdock
