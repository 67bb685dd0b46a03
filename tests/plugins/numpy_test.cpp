#include "arrays.h"
#include "opened.h"
#include "support/several.h"

#include <QDir>
#include <QFile>
#include <QtTest>

#include <cmath>
#include <limits>

using namespace burdock;

namespace {

/// The numbers of a type, with its name in NumPy.
template <class T>
QByteArray numbersOf(bool bigEndian) {
    return packed<T>({T(0), T(1), T(2), T(3), T(4), T(5), T(6), T(7)}, bigEndian);
}

} // namespace

class NumpyTest : public QObject {
    Q_OBJECT
  private slots:
    /// Made by np.savez_compressed of NumPy 1.24.
    void realArchive() {
        const QByteArray archive = QByteArray::fromBase64(
            "UEsDBBQAAAAIAAAAIQD4gzMAWQAAAJAAAAALABQAeF90cmFpbi5ucHkBABAAkAAAAAAAAABZAAAAAAAAAJvs"
            "F+obEMnIUMZQrZ6SWpxcpG6loF5Taqiuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GiY6CkZApKmj"
            "UKtAHuBiEFQydglNK++YuWr3mbvv/gMAUEsDBBQAAAAIAAAAIQDScJ12SwAAAKAAAAALABQAeV90cmFpbi5u"
            "cHkBABAAoAAAAAAAAABLAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TaaGuo6Cell9UUpSYF59flJIK"
            "EndLzClOBYoXZyQWpAL5GiY6mjoKtQoUAC4GKGBEo2EAAFBLAQIUAxQAAAAIAAAAIQD4gzMAWQAAAJAAAAAL"
            "AAAAAAAAAAAAAACAAQAAAAB4X3RyYWluLm5weVBLAQIUAxQAAAAIAAAAIQDScJ12SwAAAKAAAAALAAAAAAAA"
            "AAAAAACAAZYAAAB5X3RyYWluLm5weVBLBQYAAAAAAgACAHIAAAAeAQAAAAA=");
        DataFolder folder;
        OPEN(data, folder.write("small.npz", archive));
        const DatasetInfo& info = (*data)->info();
        QVERIFY((info.input == Shape{1, 2, 2}));
        QCOMPARE(info.trainSize, 4);
        QCOMPARE(info.task, Task::Binary);
        QCOMPARE(inputOf(**data, Part::Train, 3),
                 (std::vector<float>{204 / 255.f, 221 / 255.f, 238 / 255.f, 1.f}));
        QCOMPARE(targetOf(**data, Part::Train, 2)[0], 1.f);
    }
    /// As keras.datasets.mnist keeps it.
    void pixelsWithTestPart() {
        DataFolder folder;
        const QByteArray pixels("\x00\xff\x33\x66\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c", 16);
        const std::string path =
            writeZip(folder, "mnist.npz",
                     {{"x_test.npy", npy("|u1", "(1, 2, 2)", QByteArray("\x0a\x14\x1e\x28", 4))},
                      {"x_train.npy", npy("|u1", "(4, 2, 2)", pixels)},
                      {"y_train.npy", npy("|u1", "(4,)", QByteArray("\x00\x02\x00\x02", 4))},
                      {"y_test.npy", npy("|u1", "(1,)", QByteArray("\x02", 1))}});
        OPEN(data, path);
        const DatasetInfo& info = (*data)->info();
        QCOMPARE(info.title, "mnist");
        QCOMPARE(info.testSize, 1);
        QCOMPARE(info.classNames, (std::vector<std::string>{"0", "2"}));
        QVERIFY(!info.standardise);
        QCOMPARE(inputOf(**data, Part::Train, 0), (std::vector<float>{0.f, 1.f, 0.2f, 0.4f}));
        QCOMPARE(inputOf(**data, Part::Test, 0)[0], 10.f / 255.f);
        QCOMPARE(targetOf(**data, Part::Test, 0)[0], 1.f);
        VERIFY_NOTE(info, "The input is x_train (4 × 2 × 2 of uint8), the target y_train");
        VERIFY_NOTE(info, "Values from 0 to 255 are scaled to 0 to 1");
        OPEN(kept, path + ":scale=keep");
        QCOMPARE(inputOf(**kept, Part::Train, 0)[1], 255.f);
    }
    void numberTypes_data() {
        QTest::addColumn<QString>("type");
        QTest::addColumn<QByteArray>("values");
        for (const bool big : {false, true}) {
            const auto row = [&](const char* type, const QByteArray& values) {
                const QString name = QString(big ? ">" : "<") + type;
                QTest::newRow(qPrintable(name)) << name << values;
            };
            row("u1", numbersOf<std::uint8_t>(big));
            row("u2", numbersOf<std::uint16_t>(big));
            row("u4", numbersOf<std::uint32_t>(big));
            row("u8", numbersOf<std::uint64_t>(big));
            row("i1", numbersOf<std::int8_t>(big));
            row("i2", numbersOf<std::int16_t>(big));
            row("i4", numbersOf<std::int32_t>(big));
            row("i8", numbersOf<std::int64_t>(big));
            row("f2",
                packed<std::uint16_t>({0, 0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600, 0x4700}, big));
            row("f4", numbersOf<float>(big));
            row("f8", numbersOf<double>(big));
        }
    }
    /// As inputs and as numbers to predict, in either order of the axes.
    void numberTypes() {
        QFETCH(QString, type);
        QFETCH(QByteArray, values);
        for (const bool fortran : {false, true}) {
            DataFolder folder;
            folder.write("x.npy", npy(qPrintable(type), "(4, 2)", values, fortran));
            folder.write("y.npy", npy(qPrintable(type), "(4, 2)", values, fortran));
            OPEN(data, folder.path("x.npy"));
            QCOMPARE((*data)->info().task, Task::Regression);
            QCOMPARE((*data)->info().targets, 2);
            QVERIFY((*data)->info().standardise && (*data)->info().standardiseTargets);
            const auto wanted = fortran ? std::vector<float>{1, 5} : std::vector<float>{2, 3};
            QCOMPARE(inputOf(**data, Part::Train, 1), wanted);
            QCOMPARE(targetOf(**data, Part::Train, 1), wanted);
        }
    }
    void negativeAndFractional() {
        DataFolder folder;
        folder.write("x.npy", npy("<i2", "(2, 2)", packed<std::int16_t>({-1, -32768, 32767, 0})));
        folder.write("y.npy", npy("<f2", "(2, 2)", packed<std::uint16_t>({0xbe00, 0x0001, 0x3555, 0x7bff})));
        OPEN(data, folder.path());
        QCOMPARE(inputOf(**data, Part::Train, 0), (std::vector<float>{-1, -32768}));
        QCOMPARE(targetOf(**data, Part::Train, 0), (std::vector<float>{-1.5f, 5.9604645e-8f}));
        QCOMPARE(targetOf(**data, Part::Train, 1), (std::vector<float>{0.33325195f, 65504.f}));
    }
    void layouts_data() {
        QTest::addColumn<QString>("shape");
        QTest::addColumn<QString>("option");
        QTest::addColumn<QString>("wanted");
        QTest::addColumn<QList<float>>("second"); ///< of the second sample, its first values
        QTest::newRow("one number") << "(4,)"
                                    << ""
                                    << "1×1×1" << QList<float>{1};
        QTest::newRow("features") << "(4, 6)"
                                  << ""
                                  << "6×1×1" << QList<float>{6, 7};
        QTest::newRow("grey") << "(4, 3, 4)"
                              << ""
                              << "1×3×4" << QList<float>{12, 13};
        QTest::newRow("sequence") << "(4, 6, 2)"
                                  << ""
                                  << "1×6×2 sequence" << QList<float>{12, 13};
        QTest::newRow("told grey") << "(4, 6, 2)"
                                   << ":layout=channels_last"
                                   << "1×6×2" << QList<float>{12, 13};
        QTest::newRow("told sequence") << "(4, 3, 4)"
                                       << ":layout=sequence"
                                       << "1×3×4 sequence" << QList<float>{12};
        QTest::newRow("channels last") << "(4, 2, 5, 3)"
                                       << ""
                                       << "3×2×5" << QList<float>{30, 33, 36};
        QTest::newRow("channels first") << "(4, 3, 2, 5)"
                                        << ""
                                        << "3×2×5" << QList<float>{30, 31, 32};
        QTest::newRow("told first") << "(4, 3, 2, 3)"
                                    << ":layout=channels_first"
                                    << "3×2×3" << QList<float>{18, 19};
        QTest::newRow("told last") << "(4, 3, 2, 5)"
                                   << ":layout=channels_last"
                                   << "5×3×2" << QList<float>{30, 35};
        QTest::newRow("few channels last") << "(4, 6, 6, 2)"
                                           << ""
                                           << "2×6×6" << QList<float>{72, 74};
    }
    void layouts() {
        QFETCH(QString, shape);
        QFETCH(QString, option);
        std::vector<float> values;
        int count = 1;
        for (const QString& size : QString(shape).remove('(').remove(')').split(',', Qt::SkipEmptyParts))
            count *= size.trimmed().toInt();
        for (int i = 0; i < count; ++i)
            values.push_back(static_cast<float>(i) + (i == 0 ? 0.5f : 0.f)); // not bytes
        DataFolder folder;
        const std::string path = writeZip(
            folder, "a.npz", {{"x.npy", npy("<f4", qPrintable(shape), packed(values))}, {"y.npy", labels()}});
        OPEN(data, path + option.toStdString());
        const Shape input = (*data)->info().input;
        QFETCH(QString, wanted);
        QCOMPARE(QString("%1×%2×%3").arg(input.channels).arg(input.height).arg(input.width) +
                     (input.isSequence() ? " sequence" : ""),
                 wanted);
        QFETCH(QList<float>, second);
        const auto sample = inputOf(**data, Part::Train, 1);
        for (qsizetype i = 0; i < second.size(); ++i)
            QCOMPARE(sample[static_cast<std::size_t>(i)], second[i]);
    }
    void targets_data() {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QString>("option");
        QTest::addColumn<QString>("task");
        QTest::addColumn<QStringList>("classes");
        QTest::addColumn<QList<float>>("third"); ///< target of the third sample
        using Strings = QStringList;
        using Floats = QList<float>;
        QTest::newRow("column") << npy("<i4", "(4, 1)", packed<std::int32_t>({5, 7, 7, 5})) << ""
                                << "binary" << Strings{"5", "7"} << Floats{1};
        QTest::newRow("truth") << npy("|b1", "(4,)", QByteArray("\0\1\1\0", 4)) << ""
                               << "binary" << Strings{"0", "1"} << Floats{1};
        QTest::newRow("whole floats") << npy("<f8", "(4,)", packed<double>({-1, 1, 1, -1})) << ""
                                      << "binary" << Strings{"-1", "1"} << Floats{1};
        QTest::newRow("numbers") << npy("<f8", "(4,)", packed<double>({1.5, 2, 2.5, 3})) << ""
                                 << "regression" << Strings{} << Floats{2.5f};
        QTest::newRow("all different") << npy("<i8", "(4,)", packed<std::int64_t>({10, 25, 31, 47})) << ""
                                       << "regression" << Strings{} << Floats{31};
        QTest::newRow("told classes")
            << npy("<i8", "(4,)", packed<std::int64_t>({10, 25, 31, 47})) << ":task=classification"
            << "multiclass" << Strings{"10", "25", "31", "47"} << Floats{2};
        QTest::newRow("told numbers")
            << npy("<i8", "(4,)", packed<std::int64_t>({0, 1, 1, 0})) << ":task=regression"
            << "regression" << Strings{} << Floats{1};
        QTest::newRow("one-hot") << npy("|u1", "(4, 3)", QByteArray("\1\0\0\0\1\0\0\0\1\1\0\0", 12)) << ""
                                 << "multiclass" << Strings{"0", "1", "2"} << Floats{2};
        QTest::newRow("labels") << npy("<f4", "(4, 2)", packed<float>({1, 1, 0, 1, 0, 0, 1, 0})) << ""
                                << "multilabel" << Strings{"0", "1"} << Floats{0, 0};
        QTest::newRow("bytes") << npy("|S3", "(4,)",
                                      QByteArray("cat"
                                                 "do\0"
                                                 "cat"
                                                 "do\0",
                                                 12))
                               << ""
                               << "binary" << Strings{"cat", "do"} << Floats{0};
        QTest::newRow("text") << npy("<U4", "(4,)", utf32({"róka", "őz", "őz", "borz"}, 4)) << ""
                              << "multiclass" << Strings{"borz", "róka", "őz"} << Floats{2};
    }
    void targets() {
        QFETCH(QByteArray, target);
        QFETCH(QString, option);
        QFETCH(QStringList, classes);
        QFETCH(QList<float>, third);
        DataFolder folder;
        folder.write("X.npy", features());
        folder.write("labels.npy", target);
        OPEN(data, folder.path() + option.toStdString());
        const DatasetInfo& info = (*data)->info();
        QTEST(QString::fromStdString(std::string(info.task.id())), "task");
        QStringList names;
        for (const std::string& name : info.classNames)
            names << QString::fromStdString(name);
        QCOMPARE(names, classes);
        const auto got = targetOf(**data, Part::Train, 2);
        QCOMPARE(QList<float>(got.begin(), got.end()), third);
    }
    void roles_data() {
        QTest::addColumn<QStringList>("names"); ///< features, targets, and those of further parts
        QTest::addColumn<QString>("option");
        QTest::addColumn<int>("train");
        QTest::addColumn<int>("test");
        QTest::addColumn<int>("validation");
        using Names = QStringList;
        QTest::newRow("x y") << Names{"x", "y"} << "" << 4 << 0 << 0;
        QTest::newRow("X y") << Names{"X", "y"} << "" << 4 << 0 << 0;
        QTest::newRow("data labels") << Names{"data", "labels"} << "" << 4 << 0 << 0;
        QTest::newRow("data target") << Names{"data", "target"} << "" << 4 << 0 << 0;
        QTest::newRow("images labels") << Names{"images", "labels"} << "" << 4 << 0 << 0;
        QTest::newRow("numbered") << Names{"arr_0", "arr_1"} << "" << 4 << 0 << 0;
        QTest::newRow("numbered parts") << Names{"arr_0", "arr_1", "arr_2", "arr_3"} << "" << 4 << 4 << 0;
        QTest::newRow("Keras") << Names{"x_train", "y_train", "x_test", "y_test"} << "" << 4 << 4 << 0;
        QTest::newRow("camel case") << Names{"xTrain", "yTrain", "xTest", "yTest"} << "" << 4 << 4 << 0;
        QTest::newRow("together") << Names{"Xtrain", "ytrain", "Xtest", "ytest"} << "" << 4 << 4 << 0;
        QTest::newRow("MedMNIST") << Names{"train_images", "train_labels", "test_images",
                                           "test_labels",  "val_images",   "val_labels"}
                                  << "" << 8 << 4 << 4;
        QTest::newRow("validation only")
            << Names{"x_train", "y_train", "x_val", "y_val"} << "" << 4 << 4 << 0;
        QTest::newRow("any two") << Names{"spectra", "species"} << "" << 4 << 0 << 0;
        QTest::newRow("folders") << Names{"/etc/x", "../y"} << "" << 4 << 0 << 0;
        QTest::newRow("named") << Names{"a_train", "b_train", "a_test", "b_test"}
                               << ":input=a_train,target=b_train" << 4 << 4 << 0;
    }
    void roles() {
        QFETCH(QStringList, names);
        QFETCH(QString, option);
        Entries entries;
        for (qsizetype i = 0; i < names.size(); ++i)
            entries.emplace_back(names[i].toUtf8() + ".npy", i % 2 == 0 ? features() : labels());
        DataFolder folder;
        OPEN(data, writeZip(folder, "a.npz", entries, /*deflated=*/false) + option.toStdString());
        QFETCH(int, train);
        QFETCH(int, test);
        QCOMPARE((*data)->info().trainSize, train);
        QCOMPARE((*data)->info().testSize, test);
        QTEST(static_cast<int>((*data)->info().validationSize), "validation");
        QCOMPARE((*data)->info().task, Task::Binary);
        QCOMPARE(inputOf(**data, Part::Train, 1), (std::vector<float>{1.f, .25f}));
    }
    /// scikit-learn's train_test_split gives both inputs first.
    void numberedBySplit() {
        DataFolder folder;
        const QByteArray input = npy("<f4", "(2, 2)", packed<float>({9, 8, 7, 6})),
                         target = npy("<i8", "(2,)", packed<std::int64_t>({1, 0}));
        OPEN(data, writeZip(folder, "a.npz",
                            {{"arr_0.npy", features()},
                             {"arr_1.npy", input},
                             {"arr_2.npy", labels()},
                             {"arr_3.npy", target}}));
        QCOMPARE((*data)->info().testSize, 2);
        QCOMPARE(inputOf(**data, Part::Test, 1), (std::vector<float>{7, 6}));
    }
    /// Beside other arrays, the file that was given counts.
    void givenFileIsTheInput() {
        DataFolder folder;
        folder.write("x.npy", npy("<f4", "(3, 1)", packed<float>({1, 2, 3})));
        const std::string given = folder.write("spectra.npy", features());
        folder.write("y.npy", labels());
        OPEN(data, given);
        QCOMPARE((*data)->info().input.channels, 2);
        QCOMPARE(codeOf(folder.path("y.npy")), "data.npz.count"); // x and y
        folder.write("y.npy", npy("<i8", "(3,)", packed<std::int64_t>({0, 1, 0})));
        QCOMPARE(codeOf(folder.path("y.npy")), "opened");
    }
    /// Such as features that were computed of the pictures in a folder.
    void oneFileMakesNoFolderOfArrays() {
        DataFolder folder;
        folder.write("x.npy", features());
        QCOMPARE(codeOf(folder.path()), "dataset.format");
        folder.write("y.npy", labels());
        QCOMPARE(codeOf(folder.path()), "opened");
    }
    /// Single precision has 24 bits: of numbers about 1.7e9 it tells those only that are 128 apart.
    void smallChangesOfLargeNumbersAreKept() {
        DataFolder folder;
        std::vector<double> inputs, targets;
        for (int i = 0; i < 150; ++i) {
            inputs.insert(inputs.end(), {1.6e9 + i, 3.0 * i});
            targets.push_back(1.7e9 + i);
        }
        folder.write("x.npy", npy("<f8", "(150, 2)", packed(inputs)));
        folder.write("y.npy", npy("<f8", "(150,)", packed(targets)));
        OPEN(data, folder.path());
        const DatasetInfo& info = (*data)->info();
        QCOMPARE(info.targetOffsets, std::vector<double>{1.7e9});
        QVERIFY(info.standardise);
        for (const int i : {0, 1, 77, 149}) {
            const auto value = static_cast<float>(i);
            QCOMPARE(targetOf(**data, Part::Train, i), std::vector<float>{value});
            QCOMPARE(inputOf(**data, Part::Train, i), (std::vector<float>{value, 3 * value}));
        }
        VERIFY_NOTE(info, "The numbers of y are learned less");
        VERIFY_NOTE(info, "1 feature changes little beside its size");
        DataFolder further;
        further.write("x.npy", npy("<f8", "(1, 2)", packed<double>({1.6e9 + 5, 7})));
        const auto fresh = (*data)->readNew(further.path("x.npy"));
        QVERIFY(fresh);
        std::vector<float> values(2);
        (*fresh)->readInput(0, values.data());
        QCOMPARE(values, (std::vector<float>{5, 7}));
        OPEN(kept, folder.path() + ":scale=keep");
        QCOMPARE(inputOf(**kept, Part::Train, 0), (std::vector<float>{1.6e9f, 0.f}));
    }
    void missingValuesAreCounted() {
        DataFolder folder;
        const float nan = std::numeric_limits<float>::quiet_NaN();
        folder.write("x.npy", npy("<f4", "(4, 2)", packed<float>({1, nan, 2, 3, nan, 4, 5, 6})));
        folder.write("y.npy", labels());
        OPEN(data, folder.path("y.npy"));
        QCOMPARE((*data)->info().missingValues, 2);
        QVERIFY(std::isnan(inputOf(**data, Part::Train, 0)[1]));
        VERIFY_NOTE((*data)->info(), "2 missing values are replaced");
    }
    /// Floats and long integers that are pixels are kept as bytes.
    void pixelsInOtherTypes() {
        for (const char* type : {"<f8", "<i8"}) {
            DataFolder folder;
            const auto bytes =
                type[1] == 'f' ? packed<double>({0, 255, 51, 102}) : packed<std::int64_t>({0, 255, 51, 102});
            folder.write("x.npy", npy(type, "(2, 1, 2)", bytes));
            folder.write("y.npy", npy("<i8", "(2,)", packed<std::int64_t>({3, 4})));
            OPEN(data, folder.path() + ":task=classification,layout=channels_first");
            QCOMPARE(inputOf(**data, Part::Train, 0), (std::vector<float>{0.f, 1.f}));
            QCOMPARE(inputOf(**data, Part::Train, 1), (std::vector<float>{0.2f, 0.4f}));
            VERIFY_NOTE((*data)->info(), "Values from 0 to 255");
        }
    }
    void compressedFileIsTheSame() {
        DataFolder folder;
        folder.write("x.npy.gz", gzipped(features()));
        folder.write("y.npy", labels());
        OPEN(data, folder.path());
        QCOMPARE(inputOf(**data, Part::Train, 1), (std::vector<float>{1.f, .25f}));
    }
    /// Floats, and a block, but no copy of what is in the file.
    void memoryIsThatOfFloats() {
        DataFolder folder;
        constexpr int rows = 2'000'000;
        QFile file(QString::fromStdString(folder.path("x.npy")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        const QByteArray block = packed(std::vector<double>(100'000, 0.25));
        file.write(npy("<f8", "(2000000, 4)", {}));
        for (int i = 0; i < 80; ++i)
            file.write(block);
        file.close();
        QByteArray classes(rows, '\0');
        for (int i = 0; i < rows; i += 2)
            classes[i] = '\1';
        folder.write("y.npy", npy("|u1", "(2000000,)", classes));
        classes = {};
        const std::int64_t before = peakMemory();
        OPEN(data, folder.path());
        const std::int64_t values = 4ll * rows * 4, targets = (4ll + 8) * rows;
        QVERIFY2(peakMemory() - before < values + 2 * targets,
                 qPrintable(QString::number(peakMemory() - before)));
    }
};

ADD_TEST_CLASS(NumpyTest)

int main(int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    return burdock::test::runClasses(argc, argv);
}
#include "numpy_test.moc"
