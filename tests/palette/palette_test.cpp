#include "engine/schema/layer_registry.h"
#include "palette/layer_palette.h"
#include "palette/layer_search.h"
#include "palette/layer_tree.h"

#include <QLineEdit>
#include <QMimeData>
#include <QSignalSpy>
#include <QTest>

using namespace burdock;

namespace {

QStringList shown(const LayerTree& tree) {
    QStringList ids;
    for (int g = 0; g < tree.topLevelItemCount(); ++g)
        for (int i = 0; i < tree.topLevelItem(g)->childCount(); ++i)
            if (const auto* item = tree.topLevelItem(g)->child(i); !item->isHidden())
                ids << item->data(0, Qt::UserRole).toString();
    return ids;
}

/// Makes what the protected function hands to a drag readable.
class OpenTree : public LayerTree {
  public:
    using LayerTree::LayerTree;
    using LayerTree::mimeData;
};

} // namespace

class TestPalette : public QObject {
    Q_OBJECT
  private slots:
    void showsEveryLayerOnce() {
        const LayerPalette palette;
        const QStringList ids = shown(*palette.findChild<LayerTree*>());
        QCOMPARE(static_cast<size_t>(ids.size()), layerRegistry().size());
        for (const LayerSchema& layer : layerRegistry())
            QCOMPARE(ids.count(QString::fromStdString(layer.id)), 1);
    }

    void searchesNameIdKeywordsAndLetters() {
        const auto first = [](const char* query) {
            const auto found = searchLayers(layerRegistry(), query);
            return found.empty() ? std::string() : found.front()->id;
        };
        QCOMPARE(first("dense"), std::string("dense"));
        QCOMPARE(first("DEN"), std::string("dense"));
        QCOMPARE(first("fully conn"), std::string("dense"));
        QCOMPARE(first("rectifier"), std::string("relu"));
        QCOMPARE(first("dns"), std::string("dense"));
        QCOMPARE(first("zzz"), std::string());
        QCOMPARE(searchLayers(layerRegistry(), " ").size(), layerRegistry().size());
    }

    void typingFiltersAndEnterActivates() {
        LayerPalette palette;
        palette.show();
        QSignalSpy activated(&palette, &LayerPalette::layerActivated);
        auto* search = palette.findChild<QLineEdit*>();
        auto* tree = palette.findChild<LayerTree*>();
        QTest::keyClicks(search, QStringLiteral("relu"));
        QVERIFY(shown(*tree).contains(QStringLiteral("relu")));
        QVERIFY(!shown(*tree).contains(QStringLiteral("dense")));
        QTest::keyClick(search, Qt::Key_Return);
        QCOMPARE(activated.size(), 1);
        QCOMPARE(activated[0][0].toString(), QStringLiteral("relu"));
        QTest::keyClick(search, Qt::Key_Escape);
        QCOMPARE(static_cast<size_t>(shown(*tree).size()), layerRegistry().size());
    }

    void everyLayerHasItsCategorysIcon() {
        const OpenTree tree(layerRegistry());
        for (int group = 0; group < tree.topLevelItemCount(); ++group)
            for (int i = 0; i < tree.topLevelItem(group)->childCount(); ++i)
                QVERIFY2(!tree.topLevelItem(group)->child(i)->icon(0).isNull(),
                         qPrintable(tree.topLevelItem(group)->child(i)->text(0)));
    }

    void arrowsWalkLayersAndSkipHeadings() {
        LayerPalette palette;
        palette.show();
        auto* search = palette.findChild<QLineEdit*>();
        auto* tree = palette.findChild<LayerTree*>();
        for (int i = 0; i < 4; ++i) {
            QTest::keyClick(search, Qt::Key_Down);
            QVERIFY(!tree->currentLayer().isEmpty());
        }
        const QString before = tree->currentLayer();
        QTest::keyClick(search, Qt::Key_Up);
        QVERIFY(tree->currentLayer() != before);
    }

    void doubleClickActivates() {
        LayerPalette palette;
        palette.resize(220, 600);
        palette.show();
        auto* tree = palette.findChild<LayerTree*>();
        QSignalSpy activated(&palette, &LayerPalette::layerActivated);
        const QPoint at = tree->visualItemRect(tree->topLevelItem(0)->child(0)).center();
        QTest::mouseClick(tree->viewport(), Qt::LeftButton, {}, at);
        QTest::mouseDClick(tree->viewport(), Qt::LeftButton, {}, at);
        QCOMPARE(activated.size(), 1);
        QCOMPARE(activated[0][0].toString(),
                 tree->topLevelItem(0)->child(0)->data(0, Qt::UserRole).toString());
    }

    void dragCarriesTheSchemasId() {
        const OpenTree tree(layerRegistry());
        const std::unique_ptr<QMimeData> data(tree.mimeData({tree.topLevelItem(0)->child(0)}));
        QVERIFY(data);
        QCOMPARE(QString::fromUtf8(data->data(QStringLiteral("application/x-burdock-layer"))),
                 tree.topLevelItem(0)->child(0)->data(0, Qt::UserRole).toString());
        QVERIFY(!tree.mimeData({tree.topLevelItem(0)}));
    }
};

QTEST_MAIN(TestPalette)
#include "palette_test.moc"
