#include "app/catalog_fixture.h"
#include "engine/graph/check_graph.h"
#include "session/machine.h"
#include "start/gallery.h"
#include "start/recent_list.h"
#include "start/start_page.h"
#include "start/template_card.h"
#include "storage/notebook/run_writer.h"
#include "support/await.h"
#include "theme/theme.h"

#include <QDropEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalSpy>
#include <QToolButton>
#include <QUrl>

#include <algorithm>
#include <nlohmann/json.hpp>

using namespace burdock;

/// The start page by itself, worked with mouse and keys.
class TestStartPage : public QObject, private test::CatalogFixture {
    Q_OBJECT
  private slots:
    void initTestCase() {
        prepare(QStringLiteral("start page"));
        Theme::instance().install(*qApp);
    }
    void init() {
        QSettings().clear(); // of what was measured before
        folder_ = std::make_unique<QTemporaryDir>();
        const auto notebook = storage::Notebook::open(folder_->filePath(QStringLiteral("lab.burdock")));
        QVERIFY(notebook);
        notebook_ = *notebook;
        page_ = std::make_unique<StartPage>(notebook_, catalog_);
        page_->times().setBusy(true);
        page_->resize(1000, 700);
        page_->show();
        page_->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(page_.get()));
    }
    void cleanup() {
        page_.reset();
        notebook_.reset();
        folder_.reset();
    }

    void everyTemplateHasACard() {
        QCOMPARE(page_->gallery().cards().size(), modelTemplates().size());
        for (const ModelTemplate& model : modelTemplates()) {
            const TemplateCard* card = page_->gallery().find(model.id);
            QVERIFY2(card, model.id.c_str());
            QVERIFY(card->isVisible());
            QCOMPARE(card->accessibleName(), QString::fromStdString(model.title));
            QVERIFY(card->accessibleDescription().contains(QString::fromStdString(model.doc)));
            QVERIFY2(!card->words().needs.isEmpty() && !card->words().time.isEmpty(), model.id.c_str());
        }
        AWAIT_VERIFY(allAreKnown());
        for (const TemplateCard* card : page_->gallery().cards()) {
            QVERIFY(!card->facts()->picture.isEmpty());
            QVERIFY(!card->words().size.isEmpty());
        }
    }

    /// What a card says is so: what can be trained here has a button for it, and names its data.
    void aCardSaysWhatItNeedsAndWhatTrainingDoes() {
        AWAIT_VERIFY(allAreKnown());
        const auto wordsOf = [this](const char* id) { return page_->gallery().find(id)->words(); };
        QCOMPARE(wordsOf("classification-mlp").needs.section(QStringLiteral(" ·"), 0, 0),
                 QStringLiteral("Wine"));
        QVERIFY(wordsOf("classification-mlp").train.contains(QStringLiteral("Wine")));
        QVERIFY(wordsOf("mcculloch-pitts-xor").needs.startsWith(QStringLiteral("No data")));
        QVERIFY(wordsOf("mcculloch-pitts-xor").train.isEmpty());
        QVERIFY(wordsOf("vgg16").needs.contains(QStringLiteral("224 × 224 in colour")));
        QVERIFY(wordsOf("vgg16").train.contains(QStringLiteral("Brick")));
        QVERIFY2(wordsOf("gpt3").time.contains(QStringLiteral("TB")), qPrintable(wordsOf("gpt3").time));
        QVERIFY(wordsOf("gpt3").train.isEmpty());
        QVERIFY(page_->gallery().find("gpt3")->trainButton()->isHidden());
        QVERIFY(!page_->gallery().find("vgg16")->trainButton()->isHidden());
    }

    /// However many columns there are, the last card is at the page's end.
    void thePageEndsWithItsLastCard() {
        const Gallery& gallery = page_->gallery();
        auto* area = page_->findChild<QScrollArea*>(QStringLiteral("startScroll"));
        QVERIFY(area);
        for (const int width : {620, 1000, 1400}) {
            page_->resize(width, 700);
            const auto below = [&] {
                const QWidget* last = gallery.cards().back();
                return area->widget()->height() - last->mapTo(area->widget(), QPoint(0, last->height())).y();
            };
            AWAIT_VERIFY(below() >= 0 && below() < 100);
        }
    }
    void aSearchFindsNamesTextsGroupsAndLayers() {
        AWAIT_VERIFY(allAreKnown());
        const auto found = [this](const char* text) {
            search()->setText(QString::fromUtf8(text));
            QStringList ids;
            for (const TemplateCard* card : page_->gallery().shown())
                ids << QString::fromStdString(card->model().id);
            return ids;
        };
        QCOMPARE(found("lenet-5"), QStringList{QStringLiteral("lenet5")});
        QVERIFY(found("attention").contains(QStringLiteral("gpt-nano"))); // a layer
        QCOMPARE(found("segment").size(), 2);                             // a group
        QVERIFY(found("he et al").contains(QStringLiteral("resnet50")));  // a text
        QCOMPARE(found("vgg 28 batch"), QStringList{QStringLiteral("vgg28")});
        QVERIFY(found("xyzzy").isEmpty());
        const auto* none = page_->findChild<QLabel*>(QStringLiteral("nothingFound"));
        QVERIFY(none->isVisible() && none->text().contains(QStringLiteral("xyzzy")));
        QTest::mouseClick(page_->findChild<QPushButton*>(QStringLiteral("clearSearch")), Qt::LeftButton);
        QVERIFY(search()->text().isEmpty() && search()->hasFocus() && !none->isVisible());
        QCOMPARE(page_->gallery().shown().size(), modelTemplates().size());
    }

    void keysWalkTheCardsAndOpenThem() {
        AWAIT_VERIFY(allAreKnown());
        search()->setFocus();
        QTest::keyClick(search(), Qt::Key_Down);
        const auto current = [] { return qobject_cast<TemplateCard*>(QApplication::focusWidget()); };
        const auto& cards = page_->gallery().cards();
        QCOMPARE(current(), cards[0]);
        QTest::keyClick(current(), Qt::Key_Right);
        QCOMPARE(current(), cards[1]);
        QTest::keyClick(current(), Qt::Key_Left);
        QTest::keyClick(current(), Qt::Key_Down);
        QVERIFY(current() != cards[0] && current()->x() == cards[0]->x() && current()->y() > cards[0]->y());
        QTest::keyClick(current(), Qt::Key_Up);
        QCOMPARE(current(), cards[0]);
        QTest::keyClick(current(), Qt::Key_End);
        QCOMPARE(current(), cards.back());
        QVERIFY(!current()->visibleRegion().isEmpty()); // it was scrolled to
        QSignalSpy opened(page_.get(), &StartPage::openWanted), trained(page_.get(), &StartPage::trainWanted);
        QTest::keyClick(current(), Qt::Key_Return);
        QCOMPARE(opened.count(), 1);
        QCOMPARE(opened[0][0].value<std::string>(), cards.back()->model().id);
        QTest::keyClick(current(), Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(trained.count(), 1);
        QTest::keyClick(current(), Qt::Key_Home);
        QTest::keyClick(current(), Qt::Key_Up); // above the first row
        QVERIFY(search()->hasFocus());
        // One of them is reached by Tab, whichever the keyboard was on.
        QCOMPARE(std::ranges::count(cards, Qt::StrongFocus, [](const auto* c) { return c->focusPolicy(); }),
                 1);
    }

    void aSingleAnswerIsOpenedByEnter() {
        search()->setText(QStringLiteral("lenet-5"));
        QSignalSpy opened(page_.get(), &StartPage::openWanted);
        QTest::keyClick(search(), Qt::Key_Return);
        QCOMPARE(opened.count(), 1);
        QCOMPARE(opened[0][0].value<std::string>(), std::string("lenet5"));
    }

    void theFirstStepsAreOneClickAway() {
        QSignalSpy trained(page_.get(), &StartPage::trainWanted), file(page_.get(), &StartPage::fileWanted),
            folder(page_.get(), &StartPage::folderWanted);
        QTest::mouseClick(page_->findChild<QPushButton*>(QStringLiteral("trainFirst")), Qt::LeftButton);
        QCOMPARE(trained.count(), 1);
        QCOMPARE(trained[0][0].value<std::string>(), std::string("lecture-cnn"));
        QCOMPARE(trained[0][1].value<std::string>(), catalog_.find("fashion-mnist")->available
                                                         ? std::string("fashion-mnist")
                                                         : std::string("fashion-mnist-small"));
        QTest::mouseClick(page_->findChild<QPushButton*>(QStringLiteral("bringData")), Qt::LeftButton);
        QCOMPARE(file.count(), 1);
        QTest::mouseClick(page_->findChild<QPushButton*>(QStringLiteral("bringFolder")), Qt::LeftButton);
        QCOMPARE(folder.count(), 1);
    }

    void aFileIsTakenWhereverItIsDropped() {
        QSignalSpy dropped(page_.get(), &StartPage::dropped);
        const auto drop = [this](const QList<QUrl>& urls) {
            QMimeData mime;
            mime.setUrls(urls);
            QDragEnterEvent enter(QPoint(400, 500), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
            enter.ignore();
            QApplication::sendEvent(page_.get(), &enter);
            const bool hinted = page_->findChild<QLabel*>(QStringLiteral("dropHint"))->isVisible();
            QDropEvent event(QPointF(400, 500), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
            QApplication::sendEvent(page_.get(), &event);
            return hinted && enter.isAccepted();
        };
        for (const QWidget* part : page_->findChildren<QWidget*>())
            QVERIFY2(!part->acceptDrops(),
                     qPrintable(part->objectName())); // the search takes texts by itself
        QVERIFY(drop({QUrl::fromLocalFile(QStringLiteral("/data/houses.csv"))}));
        QCOMPARE(dropped.count(), 1);
        QCOMPARE(dropped[0][0].toString(), QStringLiteral("/data/houses.csv"));
        QVERIFY(!page_->findChild<QLabel*>(QStringLiteral("dropHint"))->isVisible());
        QVERIFY(
            !drop({QUrl::fromLocalFile(QStringLiteral("/a")), QUrl::fromLocalFile(QStringLiteral("/b"))}));
        QVERIFY(!drop({QUrl(QStringLiteral("https://example.org/houses.csv"))}));
        QCOMPARE(dropped.count(), 1);
    }

    void recentNotebooksAreOpenedAndTheOpenOneIsMarked() {
        RecentList& recent = page_->recent();
        recent.setPaths({QStringLiteral("/lab/one.burdock"), QStringLiteral("/lab/a & b.burdock")},
                        QStringLiteral("/lab/one.burdock"));
        QSignalSpy wanted(&recent, &RecentList::notebookWanted);
        const auto rows = recent.findChildren<QPushButton*>(QStringLiteral("recent"));
        QCOMPARE(rows.size(), 2);
        AWAIT_VERIFY(rows[1]->y() > rows[0]->y() && rows[0]->y() > 0);
        QVERIFY(!rows[0]->isEnabled() && rows[0]->text().contains(QStringLiteral("open now")));
        QVERIFY(rows[1]->isEnabled() && rows[1]->text().contains(QStringLiteral("a && b")));
        rows[1]->click();
        QCOMPARE(wanted.count(), 1);
        QCOMPARE(wanted[0][0].toString(), QStringLiteral("/lab/a & b.burdock"));
        const int top = rows[0]->y();
        recent.setIdle(false); // a run stays with its window
        const auto waiting = recent.findChildren<QPushButton*>(QStringLiteral("recent"));
        QVERIFY(std::ranges::none_of(waiting, &QPushButton::isEnabled));
        AWAIT_COMPARE(waiting[0]->y(), top); // filled anew, in its old place
        recent.setPaths({}, {});
        QVERIFY(recent.findChildren<QPushButton*>(QStringLiteral("recent")).isEmpty());
    }

    /// Times are measured once, on this machine, and stay known.
    void timesAreMeasuredAndRemembered() {
        QVERIFY(page_->times().isOpen("classification-mlp"));
        QVERIFY(
            page_->gallery().find("classification-mlp")->words().time.contains(QStringLiteral("measured")));
        page_->times().setBusy(false);
        AWAIT_VERIFY(page_->times().of("classification-mlp"));
        const EpochTime time = *page_->times().of("classification-mlp");
        QVERIFY(time.seconds > 0 && time.seconds < 60);
        QCOMPARE(time.samples, qint64(178));
        const TemplateWords words = page_->gallery().find("classification-mlp")->words();
        const auto epochs =
            static_cast<double>(page_->gallery().find("classification-mlp")->model().settings.epochs);
        QVERIFY2(words.time.startsWith(time.seconds * epochs < 1 ? QStringLiteral("Less than 1 s for all")
                                                                 : QStringLiteral("About")),
                 qPrintable(words.time));
        QVERIFY(words.needs.contains(QStringLiteral("178")));
        const TrainingTimes later(notebook_, catalog_);
        QVERIFY(later.of("classification-mlp"));
        QCOMPARE(later.of("classification-mlp")->seconds, time.seconds);
    }

    /// A run has the processors to itself: a measurement that it comes upon is broken off, and made later.
    void whileARunIsTrainedNothingIsMeasured() {
        TrainingTimes& times = page_->times();
        const auto isAnyKnown = [&] {
            return std::ranges::any_of(modelTemplates(),
                                       [&](const auto& m) { return times.of(m.id).has_value(); });
        };
        times.setBusy(false);
        AWAIT_VERIFY(times.isMeasuring());
        times.setBusy(true);
        AWAIT_VERIFY(!times.isMeasuring());
        QVERIFY(!isAnyKnown() && times.isOpen("classification-mlp"));
        times.setBusy(false);
        AWAIT_VERIFY(isAnyKnown());
    }

    /// What takes too long to be measured is not told as if it had been.
    void anEstimateIsToldAsOne() {
        page_.reset();
        const QString here = machineDescription() + QStringLiteral(" · ") + programVersion();
        for (const ModelTemplate& model : modelTemplates()) // all others have been measured
            if (model.id != "unet")
                QSettings().setValue(QStringLiteral("start/epoch/%1").arg(QString::fromStdString(model.id)),
                                     QStringList{here, QStringLiteral("40"), QStringLiteral("60000"),
                                                 QStringLiteral("1e10"), QStringLiteral("undisturbed")});
        page_ = std::make_unique<StartPage>(notebook_, catalog_);
        const auto timeOf = [this](const char* id) { return page_->gallery().find(id)->words().time; };
        QVERIFY2(timeOf("classification-mlp").startsWith(QStringLiteral("About 40 s an epoch")),
                 qPrintable(timeOf("classification-mlp")));
        AWAIT_VERIFY(timeOf("vgg16").startsWith(QStringLiteral("Estimated: "))); // its own data are not here
        page_->times().begin();
        AWAIT_VERIFY(page_->times().of("unet"));
        QVERIFY(page_->times().of("unet")->source == EpochTime::Source::Estimated);
        QVERIFY2(timeOf("unet").startsWith(QStringLiteral("Estimated: ")), qPrintable(timeOf("unet")));
    }

    /// Where an epoch would take longer than somebody waits, a first step goes to the small set.
    void aFirstResultIsNotWaitedForLong() {
        const ModelTemplate& mlp = *findTemplate("mlp");
        if (!catalog_.find(mlp.dataset)->available) QSKIP("Fashion-MNIST is not installed");
        const auto run = [&](double seconds) {
            storage::RunStart start;
            const Graph graph = mlp.build();
            start.modelName = QString::fromStdString(graph.name);
            start.parameters = checkGraph(graph).parameters;
            start.datasetId = QString::fromStdString(mlp.dataset);
            start.machine = machineDescription();
            start.configJson = QByteArray::fromStdString(toJson(mlp.settings).dump());
            auto writer = notebook_->startRun(start);
            QVERIFY(writer);
            storage::EpochRow epoch;
            epoch.epoch = 1;
            epoch.step = 10;
            epoch.seconds = seconds;
            (*writer)->epoch(epoch);
            QVERIFY((*writer)->finish(storage::RunState::Stopped, seconds));
        };
        QCOMPARE(firstData(mlp, catalog_, page_->times()), mlp.dataset);
        run(firstPatience + 1);
        page_->times().begin();
        AWAIT_VERIFY(page_->times().of("mlp"));
        QCOMPARE(page_->times().of("mlp")->source, EpochTime::Source::Run);
        QCOMPARE(firstData(mlp, catalog_, page_->times()), mlp.trial);
        const TemplateWords& words = page_->gallery().find("mlp")->words();
        QVERIFY2(words.time.contains(QStringLiteral("5 min an epoch")), qPrintable(words.time));
        AWAIT_VERIFY(words.train.contains(QStringLiteral("small")));
        run(1); // the machine is quicker today, and it is the latest that counts
        page_->times().begin();
        AWAIT_COMPARE(page_->times().of("mlp")->seconds, 1.0);
        QCOMPARE(firstData(mlp, catalog_, page_->times()), mlp.dataset);
    }

  private:
    bool allAreKnown() const { return std::ranges::all_of(page_->gallery().cards(), &TemplateCard::facts); }
    QLineEdit* search() const { return page_->findChild<QLineEdit*>(QStringLiteral("templateSearch")); }

    std::shared_ptr<storage::Notebook> notebook_;
    std::unique_ptr<StartPage> page_;
};

QTEST_MAIN(TestStartPage)
#include "start_page_test.moc"
