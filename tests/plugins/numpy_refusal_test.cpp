#include "arrays.h"
#include "opened.h"
#include "support/several.h"

#include <QFile>
#include <QtTest>

#include <cmath>
#include <limits>

using namespace burdock;

/// Arrays and archives that are damaged, hostile, or do not belong together.
class NumpyRefusalTest : public QObject {
    Q_OBJECT
  private slots:
    void refusesBadInput_data() {
        QTest::addColumn<QByteArray>("input");
        QTest::addColumn<QString>("code");
        const auto dictionary = [](const char* text, const QByteArray& values = QByteArray(32, '\1')) {
            return npyOf(text, values);
        };
        const QByteArray eight(32, '\1');
        QTest::newRow("nothing") << QByteArray() << "data.empty";
        QTest::newRow("no magic") << QByteArray(40, 'x') << "data.npz.header";
        QTest::newRow("cut header") << features().left(20) << "data.truncated";
        QTest::newRow("cut values") << features().left(features().size() - 1) << "data.truncated";
        QTest::newRow("too long") << features() + "x"
                                  << "data.npz.length";
        QTest::newRow("version 9") << npyOf("{'descr': '<f4', 'fortran_order': False, 'shape': (4, 2), }",
                                            eight, 9)
                                   << "data.npz.header";
        QTest::newRow("objects") << npy("|O", "(4, 2)", eight) << "data.npz.objects";
        QTest::newRow("fields") << dictionary(
                                       "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (4, 2), }")
                                << "data.npz.type";
        QTest::newRow("complex") << npy("<c8", "(2, 2)", eight) << "data.npz.type";
        QTest::newRow("long double") << npy("<f16", "(1, 2)", eight) << "data.npz.type";
        QTest::newRow("dates") << npy("<M8[ns]", "(2, 2)", eight) << "data.npz.type";
        QTest::newRow("3 bytes") << npy("<i3", "(4, 2)", eight) << "data.npz.type";
        QTest::newRow("negative") << npy("<f4", "(-4, -2)", eight) << "data.npz.header";
        QTest::newRow("2^63") << npy("<f4", "(9223372036854775808, 2)", eight) << "data.npz.header";
        QTest::newRow("2^62") << npy("<f4", "(4611686018427387904, 4)", eight) << "data.truncated";
        QTest::newRow("wraps to 8") << npy("<f4", "(4294967296, 4294967297)", eight) << "data.truncated";
        QTest::newRow("zero") << npy("<f4", "(4, 0)", QByteArray()) << "data.empty";
        QTest::newRow("expression") << npy("<f4", "(2*2, 2)", eight) << "data.npz.header";
        QTest::newRow("key missing") << dictionary("{'descr': '<f4', 'shape': (4, 2), }")
                                     << "data.npz.header";
        QTest::newRow("key twice")
            << dictionary("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (4, 2), }")
            << "data.npz.header";
        QTest::newRow("key too many")
            << dictionary("{'descr': '<f4', 'fortran_order': False, 'shape': (4, 2), 'x': 1, }")
            << "data.npz.header";
        QTest::newRow("behind it") << dictionary(
                                          "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 2), } or 1")
                                   << "data.npz.header";
        QTest::newRow("number") << dictionary("{'descr': '<f4', 'fortran_order': 0, 'shape': (4, 2), }")
                                << "data.npz.header";
        QTest::newRow("no tuple") << dictionary("{'descr': '<f4', 'fortran_order': False, 'shape': (8), }")
                                  << "data.npz.header";
        QTest::newRow("five axes") << npy("<f4", "(4, 1, 1, 1, 2)", eight) << "data.npz.input";
        QTest::newRow("one value") << npy("<f4", "()", QByteArray(4, '\1')) << "data.npz.count";
        QTest::newRow("texts") << npy("|S8", "(4,)", eight) << "data.npz.input";
        QTest::newRow("other count") << npy("<f4", "(2, 4)", eight) << "data.npz.count";
        QTest::newRow("infinite") << npy("<f8", "(4, 1)", packed<double>({1, 1e300, 2, 3}))
                                  << "data.npz.infinite";
        QTest::newRow("all missing") << npy("<f4", "(4, 2)", QByteArray(32, '\xff')) << "data.empty";
    }
    void refusesBadInput() {
        QFETCH(QByteArray, input);
        QFETCH(QString, code);
        DataFolder folder;
        const std::string file = folder.write("x.npy", input);
        folder.write("y.npy", labels());
        const auto data = shippedCatalog().open(folder.path() + ":as=npz");
        QVERIFY2(!data, "opened");
        QCOMPARE(QString::fromStdString(data.error().code), code);
        if (code != "data.npz.count") QCOMPARE(data.error().where, file);
        QVERIFY(!data.error().what.empty() && !data.error().mend.empty());
        const std::string archive = writeZip(folder, "a.npz", {{"x.npy", input}, {"y.npy", labels()}});
        const auto packed = shippedCatalog().open(archive);
        QVERIFY(!packed && packed.error().where.find("a.npz: ") != std::string::npos);
    }
    void refusesBadTargets_data() {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QString>("code");
        const double nan = std::numeric_limits<double>::quiet_NaN();
        QTest::newRow("NaN") << npy("<f8", "(4,)", packed<double>({0, 1, nan, 1})) << "data.npz.number";
        QTest::newRow("infinite") << npy("<f8", "(4,)", packed<double>({0, 1, INFINITY, 1}))
                                  << "data.npz.number";
        QTest::newRow("beyond a float")
            << npy("<f8", "(4,)", packed<double>({0, 1, 1e39, 1})) << "data.npz.number";
        QTest::newRow("beyond 2^53") << npy("<u8", "(4,)", packed<std::uint64_t>({0, 1, ~0ull, 1}))
                                     << "data.npz.number";
        QTest::newRow("one class") << npy("<i8", "(4,)", packed<std::int64_t>({1, 1, 1, 1}))
                                   << "data.classes";
        QTest::newRow("three axes") << npy("|u1", "(4, 2, 2)", QByteArray(16, '\1')) << "data.npz.target";
        QTest::newRow("texts in columns") << npy("|S1", "(4, 2)", QByteArray(8, 'a')) << "data.npz.target";
        QTest::newRow("fewer") << npy("<i8", "(3,)", packed<std::int64_t>({0, 1, 1})) << "data.npz.count";
    }
    void refusesBadTargets() {
        QFETCH(QByteArray, target);
        QFETCH(QString, code);
        DataFolder folder;
        folder.write("x.npy", features());
        const std::string file = folder.write("y.npy", target);
        const auto data = shippedCatalog().open(folder.path());
        QVERIFY2(!data, "opened");
        QCOMPARE(QString::fromStdString(data.error().code), code);
        QCOMPARE(data.error().where, file);
    }
    void refusesWhatDoesNotBelongTogether() {
        DataFolder folder;
        const auto with = [&](const QByteArray& input, const QByteArray& target) {
            return codeOf(writeZip(folder, "a.npz",
                                   {{"x_train.npy", features()},
                                    {"y_train.npy", labels()},
                                    {"x_test.npy", input},
                                    {"y_test.npy", target}}));
        };
        const QByteArray one = npy("<i8", "(1,)", packed<std::int64_t>({1}));
        QCOMPARE(with(npy("<f4", "(1, 2)", packed<float>({1, 2})), one), "opened");
        QCOMPARE(with(npy("<f4", "(1, 3)", packed<float>({1, 2, 3})), one), "data.npz.shape");
        QCOMPARE(
            with(npy("<f4", "(1, 2)", packed<float>({1, 2})), npy("<i8", "(1,)", packed<std::int64_t>({2}))),
            "data.npz.class");
        QCOMPARE(with(npy("<f4", "(1, 2)", packed<float>({1, 2})), npy("|S1", "(1,)", "a")),
                 "data.npz.target");
        QCOMPARE(
            with(npy("<f4", "(1, 2)", packed<float>({1, 2})), npy("<f4", "(1, 2)", packed<float>({1, 2}))),
            "data.npz.target");
        const std::string several =
            writeZip(folder, "b.npz", {{"a.npy", features()}, {"b.npy", features()}, {"c.npy", labels()}});
        QCOMPARE(codeOf(several), "data.npz.roles");
        QVERIFY(refusalOf(several).find("a (4 × 2 of float32), b") != std::string::npos);
        QCOMPARE(codeOf(several + ":input=d,target=c"), "data.npz.name");
        QCOMPARE(codeOf(several + ":input=b,target=c"), "opened");
    }
    void refusesBadArchives() {
        DataFolder folder;
        const std::string path =
            writeZip(folder, "a.npz", {{"x.npy", features()}, {"y.npy", labels()}}, false);
        QFile file(QString::fromStdString(path));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray good = file.readAll();
        QCOMPARE(codeOf(path), "opened");
        for (const qsizetype length : {4, 30, 100, 300})
            QCOMPARE(codeOf(folder.write("cut.npz", good.left(length))), "data.damaged");
        QByteArray flipped = good;
        flipped[flipped.indexOf("\n", 60) + 5] ^= 1; // a value: the checksum tells
        QCOMPARE(codeOf(folder.write("flipped.npz", flipped)), "data.damaged");
        QByteArray twice = good;
        QCOMPARE(codeOf(folder.write("twice.npz", twice.replace("y.npy", "x.npy"))), "data.damaged");
        QCOMPARE(codeOf(writeZip(folder, "other.npz", {{"readme.txt", "no array"}})), "data.npz.none");
        QCOMPARE(codeOf(folder.write("empty.npz", "") + ":as=npz"), "data.empty");
        QCOMPARE(codeOf(folder.write("text.npz", "PK is no archive")), "data.damaged");
    }
    /// Deflate could make 1,032 times the entry of it, and no more.
    void bombsTakeNoMemory() {
        DataFolder folder;
        const QByteArray bomb = npy("<f4", "(100000, 40000)", QByteArray(1'000'000, '\0'));
        const std::int64_t before = peakMemory();
        QCOMPARE(codeOf(writeZip(folder, "a.npz", {{"x.npy", bomb}, {"y.npy", labels()}})), "data.truncated");
        QVERIFY2(peakMemory() - before < 50'000'000, qPrintable(QString::number(peakMemory() - before)));
    }
};

ADD_TEST_CLASS(NumpyRefusalTest)
#include "numpy_refusal_test.moc"
