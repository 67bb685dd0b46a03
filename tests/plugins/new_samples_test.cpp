#include "arrays.h"
#include "engine/data/new_tokens.h"
#include "pictures.h"
#include "recordings.h"

#include <QtTest>

using namespace burdock;

namespace {

struct Read {
    std::vector<std::string> names;
    std::vector<std::vector<float>> values;
    std::string notes;
};

Read read(const Dataset& data, const std::string& path) {
    Read all;
    const auto samples = data.readNew(path);
    if (!samples) {
        all.notes = oneLine(samples.error());
        return all;
    }
    for (std::int64_t i = 0; i < (*samples)->size(); ++i) {
        all.names.push_back((*samples)->name(i));
        all.values.emplace_back(static_cast<std::size_t>(data.info().input.size()));
        (*samples)->readInput(i, all.values.back().data());
    }
    for (const std::string& note : (*samples)->notes())
        all.notes += note + "\n";
    return all;
}

/// Whether these are the first samples of the training part, in its order.
bool areTrained(const Dataset& data, const Read& read, std::size_t count) {
    bool same = read.values.size() == count;
    for (std::size_t i = 0; same && i < count; ++i)
        same = read.values[i] == inputOf(data, Part::Train, static_cast<std::int64_t>(i));
    if (!same) qWarning("%zu samples; %s", read.values.size(), read.notes.c_str());
    return same;
}

QString codeOfNew(const Dataset& data, const std::string& path) {
    const auto samples = data.readNew(path);
    return samples ? QStringLiteral("read") : QString::fromStdString(samples.error().code);
}

std::shared_ptr<const Dataset> opened(const std::string& reference) {
    const auto data = shippedCatalog().open(reference);
    if (!data) qWarning("%s", oneLine(data.error()).c_str());
    return data.value_or(nullptr);
}

/// Three colours that differ in grey too.
void addColours(const Pictures& p) {
    p.add("blue/a.png", {6, 4}, QColor(0, 0, 250));
    p.add("blue/b.png", {12, 8}, QColor(0, 40, 200));
    p.add("red/c.png", {20, 20}, QColor(250, 30, 0, 120), QImage::Format_ARGB32);
}

} // namespace

class NewSamplesTest : public QObject {
    Q_OBJECT
  private slots:
    void picturesAreReadAsTheRuns_data() {
        QTest::addColumn<QString>("options");
        for (const char* options : {"", ":background=black", ":colour=grey", ":size=3x5"})
            QTest::newRow(options) << QString::fromLatin1(options);
    }
    void picturesAreReadAsTheRuns() {
        QFETCH(const QString, options);
        Pictures p;
        addColours(p);
        const auto data = opened(p.path() + options.toStdString());
        QVERIFY(data);
        const Read all = read(*data, p.path());
        QVERIFY(areTrained(*data, all, 3));
        QCOMPARE(all.names, (std::vector<std::string>{"blue/a.png", "blue/b.png", "red/c.png"}));
        const Read one = read(*data, p.files.path("red/c.png"));
        QCOMPARE(one.names, std::vector<std::string>{"c.png"});
        QCOMPARE(one.values.at(0), inputOf(*data, Part::Train, 2));
        QVERIFY(one.notes.find("transparent") != std::string::npos);
    }

    /// What a folder of one's own has in it, and what is no picture at all.
    void whatIsNoPictureIsTold() {
        Pictures p, own;
        addColours(p);
        own.add("deep/er/x.png", {6, 4}, Qt::green);
        own.add("y.png", {6, 4}, Qt::green);
        own.files.write("list.csv", "name\n");
        own.files.write(".hidden.png", "?");
        const auto strict = opened(p.path()), lenient = opened(p.path() + ":damaged=skip");
        QVERIFY(strict && lenient);
        Read all = read(*strict, own.path());
        QCOMPARE(all.names, (std::vector<std::string>{"y.png", "deep/er/x.png"}));
        QVERIFY2(all.notes.find("1 file is no picture and was not read: list.csv.") != std::string::npos,
                 all.notes.c_str());
        own.files.write("torn.png", "\x89PNG\r\n");
        QCOMPARE(codeOfNew(*strict, own.path()), QStringLiteral("data.pictures.damaged"));
        all = read(*lenient, own.path());
        QCOMPARE(all.names, (std::vector<std::string>{"y.png", "deep/er/x.png"}));
        QVERIFY2(all.notes.find("1 picture cannot be read and was left out: ") != std::string::npos,
                 all.notes.c_str());
        for (const auto& data : {strict, lenient}) {
            QCOMPARE(codeOfNew(*data, own.files.path("torn.png")), QStringLiteral("data.pictures.damaged"));
            QCOMPARE(codeOfNew(*data, own.files.path("list.csv")), QStringLiteral("data.pictures.damaged"));
            QCOMPARE(codeOfNew(*data, own.files.path("none.png")), QStringLiteral("data.pictures.damaged"));
        }
        DataFolder empty;
        QCOMPARE(codeOfNew(*strict, empty.path()), QStringLiteral("data.pictures.none"));
    }

    void masksAreNoPicturesToAskAbout() {
        Pictures p;
        for (const char* name : {"a.png", "b.png", "c.png"}) {
            p.add(QStringLiteral("images/") + QLatin1String(name), {6, 4}, Qt::red);
            QImage mask(6, 4, QImage::Format_Grayscale8);
            mask.fill(0);
            mask.setPixel(1, 1, qRgb(1, 1, 1));
            QDir().mkpath(QString::fromStdString(p.files.path("masks")));
            QVERIFY(mask.save(QString::fromStdString(p.files.path("masks/" + QString::fromLatin1(name)))));
        }
        const auto data = opened(p.path());
        QVERIFY(data && data->info().mask);
        QVERIFY(areTrained(*data, read(*data, p.path()), 3));
    }

    void picturesWithATableOfLabels() {
        Pictures p;
        addColours(p);
        p.files.write("labels.csv", "name,weight\na.png,1.5\nb.png,2.25\nc.png,4.125\n");
        const auto data = opened(p.path() + ":labels=labels.csv,task=number");
        QVERIFY(data);
        QVERIFY(areTrained(*data, read(*data, p.path()), 3));
    }

    void imagesOfIdxAndPicturesFittedToThem() {
        Pictures own;
        const QByteArray pixels("\x00\xff\x33\x66\x01\x02\x03\x04\x05\x06\x07\x08", 12);
        const std::string images = own.files.write("train-images-idx3-ubyte", idx({3, 2, 2}, pixels));
        own.files.write("train-labels-idx1-ubyte", idx({3}, QByteArray("\0\2\1", 3)));
        const auto data = opened(images);
        QVERIFY(data);
        const Read all = read(*data, images);
        QVERIFY(areTrained(*data, all, 3));
        QCOMPARE(all.names[2], std::string("image 3"));
        own.add("own/half.png", {20, 40}, QColor(51, 51, 51));
        for (const char* path : {"own", "own/half.png"}) {
            const Read picture = read(*data, own.files.path(QLatin1String(path)));
            QCOMPARE(picture.names, std::vector<std::string>{"half.png"});
            QCOMPARE(picture.values.at(0), std::vector<float>(4, 51 / 255.0F));
        }
        QCOMPARE(codeOfNew(*data, own.files.write("other", idx({1, 2, 3}, QByteArray(6, '\1')))),
                 QStringLiteral("data.idx.shape"));
        QCOMPARE(codeOfNew(*data, own.files.path("train-labels-idx1-ubyte")),
                 QStringLiteral("data.idx.shape"));
        QCOMPARE(codeOfNew(*data, own.files.write("a.txt", "words")), QStringLiteral("data.idx.magic"));
    }

    void cifarsFilesAndPictures() {
        Pictures own;
        QByteArray records;
        for (int i = 0; i < 3; ++i)
            records += QByteArray(1, static_cast<char>(i)) + QByteArray(3072, static_cast<char>(40 * i));
        const std::string batch = own.files.write("data_batch_1.bin", records);
        const auto data = opened(batch);
        QVERIFY(data);
        QVERIFY(areTrained(*data, read(*data, batch), 3));
        own.add("own.png", {64, 64}, QColor(40, 40, 40));
        QCOMPARE(read(*data, own.files.path("own.png")).values.at(0), inputOf(*data, Part::Train, 1));
        QCOMPARE(codeOfNew(*data, own.files.write("cut.bin", records.left(4000))),
                 QStringLiteral("data.cifar.length"));
    }

    void recordingsAreBroughtToTheRunsLength() {
        Recordings r, own;
        for (const int hertz : {200, 400})
            for (int i = 0; i < 2; ++i)
                r.add(QStringLiteral("%1/%2.wav").arg(hertz).arg(i), wav(tone(hertz + 10 * i, 8000, 0.2)));
        for (const char* options : {"", ":sequence=true"}) {
            const auto data = opened(r.path() + options);
            QVERIFY(data);
            const Read all = read(*data, r.path());
            QVERIFY(areTrained(*data, all, 4));
            QCOMPARE(all.names[3], std::string("400/1.wav"));
            const Read one = read(*data, r.files.path("200/1.wav"));
            QCOMPARE(one.values.at(0), inputOf(*data, Part::Train, 1));
            const Read longer = read(*data, own.add("long.wav", wav(tone(200, 8000, 0.5))));
            QCOMPARE(longer.values.size(), std::size_t{1});
            QVERIFY2(longer.notes.find("1 recording is longer") != std::string::npos, longer.notes.c_str());
        }
        const auto data = opened(r.path());
        QVERIFY(codeOfNew(*data, own.add("words.wav", "words")).startsWith(QStringLiteral("data.sound")));
        DataFolder empty;
        QCOMPARE(codeOfNew(*data, empty.path()), QStringLiteral("data.sound.none"));
    }

    void arraysByTheNameOfTheInput() {
        DataFolder folder;
        const QByteArray pixels("\x00\xff\x33\x66\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c", 16);
        const auto x = npy("|u1", "(4, 2, 2)", pixels), y = npy("|u1", "(4,)", QByteArray("\0\2\0\2", 4));
        const std::string path = writeZip(folder, "a.npz", {{"x_train.npy", x}, {"y_train.npy", y}});
        const auto data = opened(path);
        QVERIFY(data);
        const Read all = read(*data, path); // the targets are not looked at
        QVERIFY(areTrained(*data, all, 4));
        QCOMPARE(all.names[3], std::string("[3]"));
        DataFolder own;
        QVERIFY(areTrained(*data, read(*data, own.write("mine.npy", x)), 4));
        own.write("aside.npy", y);
        QVERIFY(areTrained(*data, read(*data, own.path("mine.npy")), 4));
        QVERIFY(
            areTrained(*data, read(*data, own.write("one.npy", npy("|u1", "(2, 2)", pixels.left(4)))), 1));
        QVERIFY(areTrained(*data, read(*data, writeZip(own, "one.npz", {{"images.npy", x}})), 4));
        QCOMPARE(codeOfNew(*data, writeZip(own, "two.npz", {{"a.npy", x}, {"b.npy", y}})),
                 QStringLiteral("data.npz.input"));
        QCOMPARE(codeOfNew(*data, own.write("wide.npy", npy("|u1", "(4, 1, 4)", pixels))),
                 QStringLiteral("data.npz.shape"));
        QCOMPARE(codeOfNew(*data, own.path("none.npy")), QStringLiteral("data.missing"));
    }

    void textsEndsAreAsked() {
        DataFolder folder;
        const auto data = opened(folder.write("t.txt", QByteArray("abc").repeated(20)) + ":context=4");
        QVERIFY(data);
        const auto longer = data->readNew(folder.write("long.txt", "abcabcab"));
        QVERIFY(longer);
        std::vector<float> tokens(4);
        (*longer)->readInput(0, tokens.data());
        QCOMPARE(tokens, (std::vector<float>{1, 2, 0, 1}));
        QCOMPARE((*longer)->name(0), std::string("long.txt"));
        const auto shorter = data->readNew(folder.write("short.txt", "c?a"));
        QVERIFY(shorter);
        const auto* const text = dynamic_cast<const NewTokens*>(shorter->get());
        QVERIFY(text);
        QCOMPARE(text->tokens(0), 2);
        (*shorter)->readInput(0, tokens.data());
        QCOMPARE(tokens[0], 2.F);
        QCOMPARE(tokens[1], 0.F);
        QVERIFY((*shorter)->notes().at(0).starts_with("1 byte of characters"));
        QCOMPARE(codeOfNew(*data, folder.write("none.txt", "???")), QStringLiteral("data.text.tokens"));
    }

    /// The shipped data are read through a description of theirs.
    void shippedDataAreAskedAboutPictures() {
        const auto data = opened("fashion-mnist-small");
        QVERIFY(data);
        Pictures own;
        own.add("shirt.png", {280, 280}, QColor(102, 102, 102));
        QCOMPARE(read(*data, own.files.path("shirt.png")).values.at(0),
                 std::vector<float>(784, 102 / 255.0F));
        QVERIFY(read(*data, own.files.path("shirt.png")).notes.empty());
        own.add("paper.png", {28, 28}, Qt::white); // all of the data stand on black
        const Read paper = read(*data, own.path());
        QVERIFY2(paper.notes.starts_with("1 picture has a light ground"), paper.notes.c_str());
    }
};

QTEST_GUILESS_MAIN(NewSamplesTest)
#include "new_samples_test.moc"
