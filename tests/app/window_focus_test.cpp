// A key or a click does what it was meant for, whatever has changed under it meanwhile.
#include "app/run_bar.h"
#include "app/train_place.h"
#include "app/training_form.h"
#include "app/window_fixture.h"
#include "inspector/inspector.h"
#include "inspector/problem_cards.h"

#include <QAction>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

using namespace burdock;

class TestWindowFocus : public QObject, private test::WindowFixture {
    Q_OBJECT
  private slots:
    void initTestCase() { prepare(QStringLiteral("window_focus")); }
    void init() { open(); }
    void cleanup() { close(); }

    void aClickOnTrainLeavesTheKeyboardWhereItWas() {
        prepareRun(100'000);
        canvas_->setFocus();
        QTest::mouseClick(trainButton(), Qt::LeftButton);
        AWAIT_VERIFY(workspace_->queue().isBusy());
        QCOMPARE(QApplication::focusWidget(), static_cast<QWidget*>(canvas_));
        QTest::qWait(1100);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Space);
        QCOMPARE(runs(), std::size_t(1));
    }

    void aDoubleClickOnTrainIsOneRun() {
        prepareRun(100'000);
        QTest::mouseClick(trainButton(), Qt::LeftButton);
        QTest::mouseClick(trainButton(), Qt::LeftButton);
        QTest::qWait(50);
        QCOMPARE(runs(), std::size_t(1));
        QTest::qWait(1000);
        QTest::mouseClick(trainButton(), Qt::LeftButton); // meant as what it says
        QCOMPARE(runs(), std::size_t(2));
        QVERIFY(!window_->runBar().trainAction()->autoRepeat());
    }

    void aClickOnStopStopsNoRunThatHasJustBegun() {
        prepareRun(100'000);
        workspace_->train();
        workspace_->train();
        RunQueue& queue = workspace_->queue();
        AWAIT_VERIFY(queue.active().size() == 1 && stopButton().isEnabled());
        const TrainingRun* first = queue.active().front();
        QTest::mouseClick(&stopButton(), Qt::LeftButton);
        AWAIT_VERIFY(queue.active().size() == 1 && queue.active().front() != first);
        QTest::mouseClick(&stopButton(), Qt::LeftButton);
        QVERIFY(queue.active().front()->state() != TrainingRun::State::Stopping);
        QTest::qWait(1100);
        QTest::mouseClick(&stopButton(), Qt::LeftButton);
        AWAIT_VERIFY(queue.active().empty());
    }

    void stopAndTrainShareNoSpot() {
        prepareRun(100'000);
        const auto spot = [this](const QWidget& of) {
            return QRect(of.mapTo(window_.get(), QPoint()), of.size());
        };
        const QRect trainBefore = spot(*trainButton());
        QTest::mouseClick(trainButton(), Qt::LeftButton);
        AWAIT_VERIFY(stopButton().isVisible());
        QTest::qWait(50);
        const QRect stop = spot(stopButton()), trainMeanwhile = spot(*trainButton());
        QVERIFY(!stop.intersects(trainBefore));
        QVERIFY(!stop.intersects(trainMeanwhile));
        QTest::mouseClick(&stopButton(), Qt::LeftButton);
        AWAIT_VERIFY(workspace_->queue().active().empty() && !stopButton().isVisible());
        QTest::qWait(50);
        QVERIFY(!stop.intersects(spot(*trainButton())));
    }

    /// A button that goes away with the keyboard on it, as Stop does, hands it to the place that is shown.
    void theKeyboardOfWhatGoesAwayStartsNothing_data() {
        QTest::addColumn<int>("place");
        QTest::addRow("Design") << int(MainWindow::Design);
        QTest::addRow("Train") << int(MainWindow::Train);
    }
    void theKeyboardOfWhatGoesAwayStartsNothing() {
        QFETCH(int, place);
        prepareRun(100'000);
        window_->goTo(MainWindow::Place(place));
        workspace_->train();
        AWAIT_VERIFY(stopButton().isVisible() && stopButton().isEnabled());
        stopButton().setFocus();
        QTest::keyClick(&stopButton(), Qt::Key_Space);
        AWAIT_VERIFY(workspace_->queue().active().empty());
        AWAIT_VERIFY(QApplication::focusWidget() &&
                     !window_->runBar().isAncestorOf(QApplication::focusWidget()));
        if (place == MainWindow::Design)
            QCOMPARE(QApplication::focusWidget(), static_cast<QWidget*>(canvas_));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Space);
        QTest::qWait(50);
        QCOMPARE(runs(), std::size_t(1));
    }

    void theKeyboardOfWhatIsDeletedGoesToTheCanvas() {
        auto* field = new QLineEdit(&window_->designPlace());
        field->show();
        field->setFocus();
        AWAIT_VERIFY(field->hasFocus());
        delete field;
        AWAIT_COMPARE(QApplication::focusWidget(), static_cast<QWidget*>(canvas_));
    }

    void aMendInTheInspectorLeavesTheKeyboardAtTheCanvas() {
        openTwoProblems();
        auto* cards = window_->designPlace().inspector().findChild<ProblemCards*>();
        const auto fix = [cards]() -> QPushButton* {
            for (auto* button : cards->findChildren<QPushButton*>(QStringLiteral("fix")))
                if (button->isVisible()) return button;
            return nullptr;
        };
        const auto choose = [&] {
            for (const Diagnostic& d : workspace_->problems())
                if (d.node && d.fix) return workspace_->document().selectPaths({d.node}), true;
            return false;
        };
        AWAIT_VERIFY(choose());
        AWAIT_VERIFY(fix());
        fix()->setFocus();
        QTest::keyClick(fix(), Qt::Key_Space);
        AWAIT_COMPARE(QApplication::focusWidget(), static_cast<QWidget*>(canvas_));
    }

    /// Who goes through the window with Tab gets to Train too.
    void tabStillReachesTrain() {
        prepareRun(1);
        for (int i = 0; i < 400 && QApplication::focusWidget() != trainButton(); ++i)
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        QCOMPARE(QApplication::focusWidget(), static_cast<QWidget*>(trainButton()));
        QTest::qWait(50);
        QCOMPARE(QApplication::focusWidget(), static_cast<QWidget*>(trainButton()));
    }

  private:
    void prepareRun(int epochs) {
        workspace_->newFromTemplate("classification-mlp");
        workspace_->settings().setDataset(QStringLiteral("wine"));
        workspace_->settings().setValue(QStringLiteral("epochs"), std::int64_t{epochs});
        AWAIT_VERIFY(trainButton()->isEnabled() && !workspace_->isChecking());
        QTest::qWait(50);
    }
    QToolButton& stopButton() const {
        for (auto* button : window_->runBar().findChildren<QToolButton*>())
            if (button->defaultAction() == window_->runBar().stopAction()) return *button;
        qFatal("no Stop");
    }
    std::size_t runs() const { return workspace_->queue().runs().size(); }
};

QTEST_MAIN(TestWindowFocus)
#include "window_focus_test.moc"
