#include "app/adapt_preview.h"
#include "app/workspace_fixture.h"
#include "document/graph_edits.h"

#include <QFile>
#include <QSignalSpy>
#include <QTimer>
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

    AdaptationOffer offered() {
        return offerFor(workspace_->document().graph(), workspace_->dataset().data()->info(),
                        workspace_->settings().config());
    }

    static void writeTable(const QString& path) {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("a,b,price\n");
        for (int i = 0; i < 60; ++i)
            file.write(QByteArray::number(i % 7) + "," + QByteArray::number(i * i % 11) + "," +
                       QByteArray::number(i % 7 * 10 + 0.5) + "\n");
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
        const AdaptationOffer offer = offered();
        QVERIFY(offer.made);
        QVERIFY(workspace_->document().graph() == before); // it is only an offer
        QSignalSpy told(workspace_.get(), &Workspace::told);
        workspace_->adapt(*offer.made);
        QVERIFY(fits());
        QCOMPARE(told.size(), 1);
        QVERIFY(told[0][0].toString().startsWith(QStringLiteral("Adapted to the data: ")));
        QVERIFY(offered().made->changes.empty());
        workspace_->document().undoStack()->undo();
        QVERIFY(workspace_->document().graph() == before);
    }

    /// Where network and data do not fit there is one offer, on every problem of theirs.
    void theOneOfferIsToAdapt() {
        workspace_->newFromTemplate("mlp");
        workspace_->settings().setDataset(QStringLiteral("iris"));
        QVERIFY(!fits());
        QSignalSpy wanted(workspace_.get(), &Workspace::adaptationWanted);
        const Graph before = workspace_->document().graph();
        int offers = 0;
        for (const Diagnostic& d : workspace_->problems()) {
            if (!d.code.starts_with("data.")) continue;
            QVERIFY2(d.fix && d.fix->label == "Adapt the network…", d.code.c_str());
            QCOMPARE(d.fix->kind, Fix::Kind::Adapt); // no change of a setting
            QVERIFY(!applyFix(workspace_->document(), *d.fix));
            QCOMPARE(wanted.size(), ++offers);
        }
        QCOMPARE(offers, 2); // of its input and of its output
        QVERIFY(workspace_->document().graph() == before);
    }

    void whereItCannotBeAFittingTemplateIsOffered() {
        workspace_->newFromTemplate("gpt-nano");
        workspace_->settings().setDataset(QStringLiteral("iris"));
        QVERIFY(!fits());
        for (const Diagnostic& d : workspace_->problems())
            if (d.code == "data.input-shape")
                QCOMPARE(QString::fromStdString(d.fix->label), QStringLiteral("Find a fitting template…"));
        const AdaptationOffer offer = offered();
        QVERIFY(!offer.made);
        QCOMPARE(offer.fitting, std::string("classification-mlp"));
        workspace_->newFromTemplateForData(offer.fitting);
        QCOMPARE(workspace_->settings().dataset(), QStringLiteral("iris"));
        AWAIT_VERIFY(fits());
    }

    /// A template takes no one's own data away.
    void ownDataStayWithATemplate() {
        const QString path = folder_->filePath(QStringLiteral("own.csv"));
        writeTable(path);
        workspace_->settings().setDataset(path);
        AWAIT_VERIFY(workspace_->dataset().data());
        QSignalSpy told(workspace_.get(), &Workspace::told);
        const auto last = [&] { return told.isEmpty() ? QString() : told.last()[0].toString(); };
        workspace_->newFromTemplate("regression-mlp");
        QCOMPARE(workspace_->settings().dataset(), path);
        AWAIT_VERIFY(last().startsWith(QStringLiteral("Your data have stayed: the network is adapted to")));
        QVERIFY(fits());
        workspace_->newFromTemplate("lenet5"); // made for pictures
        QCOMPARE(workspace_->settings().dataset(), path);
        AWAIT_VERIFY(last().contains(QStringLiteral("which the network does not fit")));
        QVERIFY(!fits());
        workspace_->settings().setDataset(QStringLiteral("iris")); // not one's own
        AWAIT_VERIFY(workspace_->dataset().data());
        workspace_->newFromTemplate("lenet5");
        QVERIFY(workspace_->settings().dataset() != QStringLiteral("iris"));
    }

    /// Nor while they are still being read, or cannot be.
    void ownDataThatAreNotReadYetStayToo() {
        const QString path = folder_->filePath(QStringLiteral("late.csv"));
        workspace_->settings().setDataset(path); // which is not there
        AWAIT_VERIFY(workspace_->dataset().problem());
        workspace_->newFromTemplate("regression-mlp");
        QCOMPARE(workspace_->settings().dataset(), path);
        writeTable(path);
        QSignalSpy told(workspace_.get(), &Workspace::told);
        const auto adapted = [&] {
            return std::ranges::any_of(told, [](const QList<QVariant>& t) {
                return t[0].toString().startsWith(QStringLiteral("Your data have stayed: "));
            });
        };
        workspace_->settings().setDataset(path + QStringLiteral(":target=price"));
        QVERIFY(workspace_->dataset().isLoading());
        AWAIT_VERIFY(adapted());
        QVERIFY(fits());
        told.clear();
        workspace_->settings().setDataset(path);
        QVERIFY(workspace_->dataset().isLoading());
        workspace_->newFromTemplate("perceptron");
        workspace_->newFromTemplate("regression-mlp");
        QCOMPARE(workspace_->settings().dataset(), path);
        AWAIT_VERIFY(adapted());
        QVERIFY(fits());
        // Whoever has begun to change the network goes on with it as it is.
        told.clear();
        workspace_->settings().setDataset(path + QStringLiteral(":target=price"));
        workspace_->newFromTemplate("regression-mlp");
        workspace_->document().edit(QStringLiteral("rename"), [](Graph& g) { g.name = "mine"; });
        QVERIFY(!fits());
        QVERIFY(!adapted());
    }

    /// Nor while the network is being adapted to those before them.
    void dataThatAreChosenAnewMeanwhileAreAdaptedTo() {
        const QString path = folder_->filePath(QStringLiteral("own.csv"));
        writeTable(path);
        workspace_->settings().setDataset(path);
        AWAIT_VERIFY(workspace_->dataset().data());
        QSignalSpy told(workspace_.get(), &Workspace::told);
        QTimer anew; // after that by which the adapting begins, and before its answer is taken
        anew.setSingleShot(true);
        connect(&anew, &QTimer::timeout, workspace_.get(),
                [&] { workspace_->settings().setDataset(path + QStringLiteral(":target=price")); });
        workspace_->newFromTemplate("regression-mlp");
        anew.start(0);
        AWAIT_VERIFY(std::ranges::any_of(told, [](const QList<QVariant>& t) {
            return t[0].toString().startsWith(QStringLiteral("Your data have stayed: "));
        }));
        QVERIFY(fits());
        QVERIFY(workspace_->settings().dataset().endsWith(QStringLiteral("price")));
    }
};

QTEST_GUILESS_MAIN(TestWorkspaceAdapt)
#include "workspace_adapt_test.moc"
