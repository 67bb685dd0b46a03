#include "error_stream.h"
#include "pictures.h"
#include "support/several.h"

#include <QFile>
#include <QLoggingCategory>
#include <QtEndian>
#include <QtTest>

#include <zlib.h>

using namespace burdock;

namespace {

QByteArray number(quint32 value) {
    QByteArray bytes(4, '\0');
    qToBigEndian(value, bytes.data());
    return bytes;
}

QByteArray chunk(const QByteArray& type, const QByteArray& data) {
    const QByteArray summed = type + data;
    const auto sum =
        crc32(0, reinterpret_cast<const Bytef*>(summed.data()), static_cast<uInt>(summed.size()));
    return number(static_cast<quint32>(data.size())) + summed + number(static_cast<quint32>(sum));
}

QByteArray packed(const QByteArray& bytes) {
    return qCompress(bytes).mid(4); // a zlib stream
}

/// Of grey pixels.
QByteArray png(QSize size, bool interlaced, const QByteArray& pixels) {
    const QByteArray header = number(static_cast<quint32>(size.width())) +
                              number(static_cast<quint32>(size.height())) + QByteArray("\x8\0\0\0", 4) +
                              QByteArray(1, interlaced ? '\1' : '\0');
    return "\x89PNG\r\n\x1a\n" + chunk("IHDR", header) + chunk("IDAT", pixels) + chunk("IEND", {});
}

} // namespace

/// What is wrong with the chunks of a PNG is said in one line of ours: libpng would tell it on the standard
/// error stream, past Qt and past that line.
class PngTest : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase() { QLoggingCategory::setFilterRules("qt.gui.imageio*=false"); } // as the programs do

    void brokenChunksAreRefusedQuietly() {
        Pictures p;
        p.add("a/1.png", {40, 30}, Qt::black);
        QImage indexed(40, 30, QImage::Format_Indexed8);
        indexed.setColorTable({qRgb(1, 2, 3), qRgb(9, 8, 7)});
        indexed.fill(1);
        QVERIFY(QDir().mkpath(QString::fromStdString(p.files.path("b"))));
        const QString path = QString::fromStdString(p.files.path("b/2.png"));
        QVERIFY(indexed.save(path));
        QVERIFY(refusal(p.path()).code.empty());
        QFile whole(path);
        QVERIFY(whole.open(QIODevice::ReadOnly));
        const QByteArray bytes = whole.readAll();
        ErrorStream said;
        int refused = 0;
        const qsizetype pixels = bytes.indexOf("IDAT");
        for (qsizetype at = 8; at < bytes.size(); ++at) {
            if (at > pixels + 12 && at < bytes.size() - 24) continue; // as those around
            QByteArray changed = bytes;
            changed[at] = static_cast<char>(changed[at] ^ 0x20);
            for (const QByteArray& contents : {changed, bytes.left(at)}) {
                p.files.write("b/2.png", contents);
                refused += refusal(p.path()).code == "data.pictures.damaged";
            }
        }
        const QByteArray lines = said.end();
        QVERIFY2(lines.isEmpty(), lines.constData());
        QVERIFY(refused > 100);
    }

    /// Chunks whose sums are right, and pixels whose are not, which are too few, or of no known filter.
    void brokenPixelsAreRefused() {
        Pictures p;
        p.add("a/1.png", {40, 30}, Qt::black);
        p.add("b/2.png", {40, 30}, Qt::white);
        const QByteArray rows(41 * 30, '\0');
        QByteArray sum = packed(rows), filter = rows;
        sum.back() = static_cast<char>(sum.back() ^ 1);
        filter[41] = 5;
        const QByteArray wrong[] = {sum,
                                    packed(rows.chopped(1)),
                                    packed(filter),
                                    packed(rows).chopped(3),
                                    QByteArray(20, 'x'),
                                    QByteArray()};
        for (const QByteArray& pixels : wrong) {
            p.files.write("b/2.png", png({40, 30}, false, pixels));
            QCOMPARE(refusal(p.path()).code, "data.pictures.damaged");
        }
        p.files.write("b/2.png", png({40, 30}, false, packed(rows)));
        QVERIFY(refusal(p.path()).code.empty());
    }

    /// A TIFF may be read though libtiff finds fault with what follows: that is not of the next picture.
    void theFaultOfAnotherPictureIsNotTold() {
        Pictures p;
        for (int i = 0; i < 16; ++i) {
            const QString name = QStringLiteral("a/%1.tiff").arg(i);
            p.add(name, {40, 30}, Qt::black);
            QFile file(QString::fromStdString(p.files.path(name)));
            QVERIFY(file.open(QIODevice::ReadOnly));
            QByteArray bytes = file.readAll();
            QVERIFY(bytes.startsWith("II"));
            const auto directory = qFromLittleEndian<quint32>(bytes.constData() + 4);
            const auto entries = qFromLittleEndian<quint16>(bytes.constData() + directory);
            char* const next = bytes.data() + directory + 2 + 12 * entries;
            qToLittleEndian(static_cast<quint32>(bytes.size() + 1000), next); // of a second picture
            p.files.write(name, bytes);
        }
        p.add("b/2.png", {40, 30}, Qt::white);
        QVERIFY(refusal(p.path()).code.empty());
        QByteArray filter(41 * 30, '\0');
        filter[41] = 5;
        p.files.write("b/2.png", png({40, 30}, false, packed(filter)));
        const Diagnostic why = refusal(p.path());
        QCOMPARE(why.code, "data.pictures.damaged");
        QVERIFY2(why.why.find("directory") == std::string::npos, why.why.c_str());
    }

    /// Of every kind of pixel, and in seven passes.
    void whatIsWholeIsRead() {
        Pictures p;
        p.add("a/1.png", {40, 30}, Qt::black);
        for (const QImage::Format format :
             {QImage::Format_Mono, QImage::Format_Grayscale8, QImage::Format_Grayscale16,
              QImage::Format_RGB32, QImage::Format_ARGB32, QImage::Format_RGBA64})
            for (const QSize size : {QSize(1, 1), QSize(5, 5), QSize(300, 200)}) {
                p.add("b/2.png", size, Qt::white, format);
                QVERIFY2(refusal(p.path()).code.empty(), qPrintable(QString::number(format)));
            }
        const QByteArray passes(2 + 2 + 3 + 2 * 2 + 4 + 3 * 3 + 2 * 6, '\0'); // of five times five pixels
        p.files.write("b/2.png", png({5, 5}, true, packed(passes)));
        QVERIFY(refusal(p.path()).code.empty());
        p.files.write("b/2.png", png({1, 1}, true, packed(QByteArray(2, '\0'))));
        QVERIFY(refusal(p.path()).code.empty());
        p.files.write("b/2.png", png({5, 5}, true, packed(passes.chopped(1))));
        QCOMPARE(refusal(p.path()).code, "data.pictures.damaged");
    }
};

ADD_TEST_CLASS(PngTest)
#include "png_test.moc"
