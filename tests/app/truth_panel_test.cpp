#include "app/truth_panel.h"

#include "app/window_fixture.h"
#include "canvas/canvas_scene.h"

#include <QLabel>
#include <QMenu>
#include <QTableView>
#include <QToolButton>

using namespace burdock;

/// The truth table below the canvas, and the values on the cards as they are computed.
class TestTruthPanel : public QObject, private test::WindowFixture {
    Q_OBJECT
  private slots:
    void initTestCase() { prepare(QStringLiteral("truth_panel")); }
    void init() {
        open();
        workspace_->newFromTemplate("mcculloch-pitts-xor");
        panel_ = window_->findChild<TruthPanel*>();
        table_ = panel_->findChild<QTableView*>();
        AWAIT_VERIFY(panel_->isVisible());
    }
    void cleanup() { close(); }

    void everyCombinationHasARow() {
        QCOMPARE(table_->model()->rowCount(), 4);
        QCOMPARE(rowTexts(0), (QStringList{"0", "0", "0 0", "0"}));
        QCOMPARE(rowTexts(1), (QStringList{"0", "1", "0 1", "1"}));
        QCOMPARE(rowTexts(3), (QStringList{"1", "1", "0 0", "0"}));
        QCOMPARE(table_->model()->headerData(2, Qt::Horizontal).toString(), QStringLiteral("either"));
        // All in view, whether there is a bar to scroll sideways or not.
        for (const int width : {1440, 900}) {
            window_->resize(width, 900);
            AWAIT_VERIFY(table_->viewport()->height() >= 4 * table_->rowHeight(0));
        }
    }

    void valuesGoThroughTheNetworkStepByStep() {
        QTest::mouseClick(table_->viewport(), Qt::LeftButton, {}, table_->visualRect(index(1, 0)).center());
        QCOMPARE(chips("input"), (QStringList{"0", "1"}));
        QVERIFY(chips("either").isEmpty());
        click("truthStepOn");
        QCOMPARE(chips("either"), (QStringList{"0", "1"}));
        QCOMPARE(note(), (QStringList{"1·0 − 1·1 = −1 < 1 → 0", "−1·0 + 1·1 = 1 ≥ 1 → 1"}));
        QVERIFY(chips("or").isEmpty());
        click("truthStepOn");
        QCOMPARE(chips("or"), QStringList{"1"});
        QCOMPARE(note(), QStringList{"1·0 + 1·1 = 1 ≥ 1 → 1"});
        QVERIFY(item("or")->state().computing && !item("either")->state().computing);
        for (const auto& [edge, line] : canvas_->canvas().edges()) // something flows along both
            QCOMPARE(line->look(), EdgeItem::Look::Active);
        QVERIFY(!button("truthStepOn")->isEnabled());
        QVERIFY(table_->hasFocus()); // and not whatever comes after the button
        click("truthBack");
        QVERIFY(chips("or").isEmpty() && !chips("either").isEmpty());
        click("truthReset");
        QVERIFY(chips("either").isEmpty() && note().isEmpty());
    }

    void keysDoTheSame() {
        table_->setFocus();
        QTest::keyClick(table_, Qt::Key_Down);
        QTest::keyClick(table_, Qt::Key_Down);
        QCOMPARE(chips("input"), (QStringList{"1", "0"}));
        QTest::keyClick(table_, Qt::Key_Right);
        QTest::keyClick(table_, Qt::Key_Right);
        QCOMPARE(chips("or"), QStringList{"1"});
        QTest::keyClick(table_, Qt::Key_Left);
        QVERIFY(chips("or").isEmpty());
        QTest::keyClick(table_, Qt::Key_Home);
        QVERIFY(chips("either").isEmpty());
        QTest::keyClick(table_, Qt::Key_P);
        AWAIT_COMPARE(chips("or"), QStringList{"1"});
        AWAIT_VERIFY(!button("truthPlay")->isChecked()); // at the end it stops
        QTest::keyClick(table_, Qt::Key_Escape);
        QVERIFY(canvas_->hasFocus());
        for (const char* name : {"truthReset", "truthBack", "truthStepOn", "truthPlay"})
            QVERIFY(!button(name)->accessibleName().isEmpty());
    }

    void aClickOnTheInputsChipChangesTheBit() {
        const auto clickBit = [this](qsizetype bit) {
            const NodeItem* input = item("input");
            const QRectF chip = valueChip(input->card(), input->state().values, bit);
            QTest::mouseClick(canvas_->viewport(), Qt::LeftButton, {},
                              canvas_->mapFromScene(input->pos() + chip.center()));
        };
        clickBit(1);
        QCOMPARE(table_->currentIndex().row(), 1);
        clickBit(0);
        QCOMPARE(chips("input"), (QStringList{"1", "1"}));
        QCOMPARE(table_->currentIndex().row(), 3);
    }

    void editingTheNetworkChangesTheTable() {
        table_->setCurrentIndex(index(3, 0));
        click("truthStepOn");
        click("truthStepOn");
        QCOMPARE(chips("or"), QStringList{"0"});
        workspace_->document().edit(QStringLiteral("threshold"), [](Graph& g) {
            g.edit(g.findByName("or")->id)->params["thresholds"] = std::string("0");
        });
        AWAIT_COMPARE(rowTexts(3).back(), QStringLiteral("1"));
        QCOMPARE(chips("or"), QStringList{"1"}); // where it stands, it stays
        workspace_->document().edit(QStringLiteral("break"), [](Graph& g) {
            g.edit(g.findByName("or")->id)->params["thresholds"] = std::string("x");
        });
        AWAIT_COMPARE(table_->model()->rowCount(), 0);
        QVERIFY(panel_->isVisible() && chips("input").isEmpty());
        workspace_->document().undoStack()->undo();
        AWAIT_COMPARE(table_->model()->rowCount(), 4);
    }

    void networksWithoutOneHaveNoPanel() {
        table_->setFocus();
        click("truthStepOn");
        workspace_->newFromTemplate("mlp");
        for (const auto& [id, card] : canvas_->canvas().nodes()) // not for a moment the values of the other
            QVERIFY(card->state().values.isEmpty());
        AWAIT_VERIFY(!panel_->isVisible());
        QVERIFY(!canvas_->canvas().shownValues());
        QVERIFY(canvas_->hasFocus());
    }

    /// "See the data" stands in the Input's own menu, and in no other layer's.
    void theInputLeadsToTheData() {
        const auto offers = [this](const std::string& name) {
            const std::unique_ptr<QMenu> menu(
                canvas_->makeMenu({Hit::Kind::Node, item(name)->id(), 0, {}}, nullptr));
            auto* action = menu->findChild<QAction*>(QStringLiteral("data"));
            if (action) action->trigger();
            return action != nullptr;
        };
        QVERIFY(!offers("or"));
        QVERIFY(offers("input"));
        QVERIFY(!canvas_->isVisible()); // the Data place is shown
    }

  private:
    QModelIndex index(int row, int column) const { return table_->model()->index(row, column); }
    QStringList rowTexts(int row) const {
        QStringList texts;
        for (int column = 0; column < table_->model()->columnCount(); ++column)
            texts << index(row, column).data().toString();
        return texts;
    }
    QToolButton* button(const char* name) const {
        return panel_->findChild<QToolButton*>(QString::fromLatin1(name));
    }
    void click(const char* name) {
        button(name)->setFocus();
        QTest::mouseClick(button(name), Qt::LeftButton);
    }
    const NodeItem* item(const std::string& name) const {
        return canvas_->canvas().node(workspace_->document().graph().findByName(name)->id);
    }
    QStringList chips(const std::string& name) const {
        QStringList texts;
        for (const ShownValue& value : item(name)->state().values)
            texts << value.text;
        return texts;
    }
    QStringList note() const {
        const auto& shown = canvas_->canvas().shownValues();
        return shown ? shown->note : QStringList();
    }

    TruthPanel* panel_ = nullptr;
    QTableView* table_ = nullptr;
};

QTEST_MAIN(TestTruthPanel)
#include "truth_panel_test.moc"
