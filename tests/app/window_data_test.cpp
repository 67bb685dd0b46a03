#include "app/data_chip.h"
#include "app/data_place.h"
#include "app/dataset_chooser.h"
#include "app/places_bar.h"
#include "app/run_bar.h"
#include "app/train_place.h"
#include "app/training_form.h"
#include "app/window_fixture.h"
#include "datapage/column_table.h"
#include "datapage/data_page.h"
#include "datapage/data_words.h"
#include "datapage/seen_view.h"
#include "datapage/table_view.h"
#include "document/graph_document.h"
#include "inspector/param_form.h"

#include <QFile>
#include <QLabel>
#include <QMenu>
#include <QSignalSpy>
#include <QTabWidget>

using namespace burdock;

/// The data as the real window shows them: on the chip beside Train, and in a place of their own.
class TestWindowData : public QObject, private test::WindowFixture {
    Q_OBJECT
  private slots:
    void initTestCase() { prepare(QStringLiteral("data")); }
    void init() { open(); }
    void cleanup() { close(); }

    void theChipNamesTheDataAndTellsOfAChange() {
        DataChip& chip = window_->runBar().dataChip();
        workspace_->settings().setDataset(QStringLiteral("iris"));
        AWAIT_VERIFY(chip.text().startsWith(QStringLiteral("Iris")));
        QSignalSpy told(workspace_, &Workspace::told);
        workspace_->settings().setDataset(QStringLiteral("wine"));
        AWAIT_VERIFY(chip.text().startsWith(QStringLiteral("Wine")));
        QCOMPARE(told.count(), 1);
        QVERIFY(told.front().front().toString().contains(QStringLiteral("Wine")));
        workspace_->settings().setDataset(QStringLiteral("/nowhere.csv"));
        AWAIT_COMPARE(chip.text(), QStringLiteral("nowhere.csv · missing"));
    }

    void theDataAreReachedFromChipFormAndInput() {
        const auto isThere = [this] { return window_->places().current() == MainWindow::Data; };
        emit window_->runBar().dataChip().menu()->aboutToShow();
        window_->runBar().dataChip().menu()->actions().front()->trigger();
        QVERIFY(isThere());
        window_->goTo(MainWindow::Train);
        auto* look =
            window_->trainPlace().form().datasets().findChild<QPushButton*>(QStringLiteral("lookAtData"));
        QVERIFY(look && look->isVisible());
        look->click();
        QVERIFY(isThere());
        QVERIFY(window_->dataPlace()
                    .datasets()
                    .findChild<QPushButton*>(QStringLiteral("lookAtData"))
                    ->isHidden());
        window_->goTo(MainWindow::Design);
        for (const Node& node : nodes())
            if (isInput(node.type)) workspace_->document().select({node.id});
        look = window_->designPlace().findChild<QPushButton*>(QStringLiteral("lookAtData"));
        QVERIFY(look && look->isVisible());
        look->click();
        QVERIFY(isThere());
    }

    /// Of a text the form tells tokens as the page does, and no features.
    void formAndPageTellTheSame() {
        workspace_->settings().setDataset(QStringLiteral("pride-and-prejudice"));
        window_->goTo(MainWindow::Data);
        AWAIT_VERIFY(workspace_->dataset().data());
        const auto says = [](const QWidget& widget, const QString& wanted) {
            const auto labels = widget.findChildren<QLabel*>();
            return std::ranges::any_of(labels, [&](const QLabel* l) { return l->text().contains(wanted); });
        };
        const QString words = inputWords(*workspace_->dataset().data());
        QVERIFY(words.contains(QStringLiteral("tokens each")));
        QVERIFY(says(window_->dataPlace().datasets(), words) && says(window_->dataPlace().page(), words));
        QVERIFY(!says(window_->dataPlace().datasets(), QStringLiteral("features")));
    }

    /// A click on a column sets the option of the data set, which is read anew.
    void aColumnIsPredictedByClick() {
        const QString path = folder_->filePath(QStringLiteral("houses.csv"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("area,rooms,price\n");
        for (int i = 0; i < 40; ++i)
            file.write(QStringLiteral("%1,%2,%3\n").arg(50.5 + i).arg(i % 5).arg(1000.25 * i).toUtf8());
        file.close();
        workspace_->settings().setDataset(path);
        window_->goTo(MainWindow::Data);
        DataPage& page = window_->dataPlace().page();
        AWAIT_VERIFY(page.surveyor().survey() && page.surveyor().survey()->inputs.size() == 2);
        QMenu menu;
        page.table().fillMenu(menu, 1);
        QVERIFY(!menu.isEmpty());
        menu.actions().front()->trigger();
        QVERIFY2(workspace_->settings().dataset().contains(QStringLiteral("target=area")),
                 qPrintable(workspace_->settings().dataset()));
        AWAIT_VERIFY(page.surveyor().survey() && page.surveyor().survey()->inputs.back().name == "price");
    }

    /// What the form and the canvas are set to is previewed.
    void thePreviewFollowsTheForm() {
        workspace_->newFromTemplate("mlp");
        workspace_->settings().setDataset(QStringLiteral("digits"));
        window_->goTo(MainWindow::Data);
        DataPage& page = window_->dataPlace().page();
        AWAIT_VERIFY(page.surveyor().survey() != nullptr);
        page.tabs().setCurrentWidget(&page.seen());
        workspace_->settings().setValue(QStringLiteral("fit"), std::string("resize"));
        AWAIT_VERIFY(page.seen().shown() && page.seen().shown()->shape.height == 28);
        TrainConfig config = workspace_->settings().config();
        config.augmentation = {{"rotate", {}}};
        workspace_->settings().setConfig(config);
        AWAIT_VERIFY(page.seen().shown() && page.seen().shown()->samples.front().fitted.size() > 1);
    }
};

QTEST_MAIN(TestWindowData)
#include "window_data_test.moc"
