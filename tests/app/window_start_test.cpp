#include "app/app_controller.h"
#include "app/command_line.h"
#include "app/data_place.h"
#include "app/places_bar.h"
#include "app/recent_notebooks.h"
#include "app/start_place.h"
#include "app/window_fixture.h"
#include "engine/models/templates.h"
#include "start/gallery.h"
#include "start/recent_list.h"
#include "start/start_page.h"
#include "start/template_card.h"

#include <QAction>
#include <QFile>
#include <QLabel>
#include <QMenu>
#include <QSignalSpy>
#include <QToolButton>

#include <algorithm>

using namespace burdock;

/// The start page in the real window: every first step leads somewhere.
class TestWindowStart : public QObject, private test::WindowFixture {
    Q_OBJECT
  private slots:
    void initTestCase() { prepare(QStringLiteral("window start")); }
    void init() { open(); }
    void cleanup() { close(); }

    void itsKeyMovesNoOther() {
        QTest::keyClick(window_.get(), Qt::Key_Home, Qt::AltModifier);
        QCOMPARE(window_->places().current(), int(MainWindow::Start));
        QVERIFY(window_->startPlace().isVisible());
        QTest::keyClick(window_.get(), Qt::Key_1, Qt::ControlModifier);
        QCOMPARE(window_->places().current(), int(MainWindow::Design));
        QTest::keyClick(window_.get(), Qt::Key_4, Qt::ControlModifier);
        QCOMPARE(window_->places().current(), int(MainWindow::Data));
        const auto go = window_->places().goActions();
        QCOMPARE(go.size(), 5);
        QCOMPARE(go.front()->shortcut(), QKeySequence(Qt::ALT | Qt::Key_Home));
        QCOMPARE(go.back()->shortcut(), QKeySequence(Qt::CTRL | Qt::Key_4));
        const auto* start = window_->findChild<QWidget*>(QStringLiteral("place.home"));
        const auto* design = window_->findChild<QWidget*>(QStringLiteral("place.design"));
        QVERIFY(start->y() < design->y());
    }

    /// As on the page, and in its order.
    void theMenuHasTheTemplatesByTheirGroups() {
        const auto menus = window_->findChildren<QMenu*>();
        const auto templates = std::ranges::find(menus, QStringLiteral("New from template"), &QMenu::title);
        QVERIFY(templates != menus.end());
        QStringList listed, expected;
        for (const QAction* group : (*templates)->actions()) {
            QVERIFY(group->menu());
            listed << group->text();
            for (const QAction* action : group->menu()->actions())
                listed << action->objectName();
        }
        for (const TemplateGroup group : allTemplateGroups()) {
            expected << QString::fromStdString(std::string(templateGroupLabel(group)));
            for (const ModelTemplate& model : modelTemplates())
                if (model.group == group)
                    expected << QStringLiteral("template.") + QString::fromStdString(model.id);
        }
        QCOMPARE(listed, expected);
        window_->findChild<QAction*>(QStringLiteral("template.lenet5"))->trigger();
        QCOMPARE(workspace_->document().graph().name, std::string("LeNet-5"));
    }

    void aCardOpensItsNetwork() {
        window_->goTo(MainWindow::Start);
        gallery().find("lenet5")->click();
        QCOMPARE(window_->places().current(), int(MainWindow::Design));
        QCOMPARE(workspace_->document().graph().name, std::string("LeNet-5"));
        QVERIFY(workspace_->queue().runs().empty());
    }

    /// One click from the page to a result, whatever data were chosen before.
    void aCardTrainsOnItsOwnData() {
        workspace_->settings().setDataset(QStringLiteral("concrete"));
        window_->goTo(MainWindow::Start);
        TemplateCard* card = gallery().find("classification-mlp");
        AWAIT_VERIFY(card->trainButton()->isVisible());
        // The key that trains what is on the canvas, everywhere else.
        card->setFocus();
        QTest::keyClick(card, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(window_->places().current(), int(MainWindow::Design));
        QCOMPARE(workspace_->settings().dataset(), QStringLiteral("wine"));
        QCOMPARE(workspace_->queue().runs().size(), size_t(1));
        const TrainingRun* run = workspace_->queue().runs().front();
        AWAIT_COMPARE(run->state(), TrainingRun::State::Ended);
        QVERIFY(run->result() && run->result()->status == RunStatus::Finished);
    }

    /// Made for data that are not here, it is adapted to a few that are.
    void aCardWithoutDataTrainsOnItsTrial() {
        window_->goTo(MainWindow::Start);
        TemplateCard* card = gallery().find("mobilenet");
        AWAIT_VERIFY(card->trainButton()->isVisible());
        card->trainButton()->click();
        AWAIT_COMPARE(workspace_->settings().dataset(), QStringLiteral("textures"));
        QCOMPARE(workspace_->queue().runs().size(), size_t(1));
        TrainingRun* run = workspace_->queue().runs().front();
        AWAIT_VERIFY(run->progress().step > 0 || run->state() == TrainingRun::State::Ended);
        QVERIFY2(!run->refusal(), run->refusal() ? oneLine(*run->refusal()).c_str() : "");
        run->stop();
        AWAIT_COMPARE(run->state(), TrainingRun::State::Ended);
    }

    void whatIsDroppedIsOpenedAsWhatItIs() {
        const QString table = folder_->filePath(QStringLiteral("houses.csv"));
        QFile file(table);
        QVERIFY(file.open(QIODevice::WriteOnly));
        for (int i = 0; i < 40; ++i)
            file.write(QByteArrayLiteral("area,price\n").repeated(i == 0) + QByteArray::number(50 + i) + ',' +
                       QByteArray::number(3.5 * i + 1) + '\n');
        file.close();
        window_->goTo(MainWindow::Start);
        emit page().dropped(table);
        QCOMPARE(window_->places().current(), int(MainWindow::Data));
        AWAIT_VERIFY(workspace_->dataset().data());
        // And from there a network for them is one click away.
        auto* propose = window_->dataPlace().findChild<QPushButton*>(QStringLiteral("proposeNetwork"));
        QVERIFY(propose->isVisible());
        const bool first = propose->property("primary").toBool(); // its icon's ink is its text's
        const Theme& theme = Theme::instance();
        const QIcon icon =
            theme.icon(QStringLiteral("design"), first ? QStringLiteral("on.accent") : QStringLiteral("ink"));
        QCOMPARE(propose->icon().pixmap(16).toImage(), icon.pixmap(16).toImage());
        propose->click();
        AWAIT_COMPARE(window_->places().current(), int(MainWindow::Design));
        QCOMPARE(workspace_->settings().dataset(), table);
        AWAIT_VERIFY(!workspace_->isChecking());
        QVERIFY2(!workspace_->hindrance(), qPrintable(workspace_->whyNotTrainable()));

        // Why it is as it is stands beside the data, until it is another one.
        window_->goTo(MainWindow::Data);
        auto* why = window_->dataPlace().findChild<QLabel*>(QStringLiteral("proposal"));
        QVERIFY(why->isVisible());
        QVERIFY2(why->text().contains(QStringLiteral("Output activation: ")) &&
                     why->text().contains(QStringLiteral("Epochs: ")),
                 qPrintable(why->text()));
        const NodeId some = nodes().front().id;
        workspace_->document().edit(QStringLiteral("move"), [&](Graph& g) {
            g.edit(some)->position = {-300, 40};
        });
        QVERIFY(why->isVisible());
        workspace_->document().edit(QStringLiteral("add"), [](Graph& g) { g.add("dense"); });
        QVERIFY(why->isHidden());

        const QString network = folder_->filePath(QStringLiteral("net.json"));
        workspace_->newFromTemplate("mlp");
        QVERIFY(workspace_->saveModelFile(network));
        window_->goTo(MainWindow::Start);
        emit page().dropped(network);
        AWAIT_COMPARE(window_->places().current(), int(MainWindow::Design));
        QSignalSpy wanted(window_.get(), &MainWindow::notebookWanted);
        emit page().dropped(folder_->filePath(QStringLiteral("lab.burdock")));
        QCOMPARE(wanted.count(), 1);
    }

    /// A template that was opened and left as it is, is no draft; moving a card does not make it one.
    void whatIsADraftOfTheUsersOwn() {
        const auto isKept = [this] {
            bool read = false;
            workspace_->readModels(this, [&read](const auto&) { read = true; });
            return QTest::qWaitFor([&read] { return read; }, test::patience);
        };
        QVERIFY(isKept());
        QVERIFY(!workspace_->hasOwnDraft());
        workspace_->newFromTemplate("vgg28");
        QVERIFY(isKept());
        QVERIFY(!workspace_->hasOwnDraft());
        const NodeId some = nodes().front().id;
        workspace_->document().edit(QStringLiteral("move"), [&](Graph& g) {
            g.edit(some)->position = {-300, 40};
        });
        QVERIFY(isKept());
        QVERIFY(!workspace_->hasOwnDraft());
        workspace_->document().edit(QStringLiteral("add"), [](Graph& g) { g.add("dense"); });
        QVERIFY(isKept());
        QVERIFY(workspace_->hasOwnDraft());
    }

    void recentNotebooksAreThoseThatAreThere() {
        const QString here = workspace_->notebook().path();
        const QString other = folder_->filePath(QStringLiteral("other.burdock"));
        QVERIFY(storage::Notebook::open(other));
        rememberNotebook(folder_->filePath(QStringLiteral("gone.burdock")));
        rememberNotebook(other);
        rememberNotebook(here);
        window_->goTo(MainWindow::Start);
        const auto rows = page().recent().findChildren<QPushButton*>(QStringLiteral("recent"));
        QCOMPARE(rows.size(), 2);
        QVERIFY(!rows[0]->isEnabled());
        QSignalSpy wanted(window_.get(), &MainWindow::notebookWanted);
        rows[1]->click();
        QCOMPARE(wanted.count(), 1);
        QCOMPARE(wanted[0][0].toString(), other);
    }

    /// A key that was meant for something else begins no run.
    void noKeyTrainsByItself() {
        window_->goTo(MainWindow::Start);
        for (const Qt::Key key : {Qt::Key_Space, Qt::Key_Return}) {
            QVERIFY(QApplication::focusWidget());
            QTest::keyClick(QApplication::focusWidget(), key);
        }
        QVERIFY(workspace_->queue().runs().empty());
    }

    /// Who has something of his own finds it on the canvas, everybody else the start page.
    void theProgramStartsWhereThereIsSomethingToDo() {
        CommandLine line;
        line.notebook = folder_->filePath(QStringLiteral("other.burdock"));
        const auto startedAt = [&line](bool draws) {
            AppController program;
            QString error;
            if (!program.start(line, &error)) return -1;
            const int place = program.window()->places().current();
            if (draws)
                program.window()->workspace().document().edit(QStringLiteral("add"),
                                                              [](Graph& g) { g.add("dense"); });
            program.window()->setAsksAtEnd(false);
            program.window()->close();
            return place;
        };
        QCOMPARE(startedAt(false), int(MainWindow::Start));
        line.model = folder_->filePath(QStringLiteral("mine.json"));
        QVERIFY(workspace_->saveModelFile(line.model));
        QCOMPARE(startedAt(false), int(MainWindow::Design));
        line.model.clear();
        QCOMPARE(startedAt(true), int(MainWindow::Start));
        QCOMPARE(startedAt(false), int(MainWindow::Design));
    }

  private:
    StartPage& page() { return window_->startPlace().page(); }
    Gallery& gallery() { return page().gallery(); }
};

QTEST_MAIN(TestWindowStart)
#include "window_start_test.moc"
