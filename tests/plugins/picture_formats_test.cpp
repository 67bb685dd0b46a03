#include "error_stream.h"
#include "pictures.h"
#include "support/several.h"

#include <QBuffer>
#include <QFile>
#include <QImageReader>
#include <QLoggingCategory>
#include <QtTest>

#include <cmath>

using namespace burdock;

namespace {

/// A JPEG or WebP file's contents.
QByteArray saved(const QImage& image, const char* format, int quality = 95) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    if (!image.save(&buffer, format, quality)) qFatal("cannot write %s", format);
    return bytes;
}

QByteArray exif(char orientation) {
    return QByteArray("II*\0\x8\0\0\0\1\0\x12\1\3\0\1\0\0\0", 18) + orientation + QByteArray(7, '\0');
}

QByteArray withExif(const QByteArray& jpeg, char orientation) {
    const QByteArray data = QByteArray("Exif\0\0", 6) + exif(orientation);
    return jpeg.left(2) + "\xff\xe1" + QByteArray(1, '\0') + static_cast<char>(data.size() + 2) + data +
           jpeg.mid(2);
}

/// Dark to the left above, light to the right and below: different in all of its turns.
QImage corners() {
    QImage image(6, 4, QImage::Format_RGB32);
    for (int y = 0; y < 4; ++y)
        for (int x = 0; x < 6; ++x)
            image.setPixelColor(x, y, QColor(40 * x, 60 * y, 0));
    return image;
}

} // namespace

class PictureFormatsTest : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase() { QLoggingCategory::setFilterRules("qt.gui.imageio*=false"); } // as the programs do

    void formatsAndEndings_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("format");
        for (const char* ending :
             {"png", "PNG", "jpg", "JPEG", "jfif", "jpe", "bmp", "webp", "tif", "TIFF"}) {
            const QByteArray lower = QByteArray(ending).toLower();
            const QByteArray format = lower.startsWith('j')     ? "jpeg"
                                      : lower.startsWith("tif") ? "tiff"
                                                                : lower;
            QTest::newRow(ending) << QStringLiteral("b/2.") + ending << format;
        }
        QTest::newRow("none") << "b/2" << QByteArray("jpeg");
    }
    void formatsAndEndings() {
        QFETCH(const QString, name);
        QFETCH(const QByteArray, format);
        Pictures p;
        p.add("a/1.png", {6, 4}, Qt::black);
        QImage red(6, 4, QImage::Format_RGB32);
        red.fill(Qt::red);
        p.add("b/1.png", {6, 4}, Qt::black);
        // Of a WebP that is stored without loss Qt 6.8 reads no 36 bytes, which it writes itself.
        p.files.write(name, saved(red, format, format == "webp" ? 99 : 100));
        const auto data = shippedCatalog().open(p.path());
        QVERIFY2(data, data ? "" : oneLine(data.error()).c_str());
        QCOMPARE((*data)->info().trainSize, 3);
        const auto pixels = inputOf(**data, Part::Train, 2);
        QVERIFY(pixels[5] > 0.97f && pixels[24 + 5] < 0.03f && pixels[48 + 5] < 0.03f);
    }

    /// What other programs write, and Qt does not.
    void kindsOfPixels_data() {
        QTest::addColumn<QByteArray>("base64");
        QTest::addColumn<QString>("ending");
        QTest::addColumn<QColor>("wanted");
        QTest::addColumn<QString>("note");
        QTest::newRow("CMYK, JPEG")
            << QByteArray(
                   "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAbEhQXFBEbFxYXHhwbIChCKyglJShROj0wQmBVZWRfVV1baniZgWpxkHNb"
                   "XYW1hpCeo6utq2eAvMm6pseZqKuk/8AAFAgACAAIBEMRAE0RAFkRAEsRAP/EABQAAQAAAAAAAAAAAAAAAAAAAAb"
                   "/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oADgRDAE0AWQBLAAA/AEwyMkz/2Q==")
            << "jpg" << QColor(255, 0, 0) << "1 picture is in CMYK";
        QTest::newRow("CMYK, TIFF")
            << QByteArray("SUkqAAgAAAAKAAABBAABAAAABAAAAAEBBAABAAAABAAAAAIBAwAEAAAAhgAAAAMBAwABAA"
                          "AAAQAAAAYBAwABAAAABQAAABEBBAABAAAAjgAAABUBAwABAAAABAAAABYBBAABAAAABAAAA"
                          "BcBBAABAAAAQAAAABwBAwABAAAAAQAAAAAAAAAIAAgACAAIAAD//wAA//8AAP//AAD//wAA"
                          "//8AAP//AAD//wAA//8AAP//AAD//wAA//8AAP//AAD//wAA//8AAP//AAD//wA=")
            << "tif" << QColor(255, 0, 0) << "";
        QTest::newRow("grey and alpha")
            << QByteArray("iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAQAAAAD+Fb1AAAAFklEQV"
                          "R4nGNMaWBgYGBgYGBiYMDFAAAfYADsYsNcwgAAAABJRU5ErkJggg==")
            << "png" << QColor(177, 177, 177) << "1 picture has transparent pixels and stands on white";
        QTest::newRow("two colours") << QByteArray(
                                            "iVBORw0KGgoAAAANSUhEUgAAAAQAAAAEAQMAAACTPww9AAAABlBMVEX/AAAA/"
                                            "wDSh+9xAAAADElEQVR4nGP4wACGAA8IA8GPePyeAAAAAElFTkSuQmCC")
                                     << "png" << QColor(0, 255, 0) << "";
        QTest::newRow("16 bit") << QByteArray(
                                       "iVBORw0KGgoAAAANSUhEUgAAAAQAAAAEEAAAAADcCh3hAAAAFklEQVR4nGNscGBgYGB"
                                       "gYGBiYMDFAAAatADIE7rnLAAAAABJRU5ErkJggg==")
                                << "png" << QColor(128, 128, 128) << "1 picture has more than 8 bits";
        QTest::newRow("GIF of two frames")
            << QByteArray("R0lGODdhBAAEAIEAAP8AAAAAAAAAAAAAACwAAAAABAAEAAAICQABCBxIsCCAgAAsAAAAAAQABACBAAD/"
                          "AAAAAAAAAAAACAkAAQgcSLAggIAAOw==")
            << "gif" << QColor(255, 0, 0) << "1 picture is the first of several";
    }
    void kindsOfPixels() {
        QFETCH(const QByteArray, base64);
        QFETCH(const QString, ending);
        QFETCH(const QColor, wanted);
        QFETCH(const QString, note);
        Pictures p;
        p.add("a/1.png", {4, 4}, Qt::black);
        QVERIFY(QDir().mkpath(QString::fromStdString(p.files.path("b"))));
        p.files.write("b/2." + ending, QByteArray::fromBase64(base64));
        const auto data = shippedCatalog().open(p.path() + ":size=4x4");
        QVERIFY2(data, data ? "" : oneLine(data.error()).c_str());
        const auto pixels = inputOf(**data, Part::Train, 1);
        QCOMPARE(pixels.size(), 48u);
        const float colour[] = {static_cast<float>(wanted.redF()), static_cast<float>(wanted.greenF()),
                                static_cast<float>(wanted.blueF())};
        for (std::size_t i = 0; i < pixels.size(); ++i)
            QVERIFY2(std::abs(pixels[i] - colour[i / 16]) < 0.012f, qPrintable(QString::number(pixels[i])));
        QVERIFY2(note.isEmpty() || isNoted(**data, note.toStdString()), qPrintable(note));
        if (ending != "png" || note.isEmpty()) return;
        // Alone, it is grey.
        QVERIFY(QFile::remove(QString::fromStdString(p.files.path("a/1.png"))));
        p.add("a/1.png", {4, 4}, Qt::black, QImage::Format_Grayscale8);
        QCOMPARE(shippedCatalog().open(p.path()).value()->info().input.channels, 1);
    }
    void backgroundIsAnOption() {
        Pictures p;
        p.add("a/1.png", {4, 4}, QColor(0, 0, 0, 0), QImage::Format_ARGB32);
        p.add("b/1.png", {4, 4}, Qt::red);
        QCOMPARE(inputOf(**shippedCatalog().open(p.path()), Part::Train, 0)[0], 1.f);
        QCOMPARE(inputOf(**shippedCatalog().open(p.path() + ":background=black"), Part::Train, 0)[0], 0.f);
    }

    /// As PIL's exif_transpose turns them.
    void photographsAreTurned_data() {
        QTest::addColumn<int>("orientation");
        QTest::addColumn<QByteArray>("format");
        for (int orientation = 1; orientation <= 8; ++orientation)
            for (const char* format : {"jpeg", "webp"})
                QTest::addRow("%d %s", orientation, format) << orientation << QByteArray(format);
    }
    void photographsAreTurned() {
        QFETCH(const int, orientation);
        QFETCH(const QByteArray, format);
        QByteArray bytes;
        if (format == "jpeg") {
            bytes = withExif(saved(corners(), "jpeg", 100), static_cast<char>(orientation));
        } else {
            const QByteArray plain = saved(corners(), "webp", 100),
                             data = exif(static_cast<char>(orientation));
            const QByteArray chunks = QByteArray("VP8X\x0a\0\0\0\x08\0\0\0\5\0\0\3\0\0", 18) + plain.mid(12) +
                                      QByteArray("EXIF\x1a\0\0\0", 8) + data;
            const auto size = static_cast<quint32>(chunks.size() + 4);
            bytes = "RIFF";
            for (int shift = 0; shift < 32; shift += 8)
                bytes.append(static_cast<char>(size >> shift));
            bytes += "WEBP" + chunks;
        }
        Pictures p;
        for (const char* folder : {"a", "b"}) {
            QVERIFY(QDir().mkpath(QString::fromStdString(p.files.path(folder))));
            p.files.write(QString("%1/1.%2").arg(folder, format), bytes);
        }
        const auto data = shippedCatalog().open(p.path());
        QVERIFY2(data, data ? "" : oneLine(data.error()).c_str());
        const Shape shape = (*data)->info().input;
        const bool lying = orientation >= 5;
        QVERIFY((shape == Shape{3, lying ? 6 : 4, lying ? 4 : 6}));
        const auto pixels = inputOf(**data, Part::Train, 0);
        for (int y = 0; y < shape.height; ++y)
            for (int x = 0; x < shape.width; ++x) {
                const int across = lying ? y : x, down = lying ? x : y;
                const bool fromRight =
                    orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
                const bool fromBelow =
                    orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
                const int red = 40 * (fromRight ? 5 - across : across),
                          green = 60 * (fromBelow ? 3 - down : down);
                const auto at = static_cast<std::size_t>(y * shape.width + x);
                QVERIFY2(
                    std::abs(pixels[at] * 255 - red) < 45 && std::abs(pixels[24 + at] * 255 - green) < 45,
                    qPrintable(QString("%1,%2: %3 %4").arg(x).arg(y).arg(pixels[at]).arg(pixels[24 + at])));
            }
        QCOMPARE(isNoted(**data, "2 pictures were turned"), orientation > 1);
    }

    /// Cut off anywhere, a file is refused with its name, or read as if it were whole: never in part.
    void cutFilesAreRefused_data() {
        QTest::addColumn<QByteArray>("format");
        for (const char* format : {"png", "jpeg", "bmp", "webp", "tiff", "gif"})
            QTest::newRow(format) << QByteArray(format);
    }
    void cutFilesAreRefused() {
        QFETCH(const QByteArray, format);
        QImage noise(32, 32, QImage::Format_RGB32);
        for (int i = 0; i < 1024; ++i)
            noise.setPixel(i % 32, i / 32, qRgb(i * 37 % 256, i * 91 % 256, i * 53 % 256));
        const QByteArray whole =
            format == "gif"
                ? QByteArray::fromBase64("R0lGODdhBAAEAIEAAP8AAAAAAAAAAAAAACwAAAAABAAEAAAICQABCBxIsCCAgAA7")
                : saved(noise, format, 90);
        Pictures p;
        p.add("a/1.png", {32, 32}, Qt::black);
        QVERIFY(QDir().mkpath(QString::fromStdString(p.files.path("b"))));
        const QString name = "b/2." + QString(format);
        p.files.write(name, whole);
        const auto before = shippedCatalog().open(p.path());
        QVERIFY2(before, before ? "" : oneLine(before.error()).c_str());
        const std::string sha256 = (*before)->info().sha256;
        ErrorStream said;
        for (qsizetype kept = 0; kept < whole.size(); kept += std::max<qsizetype>(1, whole.size() / 60)) {
            const std::string path = p.files.write(name, whole.left(kept));
            const auto data = shippedCatalog().open(p.path());
            if (data) {
                QCOMPARE((*data)->info().sha256, sha256);
                continue;
            }
            QCOMPARE(data.error().code, "data.pictures.damaged");
            QCOMPARE(data.error().where, path);
        }
        const QByteArray lines = said.end(); // the decoders' own, past that message
        QVERIFY2(lines.isEmpty(), lines.constData());
        p.files.write(name, whole + "behind the picture");
        QVERIFY(refusal(p.path()).code.empty());
        p.files.write(name, whole.left(whole.size() / 2));
        const auto skipped = shippedCatalog().open(p.path() + ":damaged=skip");
        QCOMPARE(skipped.has_value(), false); // one class is left
        p.add("b/3.png", {32, 32}, Qt::red);
        const auto left = shippedCatalog().open(p.path() + ":damaged=skip");
        QVERIFY2(left, left ? "" : oneLine(left.error()).c_str());
        QCOMPARE((*left)->info().trainSize, 2);
        QVERIFY(isNoted(**left, "1 picture cannot be read"));
    }
    void missingPixelsAreNeverMemory() {
        // Run lengths that skip most of the picture.
        const QByteArray file =
            QByteArray(
                "BM\x3e\4\0\0\0\0\0\0\x36\4\0\0\x28\0\0\0\x20\0\0\0\x20\0\0\0\1\0\x8\0\1\0\0\0\x8\0\0\0",
                38) +
            QByteArray(16, '\0') + QByteArray(1024, '\x80') + QByteArray("\0\2\5\5\4\1\0\1", 8);
        Pictures p;
        p.add("a/1.png", {32, 32}, Qt::black);
        QVERIFY(QDir().mkpath(QString::fromStdString(p.files.path("b"))));
        p.files.write("b/2.bmp", file);
        std::string sha256;
        for (int i = 0; i < 3; ++i) {
            const std::vector<char> elsewhere(4096, static_cast<char>(i)); // other memory
            const auto data = shippedCatalog().open(p.path());
            if (!data) return; // refused is right as well
            if (i == 0) sha256 = (*data)->info().sha256;
            QCOMPARE((*data)->info().sha256, sha256);
        }
    }

    /// Without a size, pictures of any size come to one that can be trained on; the decoder scales.
    void hugePicturesAreScaledWhileTheyAreDecoded() {
        Pictures p;
        {
            QImage huge(10'000, 10'000, QImage::Format_Grayscale8);
            huge.fill(200);
            QVERIFY(QDir().mkpath(QString::fromStdString(p.files.path("a"))));
            QVERIFY(huge.save(QString::fromStdString(p.files.path("a/1.jpg"))));
        }
        p.add("b/1.png", {300, 300}, Qt::black, QImage::Format_Grayscale8);
        const std::int64_t before = peakMemory();
        const auto data = shippedCatalog().open(p.path());
        QVERIFY2(data, data ? "" : oneLine(data.error()).c_str());
        QVERIFY2(peakMemory() - before < 50'000'000, qPrintable(QString::number(peakMemory() - before)));
        QVERIFY(((*data)->info().input == Shape{1, 256, 256}));
        QVERIFY(std::abs(inputOf(**data, Part::Train, 0)[30'000] - 200.f / 255) < 0.01f);
        QVERIFY(isNoted(**data, "The commonest size is 10000 × 10000 pixels (1 of 2): all are scaled"));
    }
    void claimsOfHugeSizesAreRefused() {
        Pictures p;
        p.add("a/1.png", {4, 4}, Qt::black);
        p.add("b/1.png", {4, 4}, Qt::black);
        QFile png(QString::fromStdString(p.files.path("b/1.png")));
        QVERIFY(png.open(QIODevice::ReadWrite));
        QByteArray bytes = png.readAll();
        bytes.replace(16, 8, QByteArray("\0\0\x80\0\0\1\0\0", 8)); // 2^15 × 2^16
        const quint32 sum = crcOf(bytes.mid(12, 17));
        for (int i = 0; i < 4; ++i)
            bytes[29 + i] = static_cast<char>(sum >> (24 - 8 * i));
        png.seek(0);
        png.write(bytes);
        png.close();
        const std::int64_t before = peakMemory();
        const Diagnostic why = refusal(p.path() + ":size=8x8");
        QCOMPARE(why.code, "data.pictures.damaged");
        QCOMPARE(why.where, p.files.path("b/1.png"));
        QVERIFY2(peakMemory() - before < 100'000'000, qPrintable(QString::number(peakMemory() - before)));
    }

  private:
    static quint32 crcOf(const QByteArray& bytes) {
        quint32 crc = 0xffffffffU;
        for (const char byte : bytes) {
            crc ^= static_cast<unsigned char>(byte);
            for (int k = 0; k < 8; ++k)
                crc = (crc & 1U) != 0 ? 0xedb88320U ^ (crc >> 1) : crc >> 1;
        }
        return crc ^ 0xffffffffU;
    }
};

ADD_TEST_CLASS(PictureFormatsTest)
#include "picture_formats_test.moc"
