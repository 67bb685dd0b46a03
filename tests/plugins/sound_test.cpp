#include "engine/data/adapt.h"
#include "engine/data/subset.h"
#include "engine/train/advice.h"
#include "error_stream.h"
#include "mel_spectrogram.h"
#include "opened.h"
#include "recordings.h"

#include <QtTest>
#include <sndfile.h>

#include <algorithm>
#include <filesystem>
#include <limits>

using namespace burdock;

namespace {

/// A tone that rises from 200 to 3,200 Hz, and noise, in 16 bits.
std::vector<double> risingTone() {
    constexpr int count = 2000;
    constexpr double rate = 8000;
    std::vector<double> samples;
    std::int64_t state = 12345;
    for (int i = 0; i < count; ++i) {
        const double t = i / rate, swept = 200 * t + 0.5 * 3000 * t * t / (count / rate);
        state = (state * 1103515245 + 12345) & 0x7fffffff;
        samples.push_back((std::round(9000 * std::sin(2 * std::numbers::pi * swept)) +
                           static_cast<double>((state >> 16) % 2001 - 1000)) /
                          32768);
    }
    return samples;
}

struct Expected {
    MelSettings settings;
    std::int64_t band;
    std::vector<float> decibels;
};

/// By NumPy and SciPy in double; torchaudio 0.13 gives the same to 5e-5 dB (norm and mel_scale "slaney",
/// pad_mode "constant").
const std::vector<Expected>& references() {
    const MelSettings all{8000, 256, 200, 20, 0, 4000, 80}, odd{8000, 200, 250, 16, 300, 3400, 80};
    static const std::vector<Expected> rows{
        {all,
         0,
         {-9.758f, -35.528f, -37.272f, -35.832f, -33.853f, -31.112f, -34.582f, -31.713f, -32.716f, -31.009f,
          -43.790f}},
        {all,
         10,
         {-38.052f, -35.407f, -34.107f, -9.560f, -5.503f, -36.108f, -32.296f, -35.840f, -34.236f, -37.326f,
          -36.695f}},
        {all,
         19,
         {-35.877f, -35.755f, -33.020f, -35.515f, -33.110f, -35.687f, -34.367f, -31.684f, -33.626f, -31.515f,
          -19.160f}},
        {odd, 0, {-18.367f, -13.767f, -33.824f, -32.714f, -39.983f, -35.378f, -33.313f, -36.964f, -34.343f}},
        {odd, 8, {-38.424f, -35.608f, -33.247f, -1.279f, -36.250f, -33.424f, -32.151f, -35.671f, -33.681f}},
        {odd, 15, {-35.692f, -36.013f, -35.702f, -33.091f, -34.216f, -33.539f, -35.877f, -7.375f, -8.233f}},
    };
    return rows;
}

/// The band that is loudest in a frame of a picture of bands × frames.
std::int64_t loudestBand(const Dataset& data, std::int64_t sample, std::int64_t frame) {
    const auto picture = inputOf(data, Part::Train, sample);
    const std::int64_t frames = data.info().input.width;
    std::int64_t loudest = 0;
    for (std::int64_t band = 0; band < data.info().input.height; ++band)
        if (picture[band * frames + frame] > picture[loudest * frames + frame]) loudest = band;
    return loudest;
}

void writeAs(const std::string& path, int format, const std::vector<double>& samples, int rate) {
    SF_INFO info{};
    info.samplerate = rate;
    info.channels = 1;
    info.format = format;
    SNDFILE* const file = sf_open(path.c_str(), SFM_WRITE, &info);
    if (!file) qFatal("%s", sf_strerror(nullptr));
    sf_write_double(file, samples.data(), std::ssize(samples));
    sf_close(file);
}

} // namespace

class SoundTest : public QObject {
    Q_OBJECT
  private slots:
    void spectrogramIsTheReference() {
        const auto samples = risingTone();
        const std::vector<float> floats(samples.begin(), samples.end());
        for (const Expected& expected : references()) {
            const std::int64_t frames = expected.settings.framesOf(std::ssize(floats));
            QCOMPARE(frames, std::ssize(expected.decibels));
            std::vector<float> values(static_cast<std::size_t>(frames * expected.settings.nMels));
            MelSpectrogram(expected.settings).compute(floats, frames, values.data());
            for (std::int64_t i = 0; i < frames; ++i)
                QVERIFY(std::abs(values[expected.band * frames + i] - expected.decibels[i]) < 0.002f);
        }
    }
    /// What is read from a file is the same, in steps of a 255th of the range.
    void filesAreTheReference() {
        Recordings r;
        r.add("a/1.wav", wav(risingTone()));
        r.add("b/1.wav", wav(risingTone()));
        OPEN(data, r.path() + ":n_fft=256,hop_length=200,n_mels=20,duration=0.25");
        QVERIFY(((*data)->info().input == Shape{1, 20, 11}));
        const auto picture = inputOf(**data, Part::Train, 0);
        for (const Expected& expected : references())
            if (expected.settings.nFft == 256)
                for (std::size_t i = 0; i < 11; ++i) {
                    const float wanted = 1 + expected.decibels[i] / 80;
                    QVERIFY(std::abs(picture[expected.band * 11 + i] - wanted) < 0.51f / 255);
                }
    }
    /// Loudness beyond or far below full scale changes nothing; silence is as low as can be.
    void loudnessIsRelative() {
        const auto samples = risingTone();
        const MelSettings settings = references().front().settings;
        std::vector<float> first(20 * 11), other(20 * 11);
        const MelSpectrogram mel(settings);
        mel.compute(std::vector<float>(samples.begin(), samples.end()), 11, first.data());
        for (const double gain : {1e-30, 1e-6, 1e35}) {
            std::vector<float> scaled;
            for (const double sample : samples)
                scaled.push_back(static_cast<float>(sample * gain));
            mel.compute(scaled, 11, other.data());
            for (std::size_t i = 0; i < other.size(); ++i)
                QVERIFY(std::abs(first[i] - other[i]) < 0.01f);
        }
        mel.compute(std::vector<float>(2000), 11, other.data());
        QVERIFY(std::ranges::all_of(other, [](float value) { return value == -80; }));
    }
    void foldersAreClasses() {
        Recordings r;
        r.add("set/low/1.wav", wav(tone(300, 8000, 0.5)));
        r.add("set/low/deep/2.WAV", wav(tone(300, 8000, 0.5)));
        r.add("set/high/1.wav", wav(tone(2000, 8000, 0.5)));
        r.add("set/high/notes.txt", "no sound");
        r.add("set/high/._1.wav", "a hidden file of another system");
        r.add("set/.cache/1.wav", "no sound");
        r.add("set/_background_noise_/1.wav", "no sound");
        OPEN(data, r.path()); // the folder around it
        const DatasetInfo& info = (*data)->info();
        QCOMPARE(info.classNames, (std::vector<std::string>{"high", "low"}));
        QCOMPARE(info.task, Task::Binary);
        QCOMPARE(info.trainSize, 3);
        QVERIFY((info.input == Shape{1, 64, 51})); // 0.5 s, one window every 10 ms
        QCOMPARE(targetOf(**data, Part::Train, 2)[0], 1.f);
        QVERIFY(loudestBand(**data, 0, 25) > loudestBand(**data, 1, 25) + 20);
        VERIFY_NOTE(info, "1 other file (.txt) is left out");
        VERIFY_NOTE(info, "1 hidden file is left out");
        VERIFY_NOTE(info, "_background_noise_/ is left out");
        VERIFY_NOTE(info, "8000 Hz, that most recordings have (sample_rate)");
        VERIFY_NOTE(info, "begin every 80 (10.0 ms)");
    }
    void partsHaveTheirUsualNames_data() {
        QTest::addColumn<QStringList>("folders");
        QTest::addColumn<int>("train");
        QTest::addColumn<int>("validation");
        QTest::addColumn<int>("test");
        QTest::addColumn<QString>("note");
        QTest::newRow("test") << QStringList{"train", "test"} << 2 << 0 << 2 << "";
        QTest::newRow("capitals") << QStringList{"Training", "Testing"} << 2 << 0 << 2 << "";
        QTest::newRow("sets") << QStringList{"training_set", "test_set"} << 2 << 0 << 2 << "";
        QTest::newRow("validation only")
            << QStringList{"train", "valid"} << 2 << 0 << 2 << "valid/ is the test part";
        QTest::newRow("all three") << QStringList{"train", "val", "test"} << 4 << 2 << 2
                                   << "val/ is the validation part";
        QTest::newRow("two for validation")
            << QStringList{"train", "dev", "validation", "test"} << 6 << 4 << 2 << "";
        QTest::newRow("another folder")
            << QStringList{"train", "test", "more"} << 2 << 0 << 2 << "The folder more/ is left out";
    }
    void partsHaveTheirUsualNames() {
        QFETCH(QStringList, folders);
        Recordings r;
        for (const QString& folder : folders)
            for (const char* kind : {"a", "b"})
                r.add(folder + "/" + kind + "/1.wav", wav(tone(500, 8000, 0.1)));
        OPEN(data, r.path());
        QFETCH(int, train);
        QFETCH(int, test);
        QCOMPARE((*data)->info().trainSize, train);
        QFETCH(int, validation);
        QCOMPARE((*data)->info().classNames, (std::vector<std::string>{"a", "b"}));
        QCOMPARE((*data)->info().validationSize, validation);
        QCOMPARE((*data)->info().testSize, test);
        QFETCH(QString, note);
        if (!note.isEmpty()) VERIFY_NOTE((*data)->info(), note.toStdString());
    }
    void trainsMayBeAClass() {
        Recordings r;
        for (const char* name : {"bus/1", "car/1", "train/1", "train/2"})
            r.add(QString("%1.wav").arg(name), wav(tone(500, 8000, 0.1)));
        OPEN(data, r.path());
        QCOMPARE((*data)->info().classNames, (std::vector<std::string>{"bus", "car", "train"}));
        QCOMPARE((*data)->info().trainSize, 4);
    }
    /// As in the speech commands.
    void listNamesTheTest() {
        Recordings r;
        for (const char* name : {"no/1", "no/2", "no/3", "yes/1", "yes/2"})
            r.add(QString("%1.wav").arg(name), wav(tone(500, 8000, 0.1)));
        r.add("testing_list.txt", "no/2.wav\r\nyes/2.wav\nyes/none.wav\n");
        OPEN(data, r.path());
        QCOMPARE((*data)->info().trainSize, 3);
        QCOMPARE((*data)->info().testSize, 2);
        QCOMPARE(targetOf(**data, Part::Test, 1)[0], 1.f);
        VERIFY_NOTE((*data)->info(), "testing_list.txt names the test part: 2 recordings");
    }
    void namesTellClasses() {
        Recordings r;
        for (const char* name :
             {"7_jackson_0", "7_jackson_1", "7_theo_0", "8_jackson_0", "8_theo_0", "8_theo_1"})
            r.add(QString("recordings/%1.wav").arg(name), wav(tone(500, 8000, 0.1)));
        OPEN(digits, r.path());
        QCOMPARE((*digits)->info().classNames, (std::vector<std::string>{"7", "8"}));
        VERIFY_NOTE((*digits)->info(), "as \"7\" of 7_jackson_0.wav: 2 classes");
        OPEN(speakers, r.path() + ":name_part=2");
        QCOMPARE((*speakers)->info().classNames, (std::vector<std::string>{"jackson", "theo"}));
        QVERIFY(QString::fromStdString(refusalOf(r.path() + ":name_part=4")).startsWith("data.classes"));
        Recordings numbered;
        for (const char* name : {"cat1", "cat2", "dog1", "dog2", "dog31"})
            numbered.add(QString("%1.wav").arg(name), wav(tone(500, 8000, 0.1)));
        OPEN(animals, numbered.path());
        QCOMPARE((*animals)->info().classNames, (std::vector<std::string>{"cat", "dog"}));
    }
    void encodings_data() {
        QTest::addColumn<int>("bits");
        QTest::addColumn<bool>("floats");
        QTest::addColumn<float>("tolerance");
        QTest::newRow("8 bits") << 8 << false << 0.35f; // its noise is in all bands
        QTest::newRow("16 bits") << 16 << false << 0.01f;
        QTest::newRow("24 bits") << 24 << false << 0.01f;
        QTest::newRow("32 bits") << 32 << false << 0.01f;
        QTest::newRow("float") << 32 << true << 0.01f;
        QTest::newRow("double") << 64 << true << 0.01f;
    }
    void encodings() {
        QFETCH(int, bits);
        QFETCH(bool, floats);
        QFETCH(float, tolerance);
        Recordings r;
        r.add("a/1.wav", wav(risingTone()));
        r.add("b/1.wav", wav(risingTone(), {8000, 2, bits, floats}));
        OPEN(data, r.path());
        const auto first = inputOf(**data, Part::Train, 0), second = inputOf(**data, Part::Train, 1);
        for (std::size_t i = 0; i < first.size(); ++i)
            QVERIFY(std::abs(first[i] - second[i]) <= tolerance);
        VERIFY_NOTE((*data)->info(), "1 recording of several channels is mixed to one");
    }
    void otherFormats() {
        Recordings r;
        for (const char* name : {"a/0.wav", "b/0.wav"})
            writeAs(r.add(name, {}), SF_FORMAT_WAV | SF_FORMAT_PCM_16, tone(1000, 16000, 0.5), 16000);
        writeAs(r.files.path("b/1.flac"), SF_FORMAT_FLAC | SF_FORMAT_PCM_16, tone(1000, 16000, 0.5), 16000);
        writeAs(r.files.path("b/2.ogg"), SF_FORMAT_OGG | SF_FORMAT_VORBIS, tone(1000, 16000, 0.5), 16000);
        writeAs(r.files.path("b/3.aiff"), SF_FORMAT_AIFF | SF_FORMAT_PCM_16, tone(1000, 16000, 0.5), 16000);
        writeAs(r.files.path("b/4.wav"), SF_FORMAT_WAV | SF_FORMAT_ULAW, tone(1000, 16000, 0.5), 16000);
        writeAs(r.files.path("b/5.mp3"), SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, tone(1000, 16000, 0.5),
                16000);
        OPEN(data, r.path());
        QCOMPARE((*data)->info().trainSize, 7);
        for (std::int64_t i = 1; i < 7; ++i)
            QCOMPARE(loudestBand(**data, i, 25), loudestBand(**data, 0, 25));
        QCOMPARE(inputOf(**data, Part::Train, 2), inputOf(**data, Part::Train, 0)); // FLAC loses nothing
    }
    /// Its decoder would pass over most of that, and write to the error stream.
    void damagedMp3IsRefused_data() {
        QTest::addColumn<int>("damage");
        QTest::addColumn<QString>("why");
        QTest::newRow("sound") << 0 << QString();
        QTest::newRow("cut") << 1 << QStringLiteral("It ends before its last sample");
        QTest::newRow("bytes between") << 2 << QStringLiteral("The file is damaged: behind");
        QTest::newRow("overwritten") << 3 << QStringLiteral("The file is damaged: behind");
        QTest::newRow("tags at both ends") << 4 << QString();
        QTest::newRow("a tag alone") << 5 << QStringLiteral("its tag reaches beyond its end");
    }
    void damagedMp3IsRefused() {
        QFETCH(int, damage);
        QFETCH(QString, why);
        Recordings r;
        for (const char* name : {"a/0.wav", "b/0.wav"})
            r.add(name, wav(tone(1000, 16000, 0.5), {16000, 1, 16, false}));
        const std::string path = r.files.path("b/1.mp3");
        writeAs(path, SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, tone(1000, 16000, 0.5), 16000);
        QFile file(QString::fromStdString(path));
        QVERIFY(file.open(QIODevice::ReadWrite));
        QByteArray bytes = file.readAll();
        const QByteArray tag("ID3\x03\0\0\0\0\0\x0a", 10);
        const qsizetype middle = bytes.indexOf(bytes.left(2), bytes.size() / 2);
        QVERIFY(middle > 0);
        if (damage == 1) bytes.chop(10);
        if (damage == 2) bytes.insert(middle, QByteArray(100, 'x'));
        if (damage == 3) bytes.replace(middle, 40, QByteArray(40, '\xff'));
        if (damage == 4) bytes = tag + QByteArray(10, '\0') + bytes + "TAG" + QByteArray(125, ' ');
        if (damage == 5) bytes = tag.left(6) + QByteArray(4, '\x7f') + bytes;
        file.resize(0);
        file.seek(0);
        file.write(bytes);
        file.close();
        ErrorStream errors;
        const auto data = shippedCatalog().open(r.path());
        QCOMPARE(errors.end(), QByteArray());
        QCOMPARE(static_cast<bool>(data), why.isEmpty());
        if (data) return;
        const QString said = QString::fromStdString(oneLine(data.error()));
        QVERIFY2(said.contains(why) && said.contains("1.mp3"), qPrintable(said));
    }
    /// The same tone recorded at other rates; nothing is folded down from above.
    void otherRatesAreResampled() {
        Recordings r;
        for (int i = 0; i < 3; ++i)
            r.add(QString("a/%1.wav").arg(i), wav(tone(1000, 16000, 0.5), {16000, 1, 16, false}));
        r.add("b/0.wav", wav(tone(1000, 44100, 0.5), {44100, 2, 24, false}));
        r.add("b/1.wav", wav(tone(1000, 8000, 0.5), {8000, 1, 16, false}));
        r.add("b/2.wav", wav(tone(15000, 44100, 0.5), {44100, 1, 16, false}));
        OPEN(data, r.path());
        const auto wanted = loudestBand(**data, 0, 25);
        QCOMPARE(loudestBand(**data, 3, 25), wanted);
        QCOMPARE(loudestBand(**data, 4, 25), wanted);
        VERIFY_NOTE((*data)->info(), "3 recordings of another are resampled, 1 of a lower one");
        // Within the recording the values are those of the one that was not resampled, where they are heard.
        const auto first = inputOf(**data, Part::Train, 0), second = inputOf(**data, Part::Train, 3);
        const std::int64_t frames = (*data)->info().input.width;
        for (std::int64_t band = wanted - 2; band <= wanted + 2; ++band)
            QVERIFY(std::abs(first[band * frames + 25] - second[band * frames + 25]) < 0.01f);
    }
    void lengthIsThatOfMost() {
        Recordings r;
        for (int i = 0; i < 38; ++i)
            r.add(QString("a/%1.wav").arg(i), wav(tone(500, 8000, 0.4)));
        r.add("b/long.wav", wav(tone(500, 8000, 2)));
        r.add("b/short.wav", wav(tone(500, 8000, 0.1)));
        OPEN(data, r.path());
        VERIFY_NOTE((*data)->info(), "The length is 0.400 s, which 95 % of the recordings do not exceed");
        VERIFY_NOTE((*data)->info(), "1 shorter one is continued by silence; 1 longer one is cut at the end");
        QCOMPARE((*data)->info().input.width, 41);
        const auto picture = inputOf(**data, Part::Train, 39); // the short one
        for (std::int64_t band = 0; band < 64; ++band)
            QCOMPARE(picture[band * 41 + 20], 0.f);
        OPEN(longer, r.path() + ":duration=4,n_mels=32");
        QVERIFY((*longer)->info().input.width <= 129);
        QCOMPARE((*longer)->info().input.height, 32);
    }
    void sequencesAreTransposed() {
        Recordings r;
        r.add("a/1.wav", wav(risingTone()));
        r.add("b/1.wav", wav(risingTone()));
        OPEN(picture, r.path());
        OPEN(sequence, r.path() + ":sequence=yes");
        const Shape shape = (*picture)->info().input;
        QVERIFY((*sequence)->info().input == Shape::sequence(shape.width, shape.height));
        const auto a = inputOf(**picture, Part::Train, 0), b = inputOf(**sequence, Part::Train, 0);
        for (std::int64_t band = 0; band < shape.height; ++band)
            for (std::int64_t frame = 0; frame < shape.width; ++frame)
                QCOMPARE(a[band * shape.width + frame], b[frame * shape.height + band]);
    }
    void whatIsAlwaysEmptyIsTold() {
        Recordings r;
        r.add("a/1.wav", wav(std::vector<double>(4000)));
        r.add("b/1.wav", wav(tone(500, 8000, 0.5)));
        OPEN(data, r.path() + ":n_mels=200");
        VERIFY_NOTE((*data)->info(), "are always empty: give fewer bands (n_mels)");
        VERIFY_NOTE((*data)->info(), "1 recording is silent");
        QCOMPARE(inputOf(**data, Part::Train, 0), std::vector<float>((*data)->info().input.size()));
    }
    void refusesBadFiles_data() {
        QTest::addColumn<QByteArray>("contents");
        QTest::addColumn<QString>("code");
        const QByteArray good = wav(tone(500, 8000, 0.1));
        const auto changed = [&](int at, const QByteArray& bytes) {
            QByteArray other = good;
            return other.replace(at, bytes.size(), bytes);
        };
        auto broken = tone(500, 8000, 0.1);
        broken[500] = std::numeric_limits<double>::quiet_NaN();
        auto endless = tone(500, 8000, 0.1);
        endless[3] = std::numeric_limits<double>::infinity();
        QTest::newRow("nothing") << QByteArray() << "data.sound.damaged";
        QTest::newRow("text") << QByteArray("this is a text, not a sound") << "data.sound.damaged";
        QTest::newRow("cut") << good.left(900) << "data.sound.damaged";
        QTest::newRow("cut header") << good.left(30) << "data.sound.damaged";
        QTest::newRow("no samples") << wav({}) << "data.sound.empty";
        QTest::newRow("no channels") << changed(22, littleEndian<quint16>(0)) << "data.sound.damaged";
        QTest::newRow("many channels") << changed(22, littleEndian<quint16>(0xffff)) << "data.sound.damaged";
        QTest::newRow("no rate") << changed(24, littleEndian<quint32>(0)) << "data.sound.damaged";
        QTest::newRow("negative rate") << changed(24, littleEndian<qint32>(-8000)) << "data.sound.damaged";
        QTest::newRow("rate far away") << changed(24, littleEndian<quint32>(8)) << "data.sound.damaged";
        QTest::newRow("NaN") << wav(broken, {8000, 1, 32, true}) << "data.sound.values";
        QTest::newRow("infinite") << wav(endless, {8000, 1, 64, true}) << "data.sound.values";
        QTest::newRow("another form") << QByteArray("RIFF\x10\0\0\0AVI LIST", 16) << "data.sound.damaged";
    }
    void refusesBadFiles() {
        QFETCH(QByteArray, contents);
        Recordings r;
        for (int i = 0; i < 3; ++i)
            r.add(QString("a/%1.wav").arg(i), wav(tone(500, 8000, 0.1)));
        const std::string path = r.add("b/bad.wav", contents);
        const auto data = shippedCatalog().open(r.path());
        QVERIFY(!data);
        QTEST(QString::fromStdString(data.error().code), "code");
        QCOMPARE(data.error().where, path);
        QVERIFY(!data.error().mend.empty());
    }
    /// A program that writes to a pipe does not know the length when it writes the header.
    void lengthOfStreamsIsUnknown() {
        Recordings r;
        for (const quint32 size : {0x7ffff000u, 0xffffffffu}) {
            QByteArray streamed = wav(tone(500, 8000, 0.1));
            streamed.replace(40, 4, littleEndian(size));
            r.add(QString("a/%1.wav").arg(size), streamed);
        }
        r.add("b/0.wav", wav(tone(500, 8000, 0.1)));
        OPEN(data, r.path());
        QCOMPARE(inputOf(**data, Part::Train, 0), inputOf(**data, Part::Train, 2));
        QCOMPARE(inputOf(**data, Part::Train, 1), inputOf(**data, Part::Train, 2));
    }
    /// Memory goes by what is taken, not by what a header claims or a file holds.
    void longRecordingsTakeNoMemory() {
        Recordings r;
        r.add("a/0.wav", wav(tone(500, 8000, 0.1)));
        r.add("b/0.wav", wav(std::vector<double>(8'000'000), {8000, 2, 32, false})); // 64 MB
        const std::int64_t before = peakMemory();
        OPEN(data, r.path() + ":duration=0.1");
        QVERIFY2(peakMemory() - before < 20'000'000, qPrintable(QString::number(peakMemory() - before)));
    }
    void refusesBadFoldersAndOptions() {
        Recordings r;
        const std::string file = r.add("a/0.wav", wav(tone(500, 8000, 0.1)));
        QCOMPARE(codeOf(file), "data.sound.file");
        QCOMPARE(codeOf(r.path()), "data.classes");
        r.add("b/0.wav", wav(tone(500, 8000, 0.1)));
        QCOMPARE(codeOf(r.path()), "opened");
        QCOMPARE(codeOf(r.path() + ":fmax=5000"), "data.sound.band");
        QCOMPARE(codeOf(r.path() + ":fmin=4000"), "data.sound.band");
        QCOMPARE(codeOf(r.path() + ":fmin=300,fmax=3400"), "opened");
        QCOMPARE(codeOf(r.path() + ":duration=600,hop_length=1,n_mels=512"), "data.sound.size");
        QCOMPARE(codeOf(r.path() + ":duration=600,n_mels=8"), "opened");
        r.add("train/a/0.wav", wav(tone(500, 8000, 0.1)));
        r.add("train/b/0.wav", wav(tone(500, 8000, 0.1)));
        r.add("test/c/0.wav", wav(tone(500, 8000, 0.1)));
        QCOMPARE(codeOf(r.path()), "data.sound.class");
        DataFolder empty;
        QCOMPARE(codeOf(empty.path() + ":as=sound"), "data.sound.none");
    }
    /// A spectrogram's axes are frequency and time: turned round, it is of no sound. Sequences have no such
    /// axes.
    void mirroredSpectrogramsAreWarnedOf_data() {
        QTest::addColumn<QString>("augmentation");
        QTest::addColumn<QString>("options");
        QTest::addColumn<QString>("what");
        QTest::newRow("in time") << "flip"
                                 << ""
                                 << "Flip turns time round";
        QTest::newRow("in frequency") << "flip:direction=vertical"
                                      << ""
                                      << "Flip turns frequency round";
        QTest::newRow("in both") << "noise;flip:direction=both"
                                 << ""
                                 << "Flip turns time and frequency round";
        QTest::newRow("others") << "shift;noise;cutout;darken;crop;zoom"
                                << ""
                                << "";
        QTest::newRow("a sequence") << "flip"
                                    << ":sequence=true"
                                    << "";
    }
    void mirroredSpectrogramsAreWarnedOf() {
        QFETCH(QString, augmentation);
        QFETCH(QString, options);
        QFETCH(QString, what);
        Recordings r;
        r.add("a/0.wav", wav(tone(500, 8000, 0.1)));
        r.add("b/0.wav", wav(tone(700, 8000, 0.1)));
        OPEN(data, r.path() + options.toStdString());
        TrainConfig config;
        config.augmentation = *parseAugmentation(augmentation.toStdString());
        const auto seen = fitted(*data, {1, 24, 24}, Fit::Resize); // as a network sees them
        for (const auto& of : {*data, seen, shareOf(*data, 0.5)}) {
            const auto found = warnOfMirrors(*of, config);
            QCOMPARE(found.size(), what.isEmpty() ? 0u : 1u);
            if (!found.empty())
                QVERIFY2(found[0].what.starts_with(what.toStdString()), found[0].what.c_str());
        }
    }
    void theSameFilesAreTheSameData() {
        Recordings r;
        r.add("a/0.wav", wav(tone(500, 8000, 0.1)));
        r.add("b/0.wav", wav(tone(700, 8000, 0.1)));
        OPEN(first, r.path());
        const std::string hash = (*first)->info().sha256;
        OPEN(other, r.path() + ":n_mels=32");
        QVERIFY((*other)->info().sha256 != hash);
        QCOMPARE(hash.size(), 64u);
    }
};

QTEST_GUILESS_MAIN(SoundTest)
#include "sound_test.moc"
