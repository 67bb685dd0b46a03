#include "files/text_encoding.h"
#include "support/several.h"

#include <QString>
#include <QStringConverter>

using namespace burdock;

class TextEncodingTest : public QObject {
    Q_OBJECT
  private slots:
    void encodingsAreGuessed_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("encoding");
        const auto decoded = [](const char* hex) { return QByteArray::fromHex(hex).repeated(20); };
        QTest::newRow("ASCII") << QByteArray("a,b\n1,2\n") << "utf-8";
        QTest::newRow("UTF-8") << QByteArray("größe\n") << "utf-8";
        QTest::newRow("UTF-8, cut off") << QByteArray("größe").left(3) << "utf-8";
        QTest::newRow("UTF-8, a wrong byte") << QByteArray("größe, weiß, gr\xfcn\n") << "utf-8";
        QTest::newRow("a mark") << QByteArray("\xef\xbb\xbfx") << "utf-8";
        QTest::newRow("one letter") << QByteArray("caf\xe9\n") << "cp1252";
        QTest::newRow("quotes") << QByteArray("\x93yes\x94 \x97 5 \x80\n") << "cp1252";
        QTest::newRow("German") << QByteArray("Gr\xf6\xdf"
                                              "e;M\xfcll;wei\xdf\n")
                                       .repeated(20)
                                << "cp1252";
        QTest::newRow("Russian, KOI8") << decoded("f0d2c9d7c5d42c20cdc9d2210a") << "koi8-r";
        QTest::newRow("Russian, Windows") << decoded("cff0e8e2e5f22c20ece8f0210acceef1eae2e0") << "cp1251";
        QTest::newRow("UTF-16") << QByteArray("a\0,\0b\0\n\0"
                                              "1\0,\0"
                                              "2\0\n\0",
                                              16)
                                << "utf-16le";
    }
    void encodingsAreGuessed() {
        QFETCH(QByteArray, text);
        QFETCH(QString, encoding);
        QCOMPARE(QString::fromStdString(guessEncoding(text.toStdString())), encoding);
    }
    /// Piece after piece, wherever the pieces are cut.
    void piecesAreDecoded() {
        const QString text = QString::fromUtf8("größe € weiß\n");
        QStringEncoder encoder(QStringConverter::Utf16LE);
        const std::string bytes = QByteArray(encoder(text)).toStdString();
        for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
            TextDecoder decoder("utf-16le");
            std::string utf8;
            decoder.decode(bytes.substr(0, cut), false, utf8);
            decoder.decode(bytes.substr(cut), true, utf8);
            QCOMPARE(QString::fromStdString(utf8), text);
            QCOMPARE(decoder.wrong(), 0);
        }
        TextDecoder decoder("utf-8");
        std::string utf8;
        decoder.decode("gr\xfcn \xc3", true, utf8);
        QCOMPARE(QString::fromStdString(utf8), QString::fromUtf8("gr\uFFFDn \uFFFD"));
        QCOMPARE(decoder.wrong(), 2);
    }
    void everyEncodingIsKnown() {
        for (std::size_t i = 1; i < textEncodings().size(); ++i) {
            std::string text;
            TextDecoder(textEncodings()[i].key).decode("ab", true, text);
            QVERIFY2(!text.empty(), textEncodings()[i].key.c_str());
        }
    }
};

ADD_TEST_CLASS(TextEncodingTest)
#include "text_encoding_test.moc"
