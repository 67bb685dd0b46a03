// What the window says: of what was done, of whose curves are shown, and by which words things are found.
#include "app/command_palette.h"
#include "app/main_menu.h"
#include "app/run_bar.h"
#include "app/train_place.h"
#include "app/training_form.h"
#include "app/window_fixture.h"
#include "inspector/param_field.h"
#include "inspector/param_form.h"
#include "notebook/notebook_place.h"
#include "notebook/runs_model.h"
#include "notebook/runs_panel.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QStatusBar>
#include <QTest>
#include <QTextDocumentFragment>

using namespace burdock;

class TestWindowWords : public QObject, private test::WindowFixture {
    Q_OBJECT
  private slots:
    void initTestCase() { prepare(QStringLiteral("window_words")); }
    void init() { open(); }
    void cleanup() { close(); }

    void aCommandIsFoundByOtherWordsForIt_data() {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("found");
        const auto row = [](const char* typed, const char* found) {
            QTest::addRow("%s", typed) << QString::fromLatin1(typed) << QString::fromUtf8(found);
        };
        row("evaluate", "Evaluate a run on the test set");
        row("accuracy", "Evaluate a run on the test set");
        row("export", "Export the table of runs…");
        row("onnx", "Save network as…");
        row("resume", "Resume the run where it stopped");
        row("continue", "Resume the run where it stopped");
        row("import", "Open data…");
        row("residual", "ResNet for 28 × 28"); // which its description says
    }
    void aCommandIsFoundByOtherWordsForIt() {
        QFETCH(QString, typed);
        QFETCH(QString, found);
        window_->openCommands();
        CommandPalette& palette = window_->commandPalette();
        QTest::keyClicks(palette.findChild<QLineEdit*>(), typed);
        QStringList titles;
        const auto* list = palette.findChild<QListWidget*>();
        for (int i = 0; i < list->count(); ++i)
            titles << list->item(i)->data(Qt::AccessibleTextRole).toString();
        QVERIFY2(titles.contains(found), qPrintable(titles.join(u'\n')));
    }

    void aKeptCheckpointAndABinnedRunAreTold() {
        prepareRun(100'000);
        workspace_->train();
        AWAIT_VERIFY(window_->runBar().keepAction()->isEnabled());
        window_->runBar().keepAction()->trigger();
        QVERIFY(said().contains(QStringLiteral("are kept")));
        workspace_->queue().stopAll();
        AWAIT_VERIFY(workspace_->queue().active().empty());
        window_->goTo(MainWindow::Notebook);
        NotebookPlace& notebook = window_->notebookPlace();
        notebook.showRun({1});
        AWAIT_COMPARE(notebook.runs().selectedRuns().size(), 1);
        AWAIT_VERIFY(notebook.runs().deleteAction().isEnabled() &&
                     notebook.model().whyNotBinned({1}).isEmpty());
        notebook.runs().deleteAction().trigger();
        QVERIFY2(said().contains(QStringLiteral("In the bin")), qPrintable(said()));
    }

    /// Below the canvas the curves are named by their run, and under another network called an earlier one's.
    void theCurvesBelowTheCanvasNameTheirRun() {
        prepareRun(1);
        QSignalSpy finished(&workspace_->queue(), &RunQueue::finished);
        workspace_->train();
        AWAIT_COMPARE(finished.size(), 1);
        const auto* run = window_->designPlace().findChild<QLabel*>(QStringLiteral("stripRun"));
        QVERIFY(run);
        AWAIT_VERIFY(run->isVisible() && run->text().startsWith(QStringLiteral("#1 ")));
        workspace_->newFromTemplate("mlp");
        AWAIT_VERIFY(run->text().startsWith(QStringLiteral("An earlier run")));
    }

    void numbersAreWrittenAsPeopleReadThem() {
        prepareRun(1);
        window_->goTo(MainWindow::Train);
        auto* form = window_->trainPlace().form().findChild<ParamForm*>();
        const auto* rate = form->field("learning_rate")->findChild<QLineEdit*>();
        for (const auto& [value, text] :
             {std::pair(5e-4, "0.0005"), {1.25e-5, "0.0000125"}, {1e-7, "1e-7"}, {0.5, "0.5"}}) {
            workspace_->settings().setValue(QStringLiteral("learning_rate"), value);
            QCOMPARE(rate->text(), QLatin1String(text));
            QCOMPARE(workspace_->settings().config().learningRate, value);
        }
    }

    /// A problem calls a setting as the form does.
    void noKeyOfASettingIsShown() {
        workspace_->newFromTemplate("lecture-cnn");
        workspace_->settings().setDataset(QStringLiteral("digits"));
        AWAIT_VERIFY(!workspace_->problems().empty() && !workspace_->isChecking());
        for (const Diagnostic& d : workspace_->problems())
            QVERIFY2(oneLine(d).find("(setting ") == std::string::npos, oneLine(d).c_str());
    }

    /// No place writes a number as a program does, names a key, or counts one thing as "×1".
    void nothingIsSaidInAProgramsWords() {
        prepareRun(1);
        workspace_->settings().setValue(QStringLiteral("learning_rate"), 1e-7);
        QSignalSpy finished(&workspace_->queue(), &RunQueue::finished);
        workspace_->train();
        AWAIT_COMPARE(finished.size(), 1);
        static const QRegularExpression odd(
            QStringLiteral("(?<![0-9a-f.])\\d(\\.\\d+)?e[+-]?\\d{1,3}(?![0-9a-f])|\\b(nan|inf)\\b|"
                           "\\(setting |×1\\b"));
        QVERIFY(odd.match(QStringLiteral("at 1e-07")).hasMatch() && odd.match("3 ×1").hasMatch());
        QVERIFY(!odd.match(QStringLiteral("fc7e09a1e5b2, 28×28×10, 3·10⁻⁷")).hasMatch());
        for (const auto place :
             {MainWindow::Design, MainWindow::Train, MainWindow::Notebook, MainWindow::Data}) {
            window_->goTo(place);
            if (place == MainWindow::Notebook) {
                window_->notebookPlace().showRun({1});
                AWAIT_VERIFY(window_->notebookPlace().runs().selectedRuns().size() == 1);
            }
            QCoreApplication::processEvents();
            for (const QString& words : shownWords())
                QVERIFY2(!odd.match(words).hasMatch(), qPrintable(words));
        }
    }

    void whatIsUndoneIsAPartOfTheSentence() {
        prepareRun(1);
        auto* undo = window_->findChild<QAction*>(QStringLiteral("edit.undo"));
        canvas_->arrangeNodes();
        workspace_->document().edit(QStringLiteral("Move 2 layers"), [](Graph& g) { g.name += "."; });
        QCOMPARE(undo->text(), QStringLiteral("Undo move 2 layers"));
        QVERIFY(undo->isEnabled());
        undo->trigger();
        QVERIFY(!workspace_->document().graph().name.ends_with('.'));
        while (workspace_->document().undoStack()->canUndo())
            undo->trigger();
        QCOMPARE(undo->text(), QStringLiteral("Undo"));
        QVERIFY(!undo->isEnabled());
    }

    void onlyPicturesHaveSettingsOfPictures() {
        prepareRun(1);
        window_->goTo(MainWindow::Train);
        const auto* fit = window_->trainPlace().form().findChild<ParamForm*>()->field("fit");
        AWAIT_VERIFY(!fit->isVisible());
        workspace_->settings().setValue(QStringLiteral("epochs"), std::int64_t{2});
        QVERIFY(!fit->isVisible());
        workspace_->settings().setValue(QStringLiteral("fit"), std::string("resize"));
        QVERIFY(fit->isVisible()); // what was set can be taken back
        workspace_->settings().setValue(QStringLiteral("fit"), std::string("off"));
        workspace_->settings().setDataset(QStringLiteral("fashion-mnist-small"));
        AWAIT_VERIFY(fit->isVisible());
    }

  private:
    /// What labels, buttons and the first rows of tables say now, tool tips too.
    QStringList shownWords() const {
        QStringList all;
        const auto add = [&all](const QString& text) {
            all << (Qt::mightBeRichText(text) ? QTextDocumentFragment::fromHtml(text).toPlainText() : text);
        };
        for (const auto* widget : window_->findChildren<QWidget*>()) {
            if (!widget->isVisible()) continue;
            add(widget->toolTip());
            if (const auto* label = qobject_cast<const QLabel*>(widget)) add(label->text());
            if (const auto* button = qobject_cast<const QAbstractButton*>(widget)) add(button->text());
            const auto* view = qobject_cast<const QAbstractItemView*>(widget);
            if (!view || !view->model()) continue;
            for (int row = 0; row < std::min(view->model()->rowCount(), 40); ++row)
                for (int column = 0; column < view->model()->columnCount(); ++column)
                    for (const int role : {Qt::DisplayRole, Qt::ToolTipRole})
                        add(view->model()->index(row, column).data(role).toString());
        }
        return all;
    }
    void prepareRun(int epochs) {
        workspace_->newFromTemplate("classification-mlp");
        workspace_->settings().setDataset(QStringLiteral("wine"));
        workspace_->settings().setValue(QStringLiteral("epochs"), std::int64_t{epochs});
        AWAIT_VERIFY(trainButton()->isEnabled() && !workspace_->isChecking());
    }
    QString said() const { return window_->statusBar()->currentMessage(); }
};

QTEST_MAIN(TestWindowWords)
#include "window_words_test.moc"
