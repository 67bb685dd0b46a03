#include "datapage/class_view.h"
#include "datapage/column_table.h"
#include "datapage/data_page.h"
#include "datapage/findings_list.h"
#include "datapage/listed_dataset.h"
#include "datapage/row_table.h"
#include "datapage/sample_table.h"
#include "datapage/seen_view.h"
#include "datapage/table_view.h"
#include "samples/sample_grid.h"
#include "support/await.h"
#include "support/fake_dataset.h"
#include "support/fake_text.h"
#include "theme/theme.h"

#include <QApplication>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QTextEdit>

using namespace burdock;
using namespace burdock::testing;

namespace {

/// A table's reference whose columns can be chosen.
DatasetRef choosable() {
    DatasetRef reference;
    reference.name = "table.csv";
    for (const char* key : {"target", "ignore"}) {
        ParamSpec spec;
        spec.key = key;
        spec.type = ParamType::Text;
        reference.params.push_back(spec);
    }
    return reference;
}

} // namespace

class TestDataPage : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase() { Theme::instance().install(*qApp); }
    void init() {
        page_ = std::make_unique<DataPage>();
        page_->resize(1000, 700);
        page_->show();
        QVERIFY(QTest::qWaitForWindowExposed(page_.get()));
    }
    void cleanup() { page_.reset(); }

    /// Rows are read when they are looked at, each once.
    void aMillionRowsAreReadAsTheyAreSeen() {
        const auto data = std::make_shared<const LongDataset>();
        RowTable model;
        model.setData(data, Part::Train);
        QCOMPARE(model.rowCount(), 1'000'000);
        QCOMPARE(data->reads.load(), 0);
        QTableView view;
        view.setModel(&model);
        view.verticalHeader()->setDefaultSectionSize(26);
        view.resize(600, 520);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        view.repaint();
        const std::int64_t first = data->reads;
        QVERIFY2(first <= 40, qPrintable(QString::number(first)));
        view.repaint();
        QCOMPARE(data->reads.load(), first);
        view.verticalScrollBar()->setValue(view.verticalScrollBar()->maximum());
        view.repaint();
        QVERIFY(data->reads <= first + 40);
        QCOMPARE(model.index(999'999, RowTable::FirstValue).data().toString(), QStringLiteral("999999"));
    }

    /// Nor are more of them read to find how wide the columns are, while nothing is shown yet.
    void columnsAreFittedToFewOfAMillionRows() {
        const auto data = std::make_shared<const LongDataset>();
        RowTable model;
        model.setData(data, Part::Train);
        SampleTable view;
        view.setModel(&model);
        view.resizeColumnsToContents();
        QVERIFY2(data->reads > 0 && data->reads <= 40, qPrintable(QString::number(data->reads)));
    }

    void aTableShowsColumnsAndRows() {
        page_->setData(std::make_shared<const FakeTable>(), {});
        AWAIT_VERIFY(page_->surveyor().survey() != nullptr);
        ColumnTable& columns = page_->table().columns();
        QCOMPARE(columns.rowCount(), 5); // the target, then the features
        QCOMPARE(columns.usedAs(0), ColumnTable::Used::Target);
        QCOMPARE(columns.index(1, ColumnTable::Name).data().toString(), QStringLiteral("a"));
        QCOMPARE(columns.index(1, ColumnTable::Missing).data().toString(), QStringLiteral("none"));
        QVERIFY(!columns.index(1, ColumnTable::Histogram)
                     .data(ColumnTable::barsRole)
                     .value<QVector<qreal>>()
                     .isEmpty());
        QCOMPARE(page_->table().rows().rowCount(), 120);
        QCOMPARE(page_->tabs().count(), 2); // it has no classes
        QMenu menu;
        page_->table().fillMenu(menu, 1);
        QVERIFY(menu.isEmpty()); // nothing can be chosen
    }

    /// Of several numbers to predict each has its column, in the data's units.
    void eachTargetIsAColumnOfTheSamples() {
        DatasetInfo info = tableInfo({"x"});
        info.task = Task::Regression;
        info.targets = 3;
        info.targetNames = {"deflection", "stress", "mass"};
        info.targetOffsets = {0, 0, 100};
        RowTable model;
        model.setData(
            std::make_shared<const ListedDataset>(info, std::vector<ListedDataset::Row>{{{7}, 0.5F, {69, 2}}},
                                                  std::vector<ListedDataset::Row>()),
            Part::Train);
        QStringList titles, cells;
        for (int column = 0; column < model.columnCount(); ++column) {
            titles << model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
            cells << model.index(0, column).data().toString();
        }
        QCOMPARE(titles.join(u'|'), QStringLiteral("Sample|deflection|stress|mass|x"));
        QCOMPARE(cells.join(u'|'), QStringLiteral("1|0.5|69|102|7"));
        QCOMPARE(model.featureAt(3), -1);
        QCOMPARE(model.featureAt(4), 0);
    }

    /// A mean that is but the rounding of values around 0 is 0.
    void aMeanOfRoundingIsZero() {
        DatasetInfo info = tableInfo({"x"});
        info.task = Task::Regression;
        std::vector<ListedDataset::Row> rows;
        for (const float value : {0.1F, 0.2F, 0.7F, -0.7F, -0.2F, -0.1F})
            rows.push_back({{value}, value});
        rows.push_back({{1e-7F}, 1e-7F});
        page_->setData(std::make_shared<const ListedDataset>(info, rows, std::vector<ListedDataset::Row>()),
                       {});
        AWAIT_VERIFY(page_->surveyor().survey() != nullptr);
        const ColumnTable& columns = page_->table().columns();
        QCOMPARE(columns.index(1, ColumnTable::Mean).data().toString(), QStringLiteral("0"));
        QVERIFY(columns.index(1, ColumnTable::Deviation).data().toString().startsWith(u"0.3"));
    }

    void columnsAreChosenByClick() {
        DatasetRef reference = choosable();
        reference.options["ignore"] = std::string("id");
        page_->setData(std::make_shared<const FakeTable>(), reference);
        AWAIT_VERIFY(page_->surveyor().survey() != nullptr);
        ColumnTable& columns = page_->table().columns();
        QCOMPARE(columns.rowCount(), 6);
        QCOMPARE(columns.usedAs(5), ColumnTable::Used::LeftOut);
        QSignalSpy wanted(page_.get(), &DataPage::optionsWanted);
        auto* view = page_->findChild<QTableView*>(QStringLiteral("columns"));
        const auto clickUse = [&](int row, int entry) {
            QTest::mouseClick(view->viewport(), Qt::LeftButton, {},
                              view->visualRect(columns.index(row, ColumnTable::Use)).center());
            QMenu* menu = page_->table().findChild<QMenu*>();
            QVERIFY(menu);
            menu->actions().at(entry)->trigger();
            delete menu;
        };
        clickUse(2, 0); // predict b
        QCOMPARE(wanted.count(), 1);
        auto options = wanted.takeFirst().front().value<ParamValues>();
        QCOMPARE(std::get<std::string>(options.at("target")), std::string("b"));
        clickUse(1, 1); // leave a out
        options = wanted.takeFirst().front().value<ParamValues>();
        QCOMPARE(std::get<std::string>(options.at("ignore")), std::string("id+a"));
        clickUse(5, 1); // take id in
        options = wanted.takeFirst().front().value<ParamValues>();
        QCOMPARE(std::get<std::string>(options.at("ignore")), std::string());
    }

    /// Several targets, chosen one after the other or at once.
    void furtherTargetsAreChosenByClick() {
        DatasetInfo info = tableInfo({"a", "b+c", "when (years)"});
        info.task = Task::Regression;
        info.targetNames = {"y"};
        std::vector<ListedDataset::Row> rows;
        for (int i = 0; i < 12; ++i)
            rows.push_back({{static_cast<float>(i), static_cast<float>(i % 5), static_cast<float>(i % 7)},
                            static_cast<float>(i)});
        auto data = std::make_shared<ListedDataset>(info, rows, std::vector<ListedDataset::Row>());
        data->fields = {{"a", {}, 0, 0, false, "", {0}},
                        {"b+c", {}, 0, 0, false, "", {1}},
                        {"when", {}, 0, 0, false, "", {2}}};
        page_->setData(data, choosable());
        AWAIT_VERIFY(page_->surveyor().survey() != nullptr);
        QSignalSpy wanted(page_.get(), &DataPage::optionsWanted);
        const auto choose = [&](int row, const QString& entry) {
            QMenu menu;
            page_->table().fillMenu(menu, row);
            QStringList there;
            for (QAction* action : menu.actions()) {
                there << action->text();
                if (action->text() == entry) action->trigger();
            }
            if (wanted.isEmpty()) qWarning("%s", qPrintable(there.join(u'|')));
            return wanted.isEmpty() ? ParamValues() : wanted.takeFirst().front().value<ParamValues>();
        };
        ParamValues options = choose(2, QStringLiteral("Predict “b+c” too"));
        QCOMPARE(std::get<std::string>(options["target"]), std::string("y+b\\+c"));
        options = choose(3, QStringLiteral("Leave “when” out"));
        QCOMPARE(std::get<std::string>(options["ignore"]), std::string("when"));
        QMenu none;
        page_->table().fillMenu(none, 0); // something must be predicted
        QVERIFY(none.isEmpty());
        auto* view = page_->findChild<QTableView*>(QStringLiteral("columns"));
        using Select = QItemSelectionModel;
        for (const int row : {1, 2})
            view->selectionModel()->select(view->model()->index(row, 0), Select::Select | Select::Rows);
        options = choose(1, QStringLiteral("Predict these 2 columns too"));
        QCOMPARE(std::get<std::string>(options["target"]), std::string("y+a+b\\+c"));
        options = choose(2, QStringLiteral("Leave these 2 columns out"));
        QCOMPARE(std::get<std::string>(options["ignore"]), std::string("a+b\\+c"));
    }

    void picturesAreShownByClass() {
        page_->setData(std::make_shared<const FakeDataset>(), {});
        AWAIT_VERIFY(page_->surveyor().survey() != nullptr);
        ClassView& view = page_->classes();
        QCOMPARE(view.classes().rowCount(), 4);
        QCOMPARE(view.classes().line(1).name, QStringLiteral("top"));
        QVERIFY(view.classes().line(1).counts.startsWith(QStringLiteral("80 + 20 test")));
        auto* sample = view.findChild<QLabel*>(QStringLiteral("chosenSample"));
        view.choose(2);
        AWAIT_VERIFY(sample->text().contains(QStringLiteral("middle")));
        QTest::keyClick(&view.grid(), Qt::Key_Right);
        QCOMPARE(view.grid().current(), 1);
        QCOMPARE(sample->text(), QStringLiteral("Sample 5 · middle"));
    }

    /// The share of a label is that of the pictures which carry it, and no more than all.
    void labelsOfPixelsHaveTheirShareOfPictures() {
        DatasetInfo info = tableInfo({});
        info.task = Task::Multilabel;
        info.input = {1, 2, 2};
        info.mask = burdock::Shape{1, 2, 2};
        info.targets = 4;
        info.classNames = {"value 255"};
        QCOMPARE(QString::fromStdString(info.task->asks(info)),
                 QStringLiteral("1 label for each pixel of 2 × 2"));
        using Rows = std::vector<ListedDataset::Row>;
        page_->setData(std::make_shared<const ListedDataset>(
                           info, Rows{{{1, 2, 3, 4}, 1, {1, 1, 0}}, {{5, 6, 7, 8}, 0, {0, 0, 0}}},
                           Rows{{{9, 8, 7, 6}, 1, {1, 1, 1}}}),
                       {});
        AWAIT_VERIFY(page_->surveyor().survey() != nullptr);
        QCOMPARE(page_->classes().classes().line(1).counts, QStringLiteral("1 + 1 test · 50.0 %"));
    }

    void augmentationIsPreviewedLive() {
        page_->setData(std::make_shared<const FakeDataset>(), {});
        TrainConfig config;
        page_->setSeen(burdock::Shape{1, 6, 6}, config);
        page_->tabs().setCurrentWidget(&page_->seen());
        AWAIT_VERIFY(page_->seen().shown());
        QCOMPARE(page_->seen().shown()->samples.front().fitted.size(), size_t(1));
        config.augmentation = {{"shift", {}}};
        page_->setSeen(burdock::Shape{1, 6, 6}, config);
        AWAIT_VERIFY(page_->seen().shown() && page_->seen().shown()->samples.front().fitted.size() == 5);
        page_->setSeen(burdock::Shape{1, 8, 8}, config); // not fitted
        auto* facts = page_->findChild<QLabel*>(QStringLiteral("seenFacts"));
        AWAIT_VERIFY(facts->text().contains(QStringLiteral("8×8")));
        config.fit = Fit::Resize;
        page_->setSeen(burdock::Shape{1, 8, 8}, config);
        AWAIT_VERIFY(facts->text().contains(QStringLiteral("fitted to 8×8")));
    }

    void aTextIsCutIntoTokens() {
        page_->setData(std::make_shared<const FakeText>(), {});
        AWAIT_VERIFY(page_->surveyor().survey() != nullptr);
        const auto* text = page_->findChild<QTextEdit*>();
        QCOMPARE(text->toPlainText(), QStringLiteral("abc\\xC3\\xA9abc"));
        QCOMPARE(page_->classes().classes().rowCount(), 6);
    }

    void problemsAreListedWithTheirMends() {
        DatasetInfo info = tableInfo({"x", "same"});
        info.targets = 2;
        info.classNames = {"a", "b"};
        page_->setData(std::make_shared<const ListedDataset>(
                           info, std::vector<ListedDataset::Row>{{{1, 5}, 0}, {{2, 5}, 1}},
                           std::vector<ListedDataset::Row>{{{3, 5}, 0}, {{4, 5}, 1}}),
                       choosable());
        AWAIT_VERIFY(page_->surveyor().survey() != nullptr);
        QSignalSpy wanted(page_.get(), &DataPage::optionsWanted);
        QPushButton* mend = nullptr;
        AWAIT_VERIFY(mend = page_->findings().findChild<QPushButton*>());
        mend->click();
        QCOMPARE(wanted.count(), 1);
        const auto options = wanted.front().front().value<ParamValues>();
        QCOMPARE(std::get<std::string>(options.at("ignore")), std::string("same"));
    }

    void withoutDataItSaysWhy() {
        page_->setData({}, {}, QStringLiteral("Reading the data…"));
        bool said = false;
        for (const QLabel* label : page_->findChildren<QLabel*>())
            said = said || (label->isVisible() && label->text() == QStringLiteral("Reading the data…"));
        QVERIFY(said);
    }

  private:
    std::unique_ptr<DataPage> page_;
};

QTEST_MAIN(TestDataPage)
#include "data_page_test.moc"
