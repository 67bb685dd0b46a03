#include "app/workspace_fixture.h"

#include <QFile>
#include <QSignalSpy>
#include <QUndoStack>

using namespace burdock;

/// Networks and data that do not fit, and what is offered.
class TestWorkspaceAdapt : public QObject, private test::WorkspaceFixture {
    Q_OBJECT

    bool fits() {
        if (!QTest::qWaitFor([&] { return workspace_->dataset().data() && !workspace_->isChecking(); },
                             test::patience))
            return false;
        return workspace_->whyNotTrainable().isEmpty();
    }

  private slots:
    void initTestCase() { prepare(QStringLiteral("workspace-adapt")); }
    void init() { begin(); }
    void cleanup() { workspace_.reset(); }

    void aNetworkIsAdaptedAsOneEdit() {
        workspace_->newFromTemplate("classification-mlp");
        workspace_->settings().setDataset(QStringLiteral("digits"));
        QVERIFY(!fits());
        const Graph before = workspace_->document().graph();
        QSignalSpy told(workspace_.get(), &Workspace::told);
        workspace_->adaptNetwork();
        QVERIFY(fits());
        QCOMPARE(told.size(), 1);
        QVERIFY(told[0][0].toString().startsWith(QStringLiteral("Adapted to the data: ")));
        workspace_->adaptNetwork();
        QCOMPARE(told[1][0].toString(), QStringLiteral("The network suits the data as it is."));
        workspace_->document().undoStack()->undo();
        QVERIFY(workspace_->document().graph() == before);
    }

    void whyItCannotBeIsTold() {
        workspace_->newFromTemplate("gpt-nano");
        workspace_->settings().setDataset(QStringLiteral("iris"));
        QVERIFY(!fits());
        const Graph before = workspace_->document().graph();
        QSignalSpy told(workspace_.get(), &Workspace::noticed);
        workspace_->adaptNetwork();
        QCOMPARE(told.size(), 1);
        QVERIFY2(told[0][0].toString().contains(QStringLiteral("template:")),
                 qPrintable(told[0][0].toString()));
        QVERIFY(workspace_->document().graph() == before);
    }

    /// A template takes no one's own data away.
    void ownDataStayWithATemplate() {
        QFile file(folder_->filePath(QStringLiteral("own.csv")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("a,b,price\n");
        for (int i = 0; i < 60; ++i)
            file.write(QByteArray::number(i % 7) + "," + QByteArray::number(i * i % 11) + "," +
                       QByteArray::number(i % 7 * 10 + 0.5) + "\n");
        file.close();
        workspace_->settings().setDataset(file.fileName());
        AWAIT_VERIFY(workspace_->dataset().data());
        workspace_->newFromTemplate("regression-mlp");
        QCOMPARE(workspace_->settings().dataset(), file.fileName());
        QVERIFY(fits());
        workspace_->newFromTemplate("lenet5"); // made for pictures
        QCOMPARE(workspace_->settings().dataset(), file.fileName());
        QVERIFY(!fits());
        workspace_->settings().setDataset(QStringLiteral("iris")); // not one's own
        AWAIT_VERIFY(workspace_->dataset().data());
        workspace_->newFromTemplate("lenet5");
        QVERIFY(workspace_->settings().dataset() != QStringLiteral("iris"));
    }
};

QTEST_GUILESS_MAIN(TestWorkspaceAdapt)
#include "workspace_adapt_test.moc"
