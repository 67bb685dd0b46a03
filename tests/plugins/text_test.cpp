#include "data_files.h"

#include <QCryptographicHash>
#include <QtTest>

#include <random>

using namespace burdock;

namespace {

std::shared_ptr<const Dataset> opened(const std::string& reference) {
    const auto data = shippedCatalog().open(reference);
    if (!data) qWarning("%s", oneLine(data.error()).c_str());
    return data.value_or(nullptr);
}

} // namespace

class TextTest : public QObject {
    Q_OBJECT
    DataFolder folder_;

    std::string file(const char* name, const QByteArray& contents) { return folder_.write(name, contents); }

  private slots:
    void theNovel() {
        const auto data = opened("pride-and-prejudice");
        QVERIFY(data);
        const DatasetInfo& info = data->info();
        QVERIFY(info.task == Task::NextToken);
        QCOMPARE(info.targets, 75);
        QCOMPARE(info.classNames.size(), std::size_t(75));
        QVERIFY((info.input == Shape{64, 1, 1}));
        // 684,768 characters, nine tenths of them to train on, in windows of 64 that do not overlap.
        QCOMPARE(info.trainSize, (616284 - 65) / 64 + 1);
        QVERIFY(data->tokenizer());
        std::vector<std::int64_t> tokens;
        for (const float token : inputOf(*data, Part::Train, 0))
            tokens.push_back(static_cast<std::int64_t>(token));
        QCOMPARE(data->tokenizer()->decode(tokens).substr(0, 19), std::string("PRIDE AND PREJUDICE"));
        QVERIFY((opened("pride-and-prejudice:context=32")->info().input == Shape{32, 1, 1}));
    }
    void targetsFollowInputs() {
        const auto data =
            opened(file("letters.txt", "abcabcabcabcabcabcabcabcabcabc") + ":context=4,stride=3");
        QVERIFY(data);
        QCOMPARE(data->info().targets, 3);
        QCOMPARE(data->info().trainSize, 8); // 27 letters: windows from 0, 3, … 21
        for (std::int64_t i = 0; i < data->info().trainSize; ++i) {
            QCOMPARE(inputOf(*data, Part::Train, i), (std::vector<float>{0, 1, 2, 0}));
            QCOMPARE(targetOf(*data, Part::Train, i), (std::vector<float>{1, 2, 0, 1}));
        }
    }
    void bytePairsByHand() {
        // The words "aab" (8 times) and " aab": "aa" is the most frequent pair, then "aab".
        QByteArray text;
        for (int i = 0; i < 10; ++i)
            text += "aab\n";
        const auto data = opened(file("pairs.txt", text) + ":tokens=byte-pair,vocabulary=258,context=2");
        QVERIFY(data);
        QCOMPARE(data->info().targets, 258);
        const Tokenizer& t = *data->tokenizer();
        QCOMPARE(std::string(t.text(256)), std::string("aa"));
        QCOMPARE(std::string(t.text(257)), std::string("aab"));
        QCOMPARE(t.encode("aabaa\xff"), (std::vector<std::int64_t>{257, 256, 255}));
    }
    /// Words that share many pairs once listed each other's again and again: this took minutes.
    void bytePairsOfLongWords() {
        std::minstd_rand random(1);
        QByteArray text;
        for (int word = 0; word < 60; ++word, text += '\n')
            for (int i = 0; i < 40; ++i)
                text += random() % 4 == 0 ? 'b' : 'a';
        const auto data = opened(file("long.txt", text) + ":tokens=byte-pair,vocabulary=4096,context=2");
        QVERIFY(data);
        const Tokenizer& t = *data->tokenizer();
        QVERIFY(t.size() > 256 + 60);
        QCOMPARE(t.decode(t.encode(text.toStdString())), text.toStdString());
    }
    void anyTextComesBack() {
        const auto data = opened("pride-and-prejudice:tokens=byte-pair,vocabulary=400");
        QVERIFY(data);
        const Tokenizer& t = *data->tokenizer();
        const std::string text = "It is a truth,  universally \t acknowledged…\n\n 12 Ünits!? ";
        QCOMPARE(t.decode(t.encode(text)), text);
        QVERIFY(t.encode("It is a truth").size() < 9);
        QCOMPARE(t.name(' '), std::string("␣"));
        QCOMPARE(t.name(0xff), std::string("\\xFF"));
    }
    void charactersAreCodePoints() {
        const QByteArray hungarian = "árvíztűrő tükörfúrógép árvíztűrő tükörfúrógép ";
        const auto data = opened(file("hungarian.txt", hungarian) + ":context=3");
        QVERIFY(data);
        const Tokenizer& t = *data->tokenizer();
        QCOMPARE(t.encode("ő").size(), std::size_t(1));
        QCOMPARE(t.decode(t.encode("tűrő")), std::string("tűrő"));
        QVERIFY(t.encode("%").empty());
        const auto latin1 = opened(file("latin1.txt", "caf\xe9 caf\xe9 caf\xe9 caf\xe9") + ":context=3");
        QVERIFY(latin1);
        QCOMPARE(latin1->tokenizer()->encode("é").size(), std::size_t(1));
    }
    void aByteOrderMarkIsNoToken() {
        const QByteArray text = QByteArray("the mill stands ").repeated(20);
        const auto plain = opened(file("plain.txt", text)),
                   marked = opened(file("bom.txt", "\xef\xbb\xbf" + text));
        QVERIFY(plain && marked);
        QCOMPARE(marked->info().classNames, plain->info().classNames);
        QCOMPARE(marked->info().trainSize, plain->info().trainSize);
    }
    /// The tokens of the same bytes were others where a program took them for another encoding, or kept the
    /// mark: a network that learned those must not answer.
    void howATextIsDecodedIsPartOfTheData() {
        const auto hashOf = [](const QByteArray& bytes) {
            return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex().toStdString();
        };
        const QByteArray text = QByteArray("the caf\xc3\xa9 stands ").repeated(20);
        for (const QByteArray& plain : {text, QByteArray("the mill stands ").repeated(20)})
            QCOMPARE(opened(file("plain.txt", plain))->info().sha256, hashOf(plain));
        const QByteArray marked = "\xef\xbb\xbf" + text, broken = text + "\xc3",
                         windows = QByteArray("\x93the caf\xe9\x94 stands ").repeated(20);
        for (const QByteArray& other : {marked, broken, windows}) {
            const auto data = opened(file("other.txt", other));
            QVERIFY(data);
            QCOMPARE(data->info().sha256.size(), 64u);
            QVERIFY(data->info().sha256 != hashOf(other));
            QCOMPARE(opened(file("again.txt", other))->info().sha256, data->info().sha256);
        }
    }
    /// Bytes that only look like UTF-8 (too long, halves of pairs, beyond the last code point) are told.
    void whatIsNotUtf8() {
        for (const char* bytes :
             {"\xc3", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80"}) {
            const auto data = opened(file("bad.txt", QByteArray("some words and ") + bytes) + ":context=3");
            QVERIFY(data);
            QVERIFY(!data->info().notes.empty());
            for (const std::string& name : data->info().classNames)
                QVERIFY(QString::fromStdString(name).toStdString() == name);
        }
    }
    void whatIsNoText() {
        QCOMPARE(refusalOf(file("short.txt", "abc")).substr(0, 15), std::string("data.text.short"));
        QCOMPARE(refusalOf(file("empty.txt", "")).substr(0, 10), std::string("data.empty"));
        QCOMPARE(refusalOf(file("zeros.txt", QByteArray(500, '\0'))).substr(0, 14),
                 std::string("dataset.format"));
        const auto table = opened(file("table.txt", "a,b,c\n1,2,3\n4,5,6\n7,8,9\n"));
        QVERIFY(table);
        QVERIFY(table->info().task != Task::NextToken);
        const auto prose =
            opened(file("prose.txt", "One, two.\nAnd three, four, five.\n\nSix\n") + ":context=4");
        QVERIFY(prose);
        QVERIFY(prose->info().task == Task::NextToken);
    }
};

QTEST_GUILESS_MAIN(TextTest)
#include "text_test.moc"
