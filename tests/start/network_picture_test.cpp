#include "engine/models/templates.h"
#include "start/network_picture.h"
#include "start/template_facts.h"
#include "theme/theme.h"

#include <QImage>
#include <QPainter>
#include <QTest>

#include <algorithm>

using namespace burdock;

namespace {

NetworkPicture pictureOf(const char* id) {
    return factsOf(*findTemplate(id)).picture;
}

QImage painted(const NetworkPicture& picture, QRectF box) {
    QImage image(300, 140, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    paintNetwork(painter, picture, box);
    return image;
}

QRect inked(const QImage& image) {
    QRect all;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
            if (qAlpha(image.pixel(x, y)) > 0) all |= QRect(x, y, 1, 1);
    return all;
}

} // namespace

/// The networks in little, as the gallery shows them.
class TestNetworkPicture : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase() { Theme::instance().install(*qApp); }

    /// The field's picture of an MLP: its input and its three dense layers, whatever activates them.
    void layersWithoutASizeOfTheirOwnAreLeftOut() {
        const NetworkPicture mlp = pictureOf("mlp");
        QCOMPARE(mlp.cells.size(), size_t(4));
        QCOMPARE(mlp.columns(), 4);
        QVERIFY(mlp.frames.empty());
        for (size_t i = 1; i < mlp.cells.size(); ++i) {
            QCOMPARE(mlp.cells[i].category, Category::Dense);
            QCOMPARE(mlp.cells[i].from, std::vector<int>{int(i) - 1});
        }
        QCOMPARE(mlp.cells[1].shape.channels, int64_t(300));
    }

    /// Down to small maps and up again, each level joined to the one it came from.
    void aUNetGoesDownAndUp() {
        const NetworkPicture net = pictureOf("unet64");
        const auto smallest =
            std::ranges::min_element(net.cells, {}, [](const auto& cell) { return cell.shape.height; });
        QVERIFY(smallest->shape.height < net.cells.front().shape.height);
        QCOMPARE(net.cells.back().shape.height, net.cells.front().shape.height);
        const auto joins = std::ranges::count(net.cells, Category::Merge, &NetworkPicture::Cell::category);
        QCOMPARE(joins, 3);
        for (const auto& cell : net.cells)
            if (cell.category == Category::Merge) QCOMPARE(cell.from.size(), size_t(2));
    }

    void whatIsRepeatedIsDrawnOnce() {
        const NetworkPicture small = pictureOf("gpt2"), large = pictureOf("gpt3");
        QCOMPARE(small.cells.size(), large.cells.size());
        QCOMPARE(small.frames.size(), size_t(1));
        QCOMPARE(small.frames[0].repeat, int64_t(12));
        QCOMPARE(large.frames[0].repeat, int64_t(96));
    }

    void everyTemplateHasAPictureWithinItsBox_data() {
        QTest::addColumn<QString>("id");
        for (const ModelTemplate& t : modelTemplates())
            QTest::newRow(t.id.c_str()) << QString::fromStdString(t.id);
    }
    void everyTemplateHasAPictureWithinItsBox() {
        QFETCH(QString, id);
        const TemplateFacts facts = factsOf(*findTemplate(id.toStdString()));
        QVERIFY(facts.picture.columns() >= 2);
        for (const auto& cell : facts.picture.cells)
            for (const int from : cell.from)
                QVERIFY(facts.picture.cells[size_t(from)].column < cell.column);
        QVERIFY(!facts.layers.isEmpty());
        const QRect box(20, 20, 240, 90);
        const QRect ink = inked(painted(facts.picture, box));
        QVERIFY2(
            box.adjusted(-3, -3, 3, 3).contains(ink),
            qPrintable(
                QStringLiteral("%1 %2 %3 %4").arg(ink.x()).arg(ink.y()).arg(ink.right()).arg(ink.bottom())));
        QVERIFY(ink.height() > box.height() / 8 && ink.width() > box.width() / 10);
    }

    void anEmptyOneIsNotPainted() {
        QVERIFY(inked(painted(NetworkPicture(), QRectF(0, 0, 100, 50))).isEmpty());
    }
};

QTEST_MAIN(TestNetworkPicture)
#include "network_picture_test.moc"
