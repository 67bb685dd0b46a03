#include "document/graph_document.h"
#include "engine/graph/node_paths.h"
#include "engine/models/templates.h"
#include "inspector/fact_list.h"
#include "inspector/inspector.h"
#include "inspector/node_page.h"
#include "inspector/param_field.h"
#include "inspector/param_form.h"
#include "inspector/problem_card.h"
#include "inspector/problem_cards.h"
#include "support/await.h"
#include "theme/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QStyleOptionComboBox>
#include <QTest>

using namespace burdock;

namespace {

QStringList visibleTexts(const QWidget& widget) {
    QCoreApplication::processEvents(); // layouts show new rows from the event loop
    QStringList texts;
    for (const QLabel* label : widget.findChildren<QLabel*>())
        if (label->isVisible()) texts << label->text();
    return texts;
}

} // namespace

class TestInspector : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase() { Theme::instance().install(*qApp); } // whose font is what has to fit
    void init() {
        document_ = std::make_unique<GraphDocument>();
        Graph g;
        input_ =
            g.add("input",
                  {{"channels", std::int64_t{20}}, {"height", std::int64_t{1}}, {"width", std::int64_t{1}}});
        first_ = g.add("dense", {{"units", std::int64_t{30}}}, {}, "hidden");
        second_ = g.add("dense", {{"units", std::int64_t{10}}}, {}, "output");
        g.connect(input_, first_);
        g.connect(first_, second_);
        document_->reset(std::move(g));
        inspector_ = std::make_unique<Inspector>(*document_);
        inspector_->resize(300, 800);
        inspector_->show();
        inspector_->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(inspector_.get()));
    }
    void cleanup() {
        inspector_.reset();
        document_.reset();
    }

    void tellsWhatALayerRunsOn() {
        document_->select({first_});
        QVERIFY(!visibleTexts(*inspector_).contains(QStringLiteral("Runs on")));
        NodeKernel kernel{
            .node = "hidden", .implementation = "gemm:jit", .order = "plain", .precision = "f32"};
        kernel.use = {.backend = "oneDNN",
                      .kernel = "inner product",
                      .declined = {{"Burdock, other", "too narrow"}},
                      .fast = true};
        inspector_->setKernels({kernel});
        QVERIFY(visibleTexts(*inspector_).contains(QStringLiteral("Runs on")));
        QVERIFY(visibleTexts(*inspector_).contains(QStringLiteral("oneDNN, f32"))); // as narrow as the column
        const QString help = inspector_->findChild<NodePage*>()->helpText();
        QVERIFY2(help.contains(QStringLiteral("oneDNN · inner product · gemm:jit, f32, plain")),
                 qPrintable(help));
        QVERIFY2(help.contains(QStringLiteral("Why not faster: Burdock, other: too narrow")),
                 qPrintable(help));
        document_->select({second_}); // whose kernel is not known
        QVERIFY(!visibleTexts(*inspector_).contains(QStringLiteral("Runs on")));
    }

    void nothingSelectedSummarisesTheNetwork() {
        QVERIFY(visibleTexts(*inspector_).contains(QStringLiteral("940"))); // 20·30 + 30 + 30·10 + 10
        document_->reset({});
        QVERIFY(visibleTexts(*inspector_).join(u' ').contains(QStringLiteral("Drag an Input")));
    }

    void ofANetThatOnlyComputesNothingIsToBeTrained() {
        document_->reset(findTemplate("mcculloch-pitts-and")->build());
        const QString texts = visibleTexts(*inspector_).join(u' ');
        QVERIFY(texts.contains(QStringLiteral("below the canvas")) &&
                !texts.contains(QStringLiteral("Press Train")));
    }

    void freezesWhatIsSelected() {
        document_->select({first_});
        auto* frozen = inspector_->findChild<QCheckBox*>(QStringLiteral("frozen"));
        QVERIFY(frozen && frozen->isVisible() && !frozen->isChecked());
        frozen->click();
        QVERIFY(document_->graph().find(first_)->frozen);
        QVERIFY(visibleTexts(*inspector_).contains(QStringLiteral("630, frozen"))); // 20·30 + 30
        document_->select({});
        const QStringList texts = visibleTexts(*inspector_);
        QVERIFY(texts.contains(QStringLiteral("940")) && texts.contains(QStringLiteral("310")));
        document_->select({first_, second_});
        QCOMPARE(frozen->checkState(), Qt::PartiallyChecked);
        frozen->click();
        QVERIFY(document_->graph().find(second_)->frozen);
        document_->undoStack()->undo();
        QVERIFY(!document_->graph().find(second_)->frozen && document_->graph().find(first_)->frozen);
        document_->select({input_});
        QVERIFY(!frozen->isVisible()); // it has no weights
    }

    void typingChangesTheGraphAtEveryKeyAndIsOneUndoStep() {
        document_->select({first_});
        QLineEdit* units = field("units");
        QCOMPARE(units->text(), QStringLiteral("30"));
        units->setFocus();
        units->selectAll();
        QTest::keyClick(units, Qt::Key_6);
        QCOMPARE(unitsOf(first_), 6);
        QTest::keyClick(units, Qt::Key_4);
        QCOMPARE(unitsOf(first_), 64);
        QVERIFY(visibleTexts(*inspector_).contains(QStringLiteral("1,344"))); // 20·64 + 64
        QCOMPARE(document_->undoStack()->count(), 1);
        document_->undoStack()->undo();
        QCOMPARE(unitsOf(first_), 30);
        QCOMPARE(units->text(), QStringLiteral("30"));
    }

    void leavingTheFieldSealsTheStep() {
        document_->select({first_});
        QLineEdit* units = field("units");
        units->setFocus();
        QTest::keyClick(units, Qt::Key_End);
        QTest::keyClick(units, Qt::Key_1);
        name()->setFocus();
        units->setFocus();
        QTest::keyClick(units, Qt::Key_End);
        QTest::keyClick(units, Qt::Key_2);
        QCOMPARE(document_->undoStack()->count(), 2);
    }

    void aValueOutOfRangeStaysAtTheField() {
        document_->select({first_});
        QLineEdit* units = field("units");
        units->setFocus();
        units->selectAll();
        QTest::keyClicks(units, QStringLiteral("0"));
        QCOMPARE(unitsOf(first_), 30);
        QVERIFY(visibleTexts(*inspector_).join(u' ').contains(QStringLiteral("at least 1")));
    }

    void severalLayersAreEditedTogether() {
        document_->select({first_, second_});
        QLineEdit* units = field("units");
        QVERIFY(units->text().isEmpty());
        units->setFocus();
        QTest::keyClicks(units, QStringLiteral("50"));
        QCOMPARE(unitsOf(first_), 50);
        QCOMPARE(unitsOf(second_), 50);
        QCOMPARE(document_->undoStack()->count(), 1);
    }

    void renamesAndRefusesATakenName() {
        document_->select({first_});
        name()->setFocus();
        name()->selectAll();
        QTest::keyClicks(name(), QStringLiteral("wide"));
        QCOMPARE(document_->graph().find(first_)->name, std::string("wide"));
        name()->selectAll();
        QTest::keyClicks(name(), QStringLiteral("output"));
        QCOMPARE(document_->graph().find(first_)->name, std::string("outpu"));
        QVERIFY(visibleTexts(*inspector_).join(u' ').contains(QStringLiteral("Another layer has this name")));
        QTest::keyClick(name(), Qt::Key_Return);
        QCOMPARE(name()->text(), QStringLiteral("outpu"));
    }

    void showsWeightsAndShapes() {
        document_->select({first_});
        const QStringList texts = visibleTexts(*inspector_);
        QVERIFY(texts.contains(QStringLiteral("30×20")));
        QVERIFY(texts.contains(QStringLiteral("630")));
    }

    void aProblemIsMendedByItsButton() {
        document_->edit(QStringLiteral("break"), [&](Graph& g) {
            auto& p = g.edit(input_)->params;
            p["height"] = std::int64_t{4};
            p["width"] = std::int64_t{4};
        });
        QVERIFY(document_->report().hasErrors());
        document_->select({first_});
        auto* fix = inspector_->findChild<QPushButton*>(QStringLiteral("fix"));
        QVERIFY(fix);
        QTest::mouseClick(fix, Qt::LeftButton);
        QVERIFY(!document_->report().hasErrors());
    }

    /// A card comes and goes below the form: no field moves under the mouse.
    void aProblemMovesNoField() {
        document_->select({second_});
        QCoreApplication::processEvents();
        const QWidget* units = inspector_->findChild<ParamForm*>()->field("units");
        const auto place = [&] {
            QTest::qWait(20); // until the layouts have settled
            return units->mapTo(inspector_.get(), QPoint());
        };
        const QPoint before = place();
        document_->edit(QStringLiteral("cut"), [&](Graph& g) { g.disconnect(g.inputsOf(second_).front()); });
        auto* card = inspector_->findChild<ProblemCard*>();
        QVERIFY(card && card->isVisible());
        AWAIT_VERIFY(
            !inspector_->findChild<ProblemCards*>()->verticalScrollBar()->isVisible()); // all in sight
        QCOMPARE(place(), before);
        document_->undoStack()->undo();
        QCOMPARE(place(), before);
        QVERIFY(!inspector_->findChild<ProblemCards*>()->isVisible());
    }

    /// However many there were before.
    void aProblemIsToldWhole() {
        const auto problem = [](NodeId node, int number) {
            Diagnostic d;
            d.severity = Severity::Warning;
            d.node = node;
            d.where = "layer " + std::to_string(number);
            d.what = "Something is wrong with it that takes more than one line to tell.";
            d.why = "It is so for a reason.";
            d.mend = "Change it.";
            return d;
        };
        const auto* cards = inspector_->findChild<ProblemCards*>();
        const auto whole = [cards] {
            const auto labels = cards->widget()->findChildren<QLabel*>();
            return std::all_of(labels.begin(), labels.end(), [](const QLabel* label) {
                return label->isHidden() || (label->height() >= label->heightForWidth(label->width()) &&
                                             label->visibleRegion().boundingRect() == label->rect());
            });
        };
        std::vector<Diagnostic> all{problem(second_, 0)};
        for (int i = 1; i < 12; ++i)
            all.push_back(problem(first_, i));
        document_->setFurtherProblems(all);
        document_->select({first_});
        QTRY_VERIFY(cards->isVisible() && cards->verticalScrollBar()->maximum() > 0);
        const int most = cards->height();
        document_->select({second_});
        QTest::qWait(20);
        QVERIFY2(whole() && cards->height() < most, qPrintable(QString::number(cards->height())));
        document_->select({first_});
        QTest::qWait(20);
        QCOMPARE(cards->height(), most);
        inspector_->resize(inspector_->width(), inspector_->height() * 2);
        QTest::qWait(20);
        QVERIFY(cards->height() > most); // they have their share of the new height
    }

    /// The keyboard goes on at the next problem, and then to the form above: never to what comes by chance.
    void aMendHandsTheKeyboardOn() {
        const auto problem = [this](const char* label, std::int64_t units) {
            Diagnostic d;
            d.node = first_;
            d.where = "layer";
            d.what = label;
            d.fix = Fix{Fix::Kind::SetParam, label, first_, "units", units, {}, 0};
            return d;
        };
        document_->select({first_});
        const std::vector<Diagnostic> both{problem("Set units to 20", 20), problem("Set units to 40", 40)};
        document_->setFurtherProblems(both);
        const auto* cards = inspector_->findChild<ProblemCards*>();
        QTRY_VERIFY(cards->isVisible());
        const auto focused = [] { return QApplication::focusWidget(); };
        cards->widget()->findChild<QPushButton*>(QStringLiteral("fix"))->setFocus();
        QTest::keyClick(focused(), Qt::Key_Space);
        QCOMPARE(unitsOf(first_), 20);
        document_->setFurtherProblems({both[1]});
        const auto* next = qobject_cast<QPushButton*>(focused());
        QVERIFY(next && next->text() == QStringLiteral("Set units to 40"));
        QTest::keyClick(focused(), Qt::Key_Space);
        QCOMPARE(unitsOf(first_), 40);
        document_->setFurtherProblems({});
        QVERIFY(qobject_cast<QScrollArea*>(focused()));
    }

    /// What is refused is as if it had not been begun, also where its first digits were a value.
    void aRefusedTextLeavesTheValueOfBefore() {
        document_->select({first_});
        QLineEdit* units = field("units");
        units->setFocus();
        units->selectAll();
        QTest::keyClicks(units, QStringLiteral("100"));
        QCOMPARE(unitsOf(first_), 100);
        QTest::keyClicks(units, QStringLiteral("0000000000"));
        QCOMPARE(unitsOf(first_), 30);
        QCOMPARE(document_->undoStack()->count(), 0);
        QCOMPARE(units->text(), QStringLiteral("1000000000000")); // to be mended, or given up
        QTest::keyClick(units, Qt::Key_Escape);
        QCOMPARE(units->text(), QStringLiteral("30"));
        QTest::keyClick(units, Qt::Key_End);
        QTest::keyClicks(units, QStringLiteral("1"));
        QCOMPARE(unitsOf(first_), 301);
        QTest::keyClick(units, Qt::Key_Escape);
        QCOMPARE(unitsOf(first_), 30);
        QCOMPARE(units->text(), QStringLiteral("30"));
        QCOMPARE(document_->undoStack()->count(), 0);
        QTest::keyClicks(units, QStringLiteral("x"));
        name()->setFocus();
        QCOMPARE(units->text(), QStringLiteral("30"));
        QCOMPARE(unitsOf(first_), 30);
        // What was entered stays.
        units->setFocus();
        units->selectAll();
        QTest::keyClicks(units, QStringLiteral("12"));
        QTest::keyClick(units, Qt::Key_Return);
        QTest::keyClick(units, Qt::Key_Escape);
        QCOMPARE(unitsOf(first_), 12);
    }

    void theNetworkIsRenamed() {
        auto* field = inspector_->findChild<QLineEdit*>(QStringLiteral("networkName"));
        QVERIFY(field && field->isVisible());
        inspector_->editName();
        QVERIFY(field->hasFocus());
        QTest::keyClicks(field, QStringLiteral("Two layers "));
        QCOMPARE(document_->graph().name, std::string("Two layers"));
        QCOMPARE(field->text(), QStringLiteral("Two layers ")); // the blank may be followed by a word
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(field->text(), QStringLiteral("Two layers"));
        QCOMPARE(document_->undoStack()->count(), 1);
        document_->undoStack()->undo();
        QCOMPARE(document_->graph().name, std::string());
        QCOMPARE(field->text(), QString());
    }

    /// What is chosen of long words is read whole, and so is a layer's list of inputs.
    void longWordsAreNotCut() {
        document_->select({input_});
        QCoreApplication::processEvents();
        auto* axes = qobject_cast<QComboBox*>(inspector_->findChild<ParamForm*>()->field("axes")->editor());
        QVERIFY(axes);
        const auto fits = [&] {
            QStyleOptionComboBox option;
            option.initFrom(axes);
            const QRect room = axes->style()->subControlRect(QStyle::CC_ComboBox, &option,
                                                             QStyle::SC_ComboBoxEditField, axes);
            return axes->fontMetrics().horizontalAdvance(axes->currentText()) <= room.width();
        };
        AWAIT_VERIFY(fits());
        inspector_->resize(inspector_->minimumWidth(), 800);
        AWAIT_VERIFY(fits());
    }

    /// A layer within a block is shown, edited and mended like any other, its block left as it is otherwise.
    void aLayerWithinABlock() {
        Graph body;
        const NodeId entry = body.add("input"),
                     dense = body.add("dense", {{"units", std::int64_t{5}}}, {}, "deep");
        body.connect(entry, dense);
        Node node;
        node.type = blockType;
        node.name = "stage";
        node.block = Block{std::make_shared<const Graph>(body), 1};
        NodeId stage;
        document_->edit(QStringLiteral("block"), [&](Graph& g) {
            auto& p = g.edit(input_)->params;
            p["height"] = p["width"] = std::int64_t{4};
            stage = g.add(node);
            g.connect(input_, stage);
        });
        const NodePath inner = NodePath(stage) / dense;
        document_->selectPaths({inner});
        QCOMPARE(name()->text(), QStringLiteral("deep"));
        QVERIFY(visibleTexts(*inspector_).join(u' ').contains(QStringLiteral("in stage")));
        NodeKernel kernel{.node = "stage/1/deep", .precision = "f32"}; // as the network's check names it
        kernel.use = {.backend = "oneDNN", .kernel = "inner product", .fast = true};
        inspector_->setKernels({kernel});
        QVERIFY(visibleTexts(*inspector_).contains(QStringLiteral("oneDNN, f32")));
        auto* units = inspector_->findChild<ParamForm*>()->field("units")->findChild<QLineEdit*>();
        QTest::mouseClick(units, Qt::LeftButton);
        units->selectAll();
        QTest::keyClicks(units, QStringLiteral("12"));
        const auto found = [&] { return nodeAt(document_->graph(), inner); };
        QCOMPARE(std::get<std::int64_t>(found()->params.at("units")), 12);
        QCOMPARE(document_->undoStack()->count(), 2); // with the block's; typing is one step
        name()->setFocus();
        name()->selectAll();
        QTest::keyClicks(name(), QStringLiteral("deeper"));
        QCOMPARE(found()->name, std::string("deeper"));
        auto* fix = inspector_->findChild<QPushButton*>(QStringLiteral("fix"));
        QVERIFY(fix);
        QTest::mouseClick(fix, Qt::LeftButton);
        QVERIFY(bodyAt(document_->graph(), stage)->findByName("flatten"));
        document_->select({stage});
        QCOMPARE(name()->text(), QStringLiteral("stage"));
    }

    void nothingIsWiderThanTheInspector() {
        document_->edit(QStringLiteral("more"), [&](Graph& g) {
            g.edit(input_)->params = {
                {"channels", std::int64_t{128}}, {"height", std::int64_t{14}}, {"width", std::int64_t{14}}};
            const NodeId conv = g.add("conv2d", {{"filters", std::int64_t{128}}}, {}, "conv");
            g.connect(input_, conv);
        });
        inspector_->resize(inspector_->minimumWidth(), 800);
        for (const Node& node : document_->graph().nodes()) {
            document_->select({node.id});
            QCoreApplication::processEvents();
            for (const QScrollArea* area : inspector_->findChildren<QScrollArea*>())
                QVERIFY2(area->widget()->minimumSizeHint().width() <= area->viewport()->width(),
                         qPrintable(QStringLiteral("%1: %2 > %3")
                                        .arg(QString::fromStdString(node.name))
                                        .arg(area->widget()->minimumSizeHint().width())
                                        .arg(area->viewport()->width())));
        }
    }

    void survivesTheSelectedLayersRemoval() {
        document_->select({second_});
        document_->edit(QStringLiteral("remove"), [&](Graph& g) { g.remove(second_); });
        QVERIFY(visibleTexts(*inspector_).contains(QStringLiteral("630")));
        document_->undoStack()->undo();
        QVERIFY(!visibleTexts(*inspector_).isEmpty());
    }

  private:
    QLineEdit* field(const char* key) const {
        return inspector_->findChild<ParamForm*>()->field(key)->findChild<QLineEdit*>();
    }
    QLineEdit* name() const { return inspector_->findChild<QLineEdit*>(QStringLiteral("nodeName")); }
    std::int64_t unitsOf(NodeId id) const {
        return std::get<std::int64_t>(document_->graph().find(id)->params.at("units"));
    }

    std::unique_ptr<GraphDocument> document_;
    std::unique_ptr<Inspector> inspector_;
    NodeId input_, first_, second_;
};

QTEST_MAIN(TestInspector)
#include "inspector_test.moc"
