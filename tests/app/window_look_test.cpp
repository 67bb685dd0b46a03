#include "app/train_place.h"
#include "app/window_fixture.h"
#include "inspector/inspector.h"
#include "inspector/problem_cards.h"
#include "theme/elided_label.h"

#include <QLabel>
#include <QListWidget>
#include <QMessageBox>
#include <QScrollBar>

#include <algorithm>

using namespace burdock;

namespace {

class PaintCounter final : public QObject {
  public:
    int painted = 0;

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (event->type() == QEvent::Paint) ++painted;
        return QObject::eventFilter(watched, event);
    }
};

} // namespace

/// Whether all that the window says can be read, on small screens and by readers of the screen.
class TestWindowLook : public QObject, private test::WindowFixture {
    Q_OBJECT
  private slots:
    void initTestCase() { prepare(QStringLiteral("window look")); }
    void init() { open(); }
    void cleanup() { close(); }

    void everyControlHasAnAccessibleName() {
        window_->goTo(MainWindow::Train);
        window_->goTo(MainWindow::Notebook);
        window_->goTo(MainWindow::Start);
        workspace_->document().select({nodes().front().id});
        QStringList nameless;
        for (const QWidget* widget : window_->findChildren<QWidget*>()) {
            if (widget->focusPolicy() == Qt::NoFocus || !qobject_cast<const QAbstractButton*>(widget))
                continue;
            const auto* button = qobject_cast<const QAbstractButton*>(widget);
            if (button->text().isEmpty() && button->accessibleName().isEmpty())
                nameless << QStringLiteral("%1 in %2")
                                .arg(widget->objectName(), widget->parentWidget()->objectName());
        }
        QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(QStringLiteral(", "))));
    }

    void aboutIsReadable() {
        window_->findChild<QAction*>(QStringLiteral("help.about"))->trigger();
        auto* box = window_->findChild<QMessageBox*>();
        QVERIFY(box && box->isVisible());
        for (const auto* label : box->findChildren<QLabel*>())
            QVERIFY2(label->textFormat() != Qt::PlainText || !label->text().contains(u'<'),
                     qPrintable(label->text()));
        QVERIFY(box->informativeText().contains(workspace_->notebook().path()));
        delete box;
    }

    /// On a small screen every word of a button and of a line of text is there to be read.
    void nothingIsCutOnASmallScreen() {
        window_->resize(1024, 700);
        QStringList cut;
        for (const auto place :
             {MainWindow::Design, MainWindow::Train, MainWindow::Notebook, MainWindow::Start}) {
            window_->goTo(place);
            QTest::qWait(50);
            for (const QWidget* widget : window_->findChildren<QWidget*>()) {
                if (!widget->isVisible() || widget->visibleRegion().isEmpty()) continue;
                const auto* label = qobject_cast<const QLabel*>(widget);
                const auto* button = qobject_cast<const QAbstractButton*>(widget);
                if (label && (label->wordWrap() || qobject_cast<const ElidedLabel*>(label))) continue;
                const QString text = label ? label->text() : button ? button->text() : QString();
                if (text.isEmpty()) continue;
                const int least = label ? label->minimumSizeHint().width()
                                        : button->fontMetrics().horizontalAdvance(QString(text).remove(u'&'));
                if (widget->width() < least ||
                    widget->visibleRegion().boundingRect().width() < widget->width())
                    cut << QStringLiteral("%1 in place %2").arg(text).arg(int(place));
            }
        }
        QVERIFY2(cut.isEmpty(), qPrintable(cut.join(QStringLiteral("; "))));
    }

    /// Nor is what an empty page says, and its problem.
    void anEmptyPageIsToldWhole() {
        window_->resize(1024, 700);
        workspace_->newModel({});
        const auto* hint = window_->findChild<QWidget*>(QStringLiteral("emptyHint"));
        const auto* list = window_->findChild<QListWidget*>(QStringLiteral("problemsList"));
        AWAIT_VERIFY(hint->isVisible() && list->count() == 1);
        QTest::qWait(50); // until the layouts have settled
        int lines = 0;
        for (const QWidget* place : {hint, static_cast<const QWidget*>(list)})
            for (const QLabel* label : place->findChildren<QLabel*>()) {
                if (!label->isVisible() || label->text().isEmpty()) continue;
                ++lines;
                QVERIFY2(label->visibleRegion().boundingRect() == label->rect(), qPrintable(label->text()));
                if (label->wordWrap()) QVERIFY(label->height() >= label->heightForWidth(label->width()));
                if (const auto* elided = qobject_cast<const ElidedLabel*>(label))
                    QVERIFY(!elided->isElided());
            }
        QCOMPARE(lines, 4);
        // One click mends it.
        QTest::mouseClick(list->findChild<QPushButton*>(QStringLiteral("fix")), Qt::LeftButton);
        AWAIT_COMPARE(nodes().size(), size_t(1));
    }

    /// With errors nothing is counted: that is not to be shown as a network without parameters.
    void theSizeOfANetworkWithErrorsIsNotKnown() {
        const auto* total = window_->findChild<QLabel*>(QStringLiteral("totalParameters"));
        Graph graph;
        const NodeId input = graph.add("input"), dense = graph.add("dense");
        workspace_->newModel(graph);
        QVERIFY(workspace_->document().report().hasErrors());
        QCOMPARE(total->text(), QStringLiteral("–"));
        QVERIFY(total->toolTip().contains(QStringLiteral("errors")));
        const auto valueOf = [this](const QString& name) {
            QCoreApplication::processEvents(); // layouts show new rows from the event loop
            QStringList texts;
            for (const QLabel* label : window_->designPlace().inspector().findChildren<QLabel*>())
                if (label->isVisible()) texts << label->text();
            return texts.value(texts.indexOf(name) + 1);
        };
        const QStringList sizes{QStringLiteral("Parameters"), QStringLiteral("Multiply-adds")};
        for (const QString& name : sizes + QStringList{QStringLiteral("Memory of weights")})
            QCOMPARE(valueOf(name), QStringLiteral("unknown yet"));
        workspace_->document().select({dense}); // which has no input
        for (const QString& name : sizes)
            QCOMPARE(valueOf(name), QStringLiteral("unknown yet"));
        workspace_->newModel({});
        QCOMPARE(total->text(), QStringLiteral("0"));
        QVERIFY(graph.connect(input, graph.add("flatten")));
        graph.remove(dense);
        workspace_->newModel(graph);
        QVERIFY(!workspace_->document().report().hasErrors());
        QCOMPARE(total->text(), QStringLiteral("0"));
    }

    /// Where the first of two problems is mended, the other is told whole below the training form.
    void whatIsLeftOfTheProblemsIsToldWhole() {
        window_->showNormal();
        window_->resize(1024, 700);
        openTwoProblems();
        window_->goTo(MainWindow::Train);
        const auto* cards = window_->trainPlace().findChild<ProblemCards*>();
        const auto fixes = [cards] {
            QList<QPushButton*> shown;
            for (auto* fix : cards->widget()->findChildren<QPushButton*>(QStringLiteral("fix")))
                if (fix->isVisible()) shown << fix;
            return shown;
        };
        AWAIT_VERIFY(fixes().size() == 2);
        QTest::qWait(300); // until all checks are done
        QTest::mouseClick(fixes().front(), Qt::LeftButton);
        AWAIT_VERIFY(fixes().size() == 1);
        QTest::qWait(300);
        QCOMPARE(fixes().front()->text(), QStringLiteral("Leave the loss to the data"));
        for (const QLabel* label : cards->widget()->findChildren<QLabel*>())
            QVERIFY2(label->visibleRegion().boundingRect() == label->rect(), qPrintable(label->text()));
    }

    /// A mend by the mouse leaves the keyboard at the canvas: not at what comes after the row that has gone.
    void aMendLeavesTheKeyboardAtTheCanvas() {
        openTwoProblems();
        const auto* list = window_->findChild<QListWidget*>(QStringLiteral("problemsList"));
        const auto fix = [list] { return list->findChild<QPushButton*>(QStringLiteral("fix")); };
        AWAIT_VERIFY(fix() && fix()->isVisible());
        for (int clicks = 0; fix() && clicks < 9; ++clicks) {
            QTest::mouseClick(fix(), Qt::LeftButton);
            QTest::qWait(150); // what is wrong is found beside the window
            QCOMPARE(QApplication::focusWidget(), static_cast<QWidget*>(canvas_));
        }
        // Nor does the keyboard go anywhere else when problems go by themselves.
        workspace_->newModel({});
        AWAIT_VERIFY(fix() && fix()->isVisible());
        fix()->setFocus();
        workspace_->newFromTemplate("classification-mlp");
        AWAIT_VERIFY(!list->isVisible());
        QCOMPARE(QApplication::focusWidget(), static_cast<QWidget*>(canvas_));
    }

    /// The overview shows what is wrong now, also where that is found a while after the last edit.
    void theOverviewFollowsTheProblems() {
        workspace_->newFromTemplate("classification-mlp");
        window_->showNormal();
        window_->resize(1440, 900); // on a small screen the canvas has no room for it
        auto* overview = window_->findChild<QWidget*>(QStringLiteral("minimap"));
        AWAIT_VERIFY(overview && overview->isVisible());
        QTest::qWait(300); // until all checks are done
        Diagnostic wrong;
        wrong.node = nodes()[1].id;
        wrong.what = "It is wrong.";
        PaintCounter counter;
        overview->installEventFilter(&counter);
        workspace_->document().setFurtherProblems({wrong});
        AWAIT_VERIFY(counter.painted > 0);
        counter.painted = 0;
        workspace_->document().setFurtherProblems({});
        AWAIT_VERIFY(counter.painted > 0);
    }

    /// The scroll bar takes some of the width in which they were laid out.
    void problemsThatScrollAreToldWhole() {
        Graph many;
        const NodeId input = many.add("input");
        for (int i = 0; i < 12; ++i)
            QVERIFY(many.connect(input, many.add("dense")));
        const auto* list = window_->findChild<QListWidget*>(QStringLiteral("problemsList"));
        const auto texts = [list] { return list->findChildren<QLabel*>(QStringLiteral("what")); };
        const auto whole = [&] {
            const auto labels = texts();
            return std::all_of(labels.begin(), labels.end(), [](const QLabel* what) {
                return what->height() >= what->heightForWidth(what->width());
            });
        };
        for (int width = 1720; width >= 1024; width -= width > 1360 ? 40 : 12) {
            window_->resize(width, 700);
            workspace_->newModel(Graph());
            AWAIT_VERIFY(texts().size() < 5 && !list->verticalScrollBar()->isVisible());
            workspace_->newModel(many);
            AWAIT_VERIFY(texts().size() >= 12 && list->verticalScrollBar()->isVisible());
            QVERIFY(texts().front()->wordWrap());
            AWAIT_VERIFY(whole());
        }
    }
};

QTEST_MAIN(TestWindowLook)
#include "window_look_test.moc"
