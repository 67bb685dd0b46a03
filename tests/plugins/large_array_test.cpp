#include "files/content_hash.h"
#include "files/large_array.h"
#include "opened.h"
#include "support/several.h"

#include <numeric>

using namespace burdock;

/// Numbers that are more than memory should hold.
class LargeArrayTest : public QObject {
    Q_OBJECT
  private slots:
    void memoryAndDiskHoldTheSame() {
        const QTemporaryDir cache;
        qputenv("XDG_CACHE_HOME", cache.path().toUtf8());
        for (const std::uint64_t most : {std::uint64_t{1} << 20, std::uint64_t{0}}) {
            auto made = LargeArray<float>::make("a.npz", "npz", 5000, most);
            QVERIFY2(made, made ? "" : oneLine(made.error()).c_str());
            QCOMPARE(made->onDisk(), most == 0);
            QCOMPARE((*made)[4999], 0.f);
            std::iota(made->begin(), made->end(), 0.5f);
            made->release(); // it comes again
            const LargeArray<float> moved = std::move(*made);
            QCOMPARE(moved.size(), 5000u);
            QCOMPARE(moved[0], 0.5f);
            QCOMPARE(moved[4999], 4999.5f);
            QVERIFY(QDir(cache.path() + "/burdock").isEmpty()); // the file has no name
        }
        qunsetenv("XDG_CACHE_HOME");
    }
    /// FIPS 180-4's examples, whole and in parts.
    void contentsAreHashed() {
        const std::string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        QCOMPARE(sha256Hex({"abc"}), abc);
        QCOMPARE(sha256Hex({"a", "", "bc"}), abc);
        DataFolder folder;
        QCOMPARE(*sha256OfFile(folder.write("a.txt", "abc")), abc);
        QCOMPARE(*sha256OfFile(folder.write("a.txt.gz", gzipped("abc"))), abc);
    }
    /// An archive may hold more than memory and disk do: that is said with sizes, before any is taken.
    void moreThanTheDiskHoldsIsRefused() {
        DataFolder folder;
        QByteArray header("{'descr': '|u1', 'fortran_order': False, 'shape': (1000000, 4000000), }\n");
        QByteArray start("\x93NUMPY\x01\0", 8);
        start.append(static_cast<char>(header.size())).append('\0').append(header);
        const std::string path = folder.write("x.npy", start);
        folder.write("y.npy", [] {
            QByteArray classes("{'descr': '|u1', 'fortran_order': False, 'shape': (1000000,), }\n");
            const char length = static_cast<char>(classes.size());
            QByteArray all =
                QByteArray("\x93NUMPY\x01\0", 8) + length + '\0' + classes + QByteArray(500'000, '\0');
            return all + QByteArray(500'000, '\1');
        }());
        if (!QFile::resize(QString::fromStdString(path), start.size() + 4'000'000'000'000))
            QSKIP("The disk takes no file with so large a hole.");
        const std::int64_t before = peakMemory();
        const auto data = shippedCatalog().open(folder.path());
        QVERIFY(!data);
        QCOMPARE(data.error().code, "data.npz.disk");
        QVERIFY2(data.error().why.starts_with("3814697 MB are needed in "), data.error().why.c_str());
        QVERIFY(peakMemory() - before < 100'000'000);
    }
};

ADD_TEST_CLASS(LargeArrayTest)
#include "large_array_test.moc"
