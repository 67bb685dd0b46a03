#include "engine/data/number_fields.h"
#include "fake_dataset.h"
#include "halves.h"
#include "notebook/answers_panel.h"
#include "notebook/feature_form.h"
#include "notebook/field_row.h"
#include "notebook/number_box.h"
#include "notebook/probability_bars.h"
#include "samples/mask_view.h"
#include "theme/theme.h"
#include "tried_run.h"

#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDateTimeEdit>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSettings>
#include <QSlider>
#include <QSpinBox>
#include <QStandardPaths>

#include <cmath>

using namespace burdock;
using namespace burdock::testing;

namespace {

/// y = 2 length + 3 if wet - day / 10: a number from 0 to 9.5, a word, a date as two inputs.
class Fields final : public Dataset {
  public:
    Fields() {
        info_.id = info_.title = "fields";
        info_.task = Task::Regression;
        info_.input = {4, 1, 1};
        info_.targets = 1;
        info_.targetNames = {"y"};
        info_.featureNames = {"length", "rain = wet", "when (years)", "when (odd)"};
        info_.trainSize = 100;
        info_.testSize = 20;
        info_.missingValues = 1;
        info_.standardise = true;
        info_.sha256 = "66ff";
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part part, std::int64_t index, float* values) const override {
        values[0] = static_cast<float>(index % 20) / 2;
        values[1] = static_cast<float>(index % 3 == 0);
        values[2] = static_cast<float>(index % 28);
        values[3] = static_cast<float>(index % 2);
        if (part == Part::Test && index == 19) values[0] = std::nanf("");
    }
    void readTarget(Part part, std::int64_t index, float* values) const override {
        float input[4];
        readInput(part, index, input);
        values[0] = 2 * (std::isnan(input[0]) ? 0 : input[0]) + 3 * input[1] - input[2] / 10;
    }
    std::vector<InputField> inputFields() const override {
        return {{"length", {}, 0, 9.5, false, "4.5", {0}},
                {"rain", {"dry", "wet"}, 0, 0, false, "dry", {1}},
                {"when", {}, 0, 0, false, "2023-03-15", {2, 3}}};
    }
    Result<std::shared_ptr<const NewSamples>> readFields(std::span<const std::string> texts) const override {
        std::vector<float> values(4, std::nanf(""));
        if (!texts[0].empty()) values[0] = std::stof(texts[0]);
        if (values[0] > 1e6F) return refuseField(inputFields()[0], texts[0], "so long");
        if (!texts[1].empty()) values[1] = texts[1] == "wet";
        if (!texts[2].empty()) {
            const QDate date = QDate::fromString(QString::fromStdString(texts[2]), Qt::ISODate);
            values[2] = static_cast<float>(QDate(2023, 3, 1).daysTo(date));
            values[3] = static_cast<float>(date.day() % 2 == 0);
        }
        return handMade(std::move(values));
    }

  private:
    DatasetInfo info_;
};

/// A Unix time that is kept from a second of its own on, and a time of the day as sine and cosine.
class Clock final : public Dataset {
  public:
    Clock() {
        info_.id = info_.title = "clock";
        info_.task = Task::Regression;
        info_.input = {3, 1, 1};
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part, std::int64_t, float*) const override {}
    void readTarget(Part, std::int64_t, float*) const override {}
    std::vector<InputField> inputFields() const override {
        return {{"stamp", {}, 1.7e9, 1.7e9 + 600, true, "1700000300", {0}},
                {"at", {}, 0, 0, false, "12:00", {1, 2}}};
    }
    Result<std::shared_ptr<const NewSamples>> readFields(std::span<const std::string> texts) const override {
        std::vector<float> values(3, std::nanf(""));
        if (!texts[0].empty()) values[0] = static_cast<float>(std::stod(texts[0]) - 1.7e9);
        if (!texts[1].empty()) {
            const QTime time = QTime::fromString(QString::fromStdString(texts[1]), QStringLiteral("HH:mm"));
            const double angle = 2 * 3.14159265358979 * QTime(0, 0).secsTo(time) / 86400;
            values[1] = static_cast<float>(std::sin(angle));
            values[2] = static_cast<float>(std::cos(angle));
        }
        return handMade(std::move(values));
    }

  private:
    DatasetInfo info_;
};

/// That can be asked about a file, whatever is in it.
class AskedHalves final : public Halves {
  public:
    Result<std::shared_ptr<const NewSamples>> readNew(const std::filesystem::path&) const override {
        return handMade(std::vector<float>(16, 0.5F));
    }
};

std::vector<InputField> manyFields(int count) {
    std::vector<InputField> fields;
    for (int i = 0; i < count; ++i)
        fields.push_back({"column " + std::to_string(i), {}, 0, 10, i % 2 == 0, "5", {i}});
    return fields;
}

} // namespace

/// A sample as a form, and what the network says of it.
class FeatureFormTest : public QObject {
    Q_OBJECT

    std::unique_ptr<TriedRun> tried_;
    std::unique_ptr<TryPanel> panel_;

    FeatureForm& form() { return panel_->form(); }
    FieldRow& row(std::size_t field) { return *form().row(field); }
    double answer() { return panel_->answer().section(u' ', -1).replace(QChar(0x2212), u'-').toDouble(); }

  private slots:
    void initTestCase() {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setApplicationName(QStringLiteral("burdock-form-test"));
        QSettings().clear();
        Theme::instance().install(*qApp);
        TrainingRequest request;
        request.graph = fakeRegression();
        request.config.epochs = 100;
        request.config.learningRate = 0.1;
        request.config.batch = 16;
        tried_ = std::make_unique<TriedRun>(std::make_shared<const Fields>(), request);
    }
    void init() {
        panel_ = std::make_unique<TryPanel>(tried_->notebook, tried_->catalog);
        panel_->resize(900, 600);
        panel_->setRun(tried_->run);
        panel_->show();
        QVERIFY(QTest::qWaitForWindowExposed(panel_.get()));
        AWAIT_VERIFY(panel_->answer().startsWith(QStringLiteral("Predicted y ")));
    }
    void cleanup() { panel_.reset(); }

    void theFormBeginsWithTheSample() {
        QCOMPARE(panel_->indexField()->value(), 1); // counted from 1, as the data page does
        QCOMPARE(panel_->indexField()->minimum(), 1);
        QCOMPARE(panel_->indexField()->maximum(), 20);
        panel_->indexField()->setValue(4); // 1.5, wet, the fourth of March
        AWAIT_COMPARE(row(0).text(), std::string("1.5"));
        QCOMPARE(row(0).box()->text(), QStringLiteral("1.5"));
        QCOMPARE(row(0).slider()->value(), 158);
        QCOMPARE(row(1).words()->currentText(), QStringLiteral("wet"));
        QCOMPARE(row(2).date()->date(), QDate(2023, 3, 4));
        QVERIFY(panel_->truth().startsWith(QStringLiteral("True value ")));
        QVERIFY(!form().backButton()->isEnabled());
        panel_->indexField()->setValue(20);
        AWAIT_VERIFY(row(0).missing()->isChecked());
        QCOMPARE(row(0).text(), std::string());
    }

    void everyChangeIsAnswered() {
        panel_->indexField()->setValue(4);
        AWAIT_COMPARE(row(0).text(), std::string("1.5"));
        const QString before = panel_->answer();
        const double first = answer();
        row(0).slider()->setFocus();
        QTest::keyClick(row(0).slider(), Qt::Key_End); // 9.5
        QCOMPARE(row(0).box()->value(), 9.5);
        AWAIT_VERIFY(std::abs(answer() - first) > 1);
        QVERIFY2(std::abs(answer() - first - 16) < 1, qPrintable(panel_->answer()));
        QVERIFY2(panel_->truth().startsWith(QStringLiteral("1 feature is changed")),
                 qPrintable(panel_->truth()));
        // What was said of the sample itself, beside what is true of it.
        QVERIFY2(panel_->truth().endsWith(QStringLiteral("Unchanged: predicted %1, true %2.")
                                              .arg(before.section(u' ', -1), humanNumber(2 * 1.5 + 3 - 0.3))),
                 qPrintable(panel_->truth()));
        const double second = answer();
        row(1).words()->setFocus();
        QTest::keyClick(row(1).words(), Qt::Key_Up); // dry
        AWAIT_VERIFY(std::abs(answer() - second) > 1);
        QVERIFY2(std::abs(second - answer() - 3) < 1, qPrintable(panel_->answer()));
        QVERIFY(panel_->truth().startsWith(QStringLiteral("2 features are changed")));
        QTest::mouseClick(form().backButton(), Qt::LeftButton);
        AWAIT_COMPARE(panel_->answer(), before);
        QVERIFY(panel_->truth().startsWith(QStringLiteral("True value ")));
        QCOMPARE(row(1).words()->currentText(), QStringLiteral("wet"));
        QVERIFY(!form().backButton()->isEnabled());
    }

    /// However fast they come, the last one is answered in the end.
    void manyChangesEndWithTheLastOne() {
        panel_->indexField()->setValue(1);
        AWAIT_COMPARE(row(0).text(), std::string("0"));
        for (int place = 1; place <= 400; ++place)
            row(0).slider()->setValue(place);
        row(0).slider()->setValue(0);
        row(0).slider()->setValue(1000);
        AWAIT_VERIFY(std::abs(answer() - 22) < 1.5); // 2 × 9.5 + 3
    }

    /// A slider that is dragged on through the value that it had stays under the hand.
    void aChangeThroughTheOldValueIsKept() {
        panel_->indexField()->setValue(4);
        AWAIT_COMPARE(row(0).text(), std::string("1.5"));
        const double first = answer();
        const int old = row(0).slider()->value();
        row(0).slider()->setValue(old - 50);
        AWAIT_VERIFY(panel_->truth().startsWith(QStringLiteral("1 feature is changed")));
        row(0).slider()->setValue(old); // asks about the sample as it was
        row(0).slider()->setValue(900); // before it is answered
        AWAIT_VERIFY(std::abs(answer() - first - 2 * (8.55 - 1.5)) < 1);
        QCOMPARE(row(0).slider()->value(), 900);
        QCOMPARE(row(0).text(), std::string("8.55"));
    }

    void beyondTheRangeIsToldSoftly() {
        row(0).box()->setFocus();
        row(0).box()->selectAll();
        QTest::keyClicks(row(0).box(), QStringLiteral("12,5"));
        QCOMPARE(row(0).text(), std::string("12.5"));
        QCOMPARE(row(0).slider()->value(), row(0).slider()->maximum());
        const auto told = [&] {
            for (const QLabel* label : row(0).findChildren<QLabel*>())
                if (label->text() == QStringLiteral("outside 0 to 9.5")) return true;
            return false;
        };
        QVERIFY(told());
        row(0).box()->setValue(3);
        QVERIFY(!told());
    }

    void typicalValuesAndMissingOnes() {
        QTest::mouseClick(form().typicalButton(), Qt::LeftButton);
        QCOMPARE(row(0).box()->value(), 4.5);
        AWAIT_VERIFY(panel_->truth().contains(QStringLiteral("typical values")));
        AWAIT_VERIFY(std::abs(answer() - (9 - 1.4)) < 1);
        row(0).missing()->setChecked(true); // the mean stands for it
        QCOMPARE(row(0).text(), std::string());
        row(0).slider()->setValue(0);
        QVERIFY(!row(0).missing()->isChecked());
        AWAIT_VERIFY(std::abs(answer() + 1.4) < 1);
        QVERIFY(form().backButton()->isEnabled());
        QTest::mouseClick(form().backButton(), Qt::LeftButton);
        AWAIT_VERIFY(panel_->truth().startsWith(QStringLiteral("True value ")));
    }

    void changesOfTypicalValuesAreCounted() {
        QTest::mouseClick(form().typicalButton(), Qt::LeftButton);
        const QString untouched = QStringLiteral("For typical values of all features.");
        AWAIT_COMPARE(panel_->truth(), untouched);
        row(0).slider()->setValue(0);
        AWAIT_COMPARE(panel_->truth(), QStringLiteral("1 feature is changed from its typical value."));
        row(1).words()->setCurrentIndex(1);
        AWAIT_COMPARE(panel_->truth(), QStringLiteral("2 features are changed from their typical values."));
        row(1).words()->setCurrentIndex(0);
        row(0).box()->setValue(4.5);
        AWAIT_COMPARE(panel_->truth(), untouched);
    }

    /// What the reader refuses is said above the form, and the form goes on.
    void aRefusedValueIsTold() {
        row(0).box()->setValue(2e6);
        const auto told = [&] {
            for (const QLabel* label : form().findChildren<QLabel*>())
                if (label->text().contains(QStringLiteral("is not so long"))) return label->isVisible();
            return false;
        };
        AWAIT_VERIFY(told());
        row(0).box()->setValue(2);
        AWAIT_VERIFY(!told());
        AWAIT_VERIFY(panel_->truth().startsWith(QStringLiteral("1 feature is changed")));
    }

    void aThousandFieldsAreMadeAsTheyComeIntoSight() {
        FeatureForm wide;
        wide.resize(400, 500);
        wide.setFields(manyFields(1000), false);
        wide.setSample(std::vector<std::string>(1000, "7"), std::vector<float>(1000, 7.F));
        wide.show();
        QVERIFY(QTest::qWaitForWindowExposed(&wide));
        const auto made = [&] { return wide.findChildren<FieldRow*>().size(); };
        QVERIFY2(made() > 3 && made() < 30, qPrintable(QString::number(made())));
        QVERIFY(!wide.row(999));
        wide.activateWindow();
        wide.row(0)->slider()->setFocus();
        for (QWidget* next : std::initializer_list<QWidget*>{wide.row(0)->box(), wide.row(1)->slider()}) {
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
            QCOMPARE(QApplication::focusWidget(), next);
        }
        auto* bar = wide.findChild<QScrollArea*>()->verticalScrollBar();
        bar->setValue(bar->maximum());
        QVERIFY(wide.row(999) && wide.row(999)->isVisible());
        QCOMPARE(wide.row(999)->box()->value(), 7.0);
        QVERIFY2(made() < 60, qPrintable(QString::number(made())));
        wide.filter()->setText(QStringLiteral("COLUMN 50"));
        QVERIFY(wide.row(50) && wide.row(50)->isVisible() && wide.row(503));
        QVERIFY(!wide.row(999)->isVisible());
        QSignalSpy edited(&wide, &FeatureForm::edited);
        wide.row(500)->slider()->setValue(3);
        QCOMPARE(edited.count(), 1);
        QCOMPARE(wide.sample().changed, std::vector<std::size_t>{500});
        QCOMPARE(wide.sample().texts[500], std::string("3"));
        wide.filter()->setText(QStringLiteral("nothing"));
        QVERIFY(!wide.row(50)->isVisible());
        FeatureForm narrow;
        narrow.setFields(manyFields(12), false);
        narrow.show();
        QVERIFY(!narrow.filter()->isVisible());
    }

    void inputsAreTurnedBackIntoTheirTexts() {
        const Clock clock;
        const FieldTexts back(clock);
        using Texts = std::vector<std::string>;
        for (const Texts& texts : {Texts{"1700000123", "17:05"},
                                   {"1699999999", "00:00"},
                                   {"1700000000", "23:59"},
                                   {"", "06:30"}}) {
            const auto sample = clock.readFields(texts);
            QVERIFY(sample);
            std::vector<float> input(3);
            (*sample)->readInput(0, input.data());
            QCOMPARE(back.of(input), texts);
        }
    }

    /// Where clocks are put on, an hour of a day is none of local time.
    void everyHourOfADayIsOne() {
        const QByteArray before = qgetenv("TZ");
        qputenv("TZ", "Europe/Budapest");
        const InputField field{"at", {}, 0, 0, false, "2024-03-31 02:30", {0}};
        QCOMPARE(kindOf(field), FieldKind::DateTime);
        FieldRow row(field, false);
        QCOMPARE(row.text(), field.typical);
        QCOMPARE(row.date()->text(), QStringLiteral("2024-03-31 02:30"));
        row.date()->setTime(QTime(2, 15));
        QCOMPARE(row.text(), std::string("2024-03-31 02:15"));
        before.isEmpty() ? qunsetenv("TZ") : qputenv("TZ", before);
        QVERIFY(!momentOf(QStringLiteral("2024-13-01"), FieldKind::Date).isValid());
        QVERIFY(!momentOf(QStringLiteral("2024-01-01 1:05"), FieldKind::DateTime).isValid());
        QCOMPARE(kindOf({"x", {}, 0, 0, false, "12.5", {0}}), FieldKind::Number);
    }

    void numbersOfEverySize_data() {
        QTest::addColumn<double>("number");
        QTest::addColumn<QString>("text");
        QTest::newRow("tiny") << 1.25e-19 << QStringLiteral("1.25e-19");
        QTest::newRow("a time") << 1700000000.0 << QStringLiteral("1700000000");
        QTest::newRow("usual") << 0.1 << QStringLiteral("0.1");
        QTest::newRow("negative") << -5.12 << QStringLiteral("-5.12");
    }
    void numbersOfEverySize() {
        QFETCH(double, number);
        QFETCH(QString, text);
        NumberBox box;
        box.setValue(number);
        QCOMPARE(box.text(), text);
        QCOMPARE(box.value(), number);
        const InputField field{"x", {}, number - std::abs(number), number + std::abs(number), false, "", {0}};
        FieldRow row(field, false);
        row.setText(text.toStdString());
        QCOMPARE(row.text(), text.toStdString());
        row.slider()->setValue(row.slider()->maximum());
        QCOMPARE(QString::fromStdString(row.text()).toDouble(), field.highest);
    }

    /// The arrow keys of a box go on by a power of ten, whatever the range.
    void aBoxIsSteppedThrough_data() {
        QTest::addColumn<double>("low");
        QTest::addColumn<double>("high");
        QTest::addColumn<QString>("twoUp");
        QTest::newRow("a petal") << 4.3 << 7.9 << QStringLiteral("4.5");
        QTest::newRow("another") << 2.0 << 4.4 << QStringLiteral("2.2");
        QTest::newRow("a hundred") << 0.0 << 100.0 << QStringLiteral("2");
        QTest::newRow("small") << 1e-8 << 4e-8 << QStringLiteral("1.2e-08");
        QTest::newRow("large") << 0.0 << 3e6 << QStringLiteral("200000");
    }
    void aBoxIsSteppedThrough() {
        QFETCH(double, low);
        QFETCH(double, high);
        QFETCH(QString, twoUp);
        FieldRow row({"x", {}, low, high, false, "", {0}}, false);
        row.show();
        row.box()->setValue(low);
        QTest::keyClick(row.box(), Qt::Key_Up);
        QTest::keyClick(row.box(), Qt::Key_Up);
        QCOMPARE(row.box()->text(), twoUp);
        QTest::keyClick(row.box(), Qt::Key_Down);
        QTest::keyClick(row.box(), Qt::Key_Down);
        QCOMPARE(row.box()->value(), low);
    }

    void aMaskIsDrawnInTheLabelsColours() {
        const Shape shape{2, 1, 3};
        const QList<QColor> colours{Qt::red, Qt::blue};
        const std::vector<float> shares{0.9F, 0.6F, 0.2F, 0.1F, 0.7F, 0.5F};
        const QImage image = maskPicture(shape, shares, colours);
        QCOMPARE(image.pixelColor(0, 0), QColor(Qt::red));
        QCOMPARE(image.pixelColor(1, 0), QColor(Qt::blue)); // of two, the likelier
        QCOMPARE(image.pixelColor(2, 0).alpha(), 0);
    }

    void theMaskLiesOverThePicture() {
        TrainingRequest request;
        request.config.epochs = 1;
        const NodeId input = request.graph.add(
            "input",
            {{"channels", std::int64_t{1}}, {"height", std::int64_t{4}}, {"width", std::int64_t{4}}});
        request.graph.connect(input, request.graph.add("conv2d", {{"filters", std::int64_t{1}},
                                                                  {"padding", std::string("same")}}));
        const TriedRun masks(std::make_shared<const AskedHalves>(), request);
        TryPanel panel(masks.notebook, masks.catalog);
        panel.resize(900, 600);
        panel.setRun(masks.run);
        panel.show();
        AWAIT_VERIFY(!panel.mask().truthPicture().isNull());
        QVERIFY(panel.mask().isVisible() && !panel.bars().isVisible());
        MaskView& view = panel.mask();
        QCOMPARE(view.legend().size(), 1);
        QVERIFY2(view.legend()[0].endsWith(QStringLiteral("in truth 50.0 %")), qPrintable(view.legend()[0]));
        view.opacity()->setValue(100);
        QCOMPARE(view.truthPicture().pixelColor(0, 0), Theme::instance().curve(0));
        QCOMPARE(view.truthPicture().pixelColor(0, 3), QColor(Qt::black));
        view.opacity()->setValue(0);
        QCOMPARE(view.truthPicture().pixelColor(0, 0), QColor(Qt::black));
        panel.askAbout({QStringLiteral("a.png")}); // of which no truth is known
        AWAIT_VERIFY(panel.answers().isVisible());
        MaskView& asked = panel.answers().mask();
        QVERIFY(asked.isVisible() && !panel.answers().bars().isVisible());
        QVERIFY(!asked.answerPicture().isNull() && asked.truthPicture().isNull());
        QCOMPARE(asked.answerPicture().size(), QSize(4, 4));
        QVERIFY(asked.legend()[0].startsWith(QStringLiteral("upper ")));
        QVERIFY(!asked.legend()[0].contains(QStringLiteral("truth")));
        // Saved they are as an array: in no table is there room for all pixels.
        QTest::mouseClick(panel.answers().findChild<QPushButton*>(QStringLiteral("saveAnswers")),
                          Qt::LeftButton);
        auto* dialog = panel.answers().findChild<QFileDialog*>();
        QVERIFY(dialog);
        QCOMPARE(dialog->nameFilters(), QStringList{QStringLiteral("NumPy array (*.npy)")});
        QCOMPARE(QFileInfo(dialog->selectedFiles().value(0)).fileName(),
                 QStringLiteral("answers-run-%1.npy").arg(masks.run.value));
        dialog->reject();
        view.setSample(view.answerPicture(), Shape{1, 2, 2}, {1, 1, 1, 1}); // of the middle part, no truth
        view.opacity()->setValue(100);
        QVERIFY(view.truthPicture().isNull());
        QCOMPARE(view.answerPicture().pixelColor(1, 1), Theme::instance().curve(0));
        QCOMPARE(view.answerPicture().pixelColor(0, 0), QColor(Qt::black));
        QCOMPARE(view.legend()[0], QStringLiteral("upper 100.0 %"));
    }
};

QTEST_MAIN(FeatureFormTest)
#include "feature_form_test.moc"
