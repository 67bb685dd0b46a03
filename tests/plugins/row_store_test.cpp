#include "row_store.h"
#include "table.h"

#include <QDir>

#include <numeric>

using namespace burdock;

class RowStoreTest : public QObject {
    Q_OBJECT
  private slots:
    void memoryAndDiskHoldTheSame() {
        const QTemporaryDir cache;
        qputenv("XDG_CACHE_HOME", cache.path().toUtf8());
        Values rows(300);
        std::iota(rows.begin(), rows.end(), 0.5f);
        for (const std::uint64_t most : {std::uint64_t{1} << 20, std::uint64_t{0}}) {
            auto store = RowStore::make("t.csv", 100, 3, most);
            QVERIFY2(store, store ? "" : oneLine(store.error()).c_str());
            QCOMPARE(store->onDisk(), most == 0);
            QVERIFY(store->append(std::span(rows).first(30)));
            QVERIFY(store->append(std::span(rows).subspan(30)));
            const RowStore moved = std::move(*store);
            QCOMPARE(moved.rows(), 100);
            Values read(6);
            moved.read(97, 2, read.data());
            QCOMPARE(read, (Values{291.5, 292.5, 293.5, 294.5, 295.5, 296.5}));
            QVERIFY(QDir(cache.path() + "/burdock").isEmpty()); // the file has no name
        }
    }
    void refusesWhatTheDiskCannotHold() {
        const QTemporaryDir cache;
        qputenv("XDG_CACHE_HOME", cache.path().toUtf8());
        const auto store = RowStore::make("t.csv", 1LL << 40, 1000);
        QVERIFY(!store);
        QCOMPARE(store.error().code, "data.csv.disk");
    }
};

ADD_TEST_CLASS(RowStoreTest)
#include "row_store_test.moc"
