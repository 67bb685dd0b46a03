#include "app/adapt_preview.h"
#include "app/problems_list.h"
#include "app/window_fixture.h"

#include <QAction>
#include <QLabel>
#include <QListWidget>
#include <QUndoStack>

using namespace burdock;

/// What is offered in the window where network and data do not fit.
class TestWindowAdapt : public QObject, private test::WindowFixture {
    Q_OBJECT

    AdaptPreview* preview() const { return window_->findChild<AdaptPreview*>(); }
    QPushButton* offer() const {
        const auto* list = window_->findChild<QListWidget*>(QStringLiteral("problemsList"));
        return list->findChild<QPushButton*>(QStringLiteral("fix"));
    }
    void openFromProblem() {
        workspace_->newFromTemplate("mlp"); // of ten classes and pictures
        workspace_->settings().setDataset(QStringLiteral("iris"));
        AWAIT_VERIFY(offer() && offer()->isVisible() && !workspace_->isChecking());
        QCOMPARE(offer()->text(), QStringLiteral("Adapt the network…"));
        QTest::mouseClick(offer(), Qt::LeftButton);
        AWAIT_VERIFY(preview() && preview()->isVisible());
    }

  private slots:
    void initTestCase() { prepare(QStringLiteral("window-adapt")); }
    void init() { open(); }
    void cleanup() { close(); }

    /// What changes is shown first, in words and on cards; then it is one step.
    void whatChangesIsShownBeforeItIsDone() {
        openFromProblem();
        const Graph before = workspace_->document().graph();
        AWAIT_VERIFY(preview()->adaptButton().isEnabled());
        QVERIFY(!preview()->isModal());
        QVERIFY2(preview()->words().text().contains(QStringLiteral("Set the Input to 4")),
                 qPrintable(preview()->words().text()));
        QSet<NodeId> marked = preview()->after().selection();
        QVERIFY(marked.contains(workspace_->document().report().input));
        QVERIFY(marked.size() < std::ssize(nodes())); // and not those that stay
        QVERIFY(workspace_->document().graph() == before);
        QTest::mouseClick(&preview()->adaptButton(), Qt::LeftButton);
        AWAIT_VERIFY(!preview());
        AWAIT_VERIFY(!workspace_->isChecking() && workspace_->whyNotTrainable().isEmpty());
        workspace_->document().undoStack()->undo();
        QVERIFY(workspace_->document().graph() == before);
    }

    void cancelledNothingIsDone() {
        openFromProblem();
        const Graph before = workspace_->document().graph();
        QTest::keyClick(preview(), Qt::Key_Escape);
        AWAIT_VERIFY(!preview());
        QVERIFY(workspace_->document().graph() == before);
        AWAIT_COMPARE(window_->focusWidget(), static_cast<QWidget*>(canvas_));
    }

    /// It is about the network and the data of now, also where they change while it is open.
    void itFollowsTheData() {
        openFromProblem();
        AWAIT_VERIFY(preview()->adaptButton().isEnabled());
        workspace_->settings().setDataset(QStringLiteral("wine"));
        AWAIT_VERIFY(preview()->words().text().contains(QStringLiteral("Set the Input to 13")));
        workspace_->settings().setDataset(QStringLiteral("/nowhere/table.csv"));
        AWAIT_VERIFY(preview()->adaptButton().isHidden());
        QVERIFY(!preview()->words().text().isEmpty());
    }

    /// The commands have it too; where it is refused a template is offered, and the data stay.
    void aFittingTemplateKeepsTheData() {
        workspace_->newFromTemplate("gpt-nano");
        workspace_->settings().setDataset(QStringLiteral("iris"));
        AWAIT_VERIFY(workspace_->dataset().data() && !workspace_->isChecking());
        window_->findChild<QAction*>(QStringLiteral("run.adapt"))->trigger();
        AWAIT_VERIFY(preview() && preview()->templateButton().isVisible());
        QVERIFY(preview()->adaptButton().isHidden());
        QVERIFY(preview()->after().report().network); // what would be opened is in view
        QTest::mouseClick(&preview()->templateButton(), Qt::LeftButton);
        AWAIT_VERIFY(!preview());
        QCOMPARE(workspace_->settings().dataset(), QStringLiteral("iris"));
        AWAIT_VERIFY(!workspace_->isChecking() && workspace_->whyNotTrainable().isEmpty());
    }

    void ofWhatFitsNothingIsToBeDone() {
        workspace_->newFromTemplate("classification-mlp");
        workspace_->settings().setDataset(QStringLiteral("wine"));
        AWAIT_VERIFY(workspace_->dataset().data() && workspace_->whyNotTrainable().isEmpty());
        window_->openAdaptation();
        AWAIT_VERIFY(preview()->words().text().contains(QStringLiteral("suits the data as it is")));
        QVERIFY(!preview()->adaptButton().isEnabled());
    }
};

QTEST_MAIN(TestWindowAdapt)
#include "window_adapt_test.moc"
