#include "notebook/answers_panel.h"
#include "notebook/ask_bar.h"
#include "notebook/probability_bars.h"
#include "notebook/run_details.h"
#include "notebook/try_panel.h"
#include "place_fixture.h"

#include <QDragEnterEvent>
#include <QFile>
#include <QFileDialog>
#include <QLabel>
#include <QMimeData>
#include <QPushButton>
#include <QTabWidget>
#include <QTableView>
#include <QUrl>

using namespace burdock;
using namespace burdock::testing;

namespace {

/// So many stripes.
class Stripes final : public NewSamples {
  public:
    explicit Stripes(std::int64_t count)
        : count_(count) {}
    std::int64_t size() const override { return count_; }
    void readInput(std::int64_t index, float* values) const override {
        FakeDataset().readInput(Part::Test, index, values);
    }
    std::string name(std::int64_t index) const override { return "stripe " + std::to_string(index); }
    const std::vector<std::string>& notes() const override { return notes_; }

  private:
    std::int64_t count_;
    std::vector<std::string> notes_{"1 hidden file is left out."};
};

/// As many as the file's name says.
class AskedStripes final : public FakeDataset {
  public:
    Result<std::shared_ptr<const NewSamples>> readNew(const std::filesystem::path& path) const override {
        const std::int64_t count = QByteArray::fromStdString(path.filename().string()).toLongLong();
        if (count > 0) return std::make_shared<const Stripes>(count);
        Diagnostic d;
        d.code = "data.none";
        d.what = "This is no picture.";
        d.where = path.string();
        d.mend = "Give a picture.";
        return refuse(std::move(d));
    }
};

} // namespace

/// Files that are dropped on a run, or chosen, and what is shown of the answers.
class AskingTest : public QObject, PlaceFixture {
    Q_OBJECT

    storage::RunId asked_;

    TryPanel& panel() { return place_->details().tryPanel(); }
    AnswersPanel& answers() { return panel().answers(); }

    void drop(QWidget& on, const QPointF& at, const QStringList& names) {
        QMimeData dragged;
        QList<QUrl> urls;
        for (const QString& name : names)
            urls << QUrl::fromLocalFile(folder_.filePath(name));
        dragged.setUrls(urls);
        QDragEnterEvent enter(at.toPoint(), Qt::CopyAction, &dragged, Qt::LeftButton, {});
        QCoreApplication::sendEvent(&on, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent event(at, Qt::CopyAction, &dragged, Qt::LeftButton, {});
        QCoreApplication::sendEvent(&on, &event);
    }
    void dropOnPanel(const QStringList& names) {
        click(asked_);
        place_->details().showTab(RunDetails::Tab::Try);
        drop(panel(), {40, 40}, names);
    }

  private slots:
    void initTestCase() {
        begin(QStringLiteral("burdock-asking-test"));
        DatasetEntry entry;
        entry.id = entry.title = "asked";
        entry.available = true;
        entry.open = [](const ParamValues&) -> Result<std::shared_ptr<const Dataset>> {
            return std::make_shared<const AskedStripes>();
        };
        QVERIFY(catalog_.add(std::move(entry)));
        QSignalSpy finished(queue_.get(), &RunQueue::finished);
        TrainingRequest request;
        request.graph = fakePerceptron();
        request.dataset = QStringLiteral("asked");
        request.config.epochs = 6;
        request.config.learningRate = 0.05;
        request.config.threads = 1;
        const TrainingRun& run = queue_->enqueue(request);
        QVERIFY(finished.wait(test::patience));
        asked_ = run.runId();
    }
    void init() { open(); }
    void cleanup() { place_.reset(); }

    void onePictureIsShownWithItsBars() {
        dropOnPanel({QStringLiteral("1")});
        AWAIT_COMPARE(answers().answer(), QStringLiteral("top"));
        QVERIFY(answers().isVisible());
        QVERIFY(!answers().table().isVisible());
        QCOMPARE(answers().bars().classes().size(), 3);
        QVERIFY(answers().bars().classes()[0].probability > 0.5);
        QTest::mouseClick(answers().findChild<QPushButton*>(QStringLiteral("closeAnswers")), Qt::LeftButton);
        QVERIFY(!answers().isVisible());
        QVERIFY(panel().partField()->isVisible());
    }

    void aFoldersAnswersStandInATableAndAreSaved() {
        dropOnPanel({QStringLiteral("5")});
        QTableView& table = answers().table();
        AWAIT_COMPARE(table.model()->rowCount(), 5);
        QVERIFY(table.isVisible());
        const auto cell = [&](int row, int column) {
            return table.model()->index(row, column).data().toString();
        };
        QCOMPARE(table.model()->columnCount(), 5);
        QCOMPARE(table.model()->headerData(3, Qt::Horizontal).toString(), QStringLiteral("middle"));
        QCOMPARE(cell(2, 0), QStringLiteral("stripe 2"));
        QCOMPARE(cell(2, 1), QStringLiteral("bottom"));
        QVERIFY(table.model()->index(2, 4).data(AnswersModel::ShareRole).toDouble() > 0.5);
        QVERIFY(answers().message().contains(QStringLiteral("1 hidden file is left out.")));
        table.setFocus();
        QTest::keyClick(&table, Qt::Key_Down);
        QCOMPARE(answers().answer(), QStringLiteral("middle"));
        const QString path = folder_.filePath(QStringLiteral("answers.csv"));
        QVERIFY(answers().save(path));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QList<QByteArray> lines = file.readAll().split('\n');
        QCOMPARE(lines[0], QByteArray("sample,answer,top,middle,bottom"));
        QVERIFY(lines[3].startsWith("stripe 2,bottom,"));
        QCOMPARE(lines.size(), 7);
        QVERIFY(!answers().save(folder_.filePath(QStringLiteral("answers.doc"))));
        QVERIFY(answers().message().contains(QStringLiteral(".npy")));
    }

    /// The file has a name before one is typed, of the format that is offered first.
    void aNameIsProposed() {
        dropOnPanel({QStringLiteral("5")});
        AWAIT_COMPARE(answers().table().model()->rowCount(), 5);
        QTest::mouseClick(answers().findChild<QPushButton*>(QStringLiteral("saveAnswers")), Qt::LeftButton);
        auto* dialog = answers().findChild<QFileDialog*>();
        QVERIFY(dialog);
        QCOMPARE(dialog->nameFilters().size(), 3);
        QCOMPARE(QFileInfo(dialog->selectedFiles().value(0)).fileName(),
                 QStringLiteral("answers-run-%1.csv").arg(asked_.value));
        dialog->reject();
    }

    void severalFilesAreOneTable() {
        dropOnPanel({QStringLiteral("2"), QStringLiteral("3")});
        AWAIT_COMPARE(answers().table().model()->rowCount(), 5);
        QCOMPARE(answers().table().model()->index(3, 0).data().toString(), QStringLiteral("3, stripe 1"));
        answers().table().selectRow(4);
        QCOMPARE(answers().answer(), QStringLiteral("bottom"));
    }

    void aDropOnARunsRowAsksThatRun() {
        click(trained_);
        for (int row = 0; row < table().model()->rowCount(); ++row) {
            const QModelIndex index = table().model()->index(row, columnOf(QStringLiteral("name")));
            if (index.data(RunsModel::RunIdRole).toLongLong() == asked_.value)
                drop(*table().viewport(), table().visualRect(index).center(), {QStringLiteral("5")});
        }
        AWAIT_COMPARE(answers().table().model()->rowCount(), 5);
        QCOMPARE(place_->details().run().value, asked_.value);
        QVERIFY(answers().isVisible());
    }

    void whatCannotBeReadIsOneLine() {
        dropOnPanel({QStringLiteral("words.txt")});
        AWAIT_VERIFY(panel().askBar().message().contains(QStringLiteral("This is no picture.")));
        QVERIFY(!panel().askBar().message().contains(u'\n'));
        AWAIT_VERIFY(panel().partField()->isVisible()); // the samples are there as before
        click(trained_);
        AWAIT_VERIFY(panel().askBar().message().isEmpty());
    }

    void manyAreStoppedOrShownAtOnce() {
        dropOnPanel({QStringLiteral("100000")});
        auto* stop = panel().askBar().findChild<QPushButton*>(QStringLiteral("stopAsking"));
        AWAIT_VERIFY(stop->isVisible());
        QTest::mouseClick(stop, Qt::LeftButton);
        AWAIT_VERIFY(!stop->isVisible());
        QCOMPARE(answers().table().model()->rowCount(), 0);
        dropOnPanel({QStringLiteral("100000")});
        AWAIT_COMPARE(answers().table().model()->rowCount(), 100'000);
        QElapsedTimer clock;
        clock.start();
        for (int i = 0; i < 20; ++i) {
            answers().table().scrollTo(answers().table().model()->index(i * 5000, 0));
            answers().table().viewport()->repaint();
        }
        QVERIFY2(clock.elapsed() < 2000, qPrintable(QString::number(clock.elapsed())));
    }
};

QTEST_MAIN(AskingTest)
#include "asking_test.moc"
