#include "session/answers.h"

#include "await.h"
#include "fake_dataset.h"
#include "full_disk.h"
#include "open_notebook.h"
#include "session/run_queue.h"
#include "session/whole_file.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

using namespace burdock;
using namespace burdock::testing;

namespace {

/// Five stripes, of which the last is beyond all measure where the file's name says so.
class FiveStripes final : public NewSamples {
  public:
    explicit FiveStripes(bool endless)
        : endless_(endless) {}
    std::int64_t size() const override { return 5; }
    void readInput(std::int64_t index, float* values) const override {
        FakeDataset().readInput(Part::Test, index, values);
        if (endless_ && index == 4) values[0] = std::numeric_limits<float>::infinity();
    }
    std::string name(std::int64_t index) const override { return "a, \"b\" " + std::to_string(index); }
    const std::vector<std::string>& notes() const override { return notes_; }

  private:
    bool endless_;
    std::vector<std::string> notes_{"1 hidden file is left out."};
};

class AskedStripes final : public FakeDataset {
  public:
    Result<std::shared_ptr<const NewSamples>> readNew(const std::filesystem::path& path) const override {
        if (path == "broken") return Dataset::readNew(path); // which refuses all
        return std::make_shared<const FiveStripes>(path == "endless");
    }
};

} // namespace

class TestAnswers : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    std::shared_ptr<storage::Notebook> notebook_;
    DatasetCatalog catalog_;
    storage::RunId run_;

    QByteArray saved(const Answers& answers, const char* name) {
        QFile file(folder_.filePath(QString::fromLatin1(name)));
        if (const Status done = saveAnswers(answers, file.fileName()); !done)
            qWarning("%s", oneLine(done.error()).c_str());
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

  private slots:
    void initTestCase() {
        DatasetEntry entry;
        entry.id = entry.title = "asked";
        entry.available = true;
        entry.open = [](const ParamValues&) -> Result<std::shared_ptr<const Dataset>> {
            return std::make_shared<const AskedStripes>();
        };
        QVERIFY(catalog_.add(std::move(entry)));
        notebook_ = openNotebook(folder_.filePath("n.burdock"));
        RunQueue queue(notebook_, catalog_);
        QSignalSpy finished(&queue, &RunQueue::finished);
        TrainingRequest request;
        request.graph = fakePerceptron();
        request.dataset = QStringLiteral("asked");
        request.config.epochs = 6;
        request.config.learningRate = 0.05;
        request.config.threads = 1;
        const TrainingRun& run = queue.enqueue(request);
        QVERIFY(finished.wait(test::patience));
        run_ = run.runId();
    }

    void answersAreThoseOfThePredictor() {
        const auto network = loadRun(*notebook_, catalog_, run_, {});
        QVERIFY(network);
        const auto answers = askAbout(*network, run_, "new");
        QVERIFY(answers);
        QCOMPARE(answers->columns, (std::vector<std::string>{"top", "middle", "bottom"}));
        QCOMPARE(answers->verdicts, (std::vector<std::string>{"top", "middle", "bottom", "top", "middle"}));
        QCOMPARE(answers->odd, 0);
        std::vector<float> input(36);
        for (std::size_t i = 0; i < answers->rows(); ++i) {
            FakeDataset().readInput(Part::Test, static_cast<std::int64_t>(i), input.data());
            const auto expected = network->predictor->predict(input);
            // Several at once are summed in another order.
            for (std::size_t k = 0; k < expected.size(); ++k)
                QVERIFY(std::abs(answers->row(i)[k] - expected[k]) < 1e-5F);
        }
    }

    /// Of several files those that can be read are asked about, and the others told; of none the reason is.
    void whatCannotBeReadIsLeftOut() {
        const auto network = loadRun(*notebook_, catalog_, run_, {});
        QVERIFY(network);
        using Paths = std::vector<std::filesystem::path>;
        for (const Paths& paths :
             {Paths{"new", "broken"}, Paths{"broken", "new"}, Paths{"broken", "new", "broken"}}) {
            const auto answers = askAbout(*network->predictor, *network->data, run_, paths);
            QVERIFY2(answers, answers ? "" : oneLine(answers.error()).c_str());
            QCOMPARE(answers->rows(), 5u);
            QCOMPARE(answers->samples[0], std::string("new, a, \"b\" 0"));
            QVERIFY(std::ranges::any_of(answers->notes, [](const std::string& note) {
                return note.starts_with("Left out is broken: New samples cannot be read");
            }));
        }
        for (const Paths& paths : {Paths{"broken"}, Paths{"broken", "broken"}})
            QCOMPARE(askAbout(*network->predictor, *network->data, run_, paths).error().code,
                     std::string("dataset.new-samples"));
    }

    void everyFormatHoldsThem() {
        const auto network = loadRun(*notebook_, catalog_, run_, {});
        QVERIFY(network);
        const auto answers = askAbout(*network, run_, "new");
        QVERIFY(answers);
        const QList<QByteArray> lines = saved(*answers, "a.csv").split('\n');
        QCOMPARE(lines.size(), 7); // and nothing after the last line's end
        QCOMPARE(lines[0], QByteArray("sample,answer,top,middle,bottom"));
        QVERIFY2(lines[2].startsWith("\"a, \"\"b\"\" 1\",middle,"), lines[2].constData());
        QCOMPARE(lines[2].split(',')[4].toFloat(), answers->row(1)[1]);

        const auto json = nlohmann::json::parse(saved(*answers, "a.JSON").toStdString());
        QCOMPARE(json["run"].get<qint64>(), run_.value);
        QCOMPARE(json["notes"][0].get<std::string>(), std::string("1 hidden file is left out."));
        QCOMPARE(json["answers"][2]["answer"].get<std::string>(), std::string("bottom"));
        QCOMPARE(json["answers"][2]["probabilities"]["bottom"].get<float>(), answers->row(2)[2]);

        const QByteArray npy = saved(*answers, "a.npy");
        QVERIFY(npy.startsWith("\x93NUMPY\x01"));
        const auto header = static_cast<unsigned char>(npy[8]) + 256 * static_cast<unsigned char>(npy[9]);
        QCOMPARE((10 + header) % 64, 0);
        QVERIFY2(npy.mid(10, header).contains("'shape': (5, 3)"), npy.mid(10, header).constData());
        QCOMPARE(npy.size(), 10 + header + 15 * 4);
        float last = 0;
        std::memcpy(&last, npy.constData() + npy.size() - 4, 4);
        QCOMPARE(last, answers->row(4)[2]);
    }

    /// What is predicted has the name that the data give it, and is not taken for a column of theirs.
    void whatIsPredictedHasItsName() {
        DatasetInfo info;
        info.task = Task::Regression;
        info.targets = 1;
        using Names = std::vector<std::string>;
        QCOMPARE(info.task->answerNames(info), Names{"prediction"});
        info.targetNames = {"price"};
        QCOMPARE(info.task->answerNames(info), Names{"price (predicted)"});
        info.targets = 2;
        info.targetNames = {"price", "b+c"};
        QCOMPARE(info.task->answerNames(info), (Names{"price (predicted)", "b+c (predicted)"}));
    }

    /// Single precision would not tell 1700000000.5 from 1700000003.25.
    void numbersAreToldWithWhatWasTakenOff() {
        Answers answers;
        answers.columns = {"end", "price"};
        answers.samples = {"line 2"};
        answers.verdicts = {""};
        answers.values = {2.75F, 1.5F};
        answers.each = {2, 1, 1};
        answers.offsets = {1700000000.5, 0};
        QVERIFY(saved(answers, "off.csv").endsWith("line 2,1700000003.25,1.5\n"));
        const auto json = nlohmann::json::parse(saved(answers, "off.json").toStdString());
        QCOMPARE(json["answers"][0]["values"]["end"].get<double>(), 1700000003.25);
        const QByteArray npy = saved(answers, "off.npy");
        QVERIFY(npy.contains("'<f8'"));
        double first = 0;
        std::memcpy(&first, npy.constData() + npy.size() - 16, 8);
        QCOMPARE(first, 1700000003.25);
    }

    /// A batch with one sample beyond all measure tells which it is, and the others' answers.
    void aBatchTellsWhichSampleIsBeyondMeasure() {
        const auto network = loadRun(*notebook_, catalog_, run_, {});
        QVERIFY(network);
        const auto all = askAbout(*network, run_, "new"), odd = askAbout(*network, run_, "endless");
        QVERIFY(all && odd);
        for (std::size_t i = 0; i < 4; ++i)
            for (std::size_t k = 0; k < 3; ++k)
                QVERIFY(std::abs(all->row(i)[k] - odd->row(i)[k]) < 1e-5F);
        QVERIFY(std::isnan(odd->row(4)[0]));
    }

    /// Of which some bytes were still written: Qt has no reason then, and the system has one.
    void aFullDiskIsNamed() {
        const QString path = folder_.filePath("full.csv");
        std::optional<QString> failure;
        {
            const FullDisk disk(1000);
            failure = writeWhole(path, QByteArray(100'000, 'x'));
        }
        QVERIFY(failure);
        QCOMPARE(*failure, QString::fromLocal8Bit(std::strerror(EFBIG)));
        QVERIFY(!QFile::exists(path));
        QVERIFY(!writeWhole(path, QByteArray(100'000, 'x')));
        QCOMPARE(QFile(path).size(), 100'000);
        QVERIFY(!writeWhole(path, {}));
        QCOMPARE(QFile(path).size(), 0);
    }

    void refusals() {
        const auto network = loadRun(*notebook_, catalog_, run_, {});
        QVERIFY(network);
        auto answers = askAbout(*network, run_, "endless");
        QVERIFY(answers);
        QCOMPARE(answers->odd, 1);
        QCOMPARE(answers->verdicts.back(), std::string());
        QVERIFY(saved(*answers, "odd.csv").contains(",,,\n")); // nothing stands where there is no number

        const Status ending = saveAnswers(*answers, folder_.filePath("a.xls"));
        QVERIFY(!ending);
        QVERIFY2(ending.error().mend.find(".csv, .json, .npy") != std::string::npos,
                 ending.error().mend.c_str());
        QVERIFY(!saveAnswers(*answers, folder_.filePath("no/such/folder.csv")));
        answers->columns.clear(); // as of a mask
        const Status mask = saveAnswers(*answers, folder_.filePath("mask.csv"));
        QVERIFY(!mask);
        QCOMPARE(mask.error().where, folder_.filePath("mask.csv").toStdString()); // as it was typed
        const std::vector<AnswerFormat> offered = formatsFor(*answers);
        QCOMPARE(offered.size(), std::size_t{1});
        QVERIFY(offered[0].write(*answers, {}).has_value());
        QVERIFY(saveAnswers(*answers, folder_.filePath("mask.npy")));
        const auto stopped = askAbout(*network, run_, "new", [](double) { return false; });
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().code, std::string(answersStopped));
        QVERIFY(!FakeTable().readNew("a.csv")); // a reader of no other files
    }
};

QTEST_GUILESS_MAIN(TestAnswers)
#include "answers_test.moc"
