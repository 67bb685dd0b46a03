#include "inspector/param_field.h"
#include "inspector/param_form.h"
#include "inspector/value_box.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

using namespace burdock;

namespace {

std::vector<ParamSpec> specs() {
    return {
        {.key = "units",
         .label = "Units",
         .type = ParamType::Int,
         .defaultValue = std::int64_t{10},
         .minimum = 1,
         .maximum = 100},
        {.key = "rate",
         .label = "Rate",
         .type = ParamType::Real,
         .defaultValue = 0.5,
         .minimum = 0,
         .maximum = 1},
        {.key = "kernel",
         .label = "Kernel",
         .type = ParamType::Pair,
         .defaultValue = IntPair{3, 3},
         .minimum = 1},
        {.key = "padding",
         .label = "Padding",
         .type = ParamType::Choice,
         .defaultValue = std::string("same"),
         .choices = {{"same", "Same", ""}, {"explicit", "Explicit", ""}}},
        {.key = "pad",
         .label = "Pad",
         .type = ParamType::Int,
         .defaultValue = std::int64_t{0},
         .minimum = 0,
         .onlyIfKey = "padding",
         .onlyIfValue = "explicit"},
        {.key = "bias", .label = "Bias", .type = ParamType::Bool, .defaultValue = true, .advanced = true},
    };
}

QLineEdit* lineOf(const ParamForm& form, const char* key) {
    return form.field(key)->findChild<QLineEdit*>();
}

QString messageOf(const ParamForm& form, const char* key) {
    const ParamField& field = *form.field(key);
    return field.typedMessage().isEmpty() ? field.problem() : field.typedMessage();
}

void retype(QLineEdit* line, const QString& text) {
    line->setFocus();
    line->selectAll();
    QTest::keyClicks(line, text);
}

} // namespace

class TestParamForm : public QObject {
    Q_OBJECT
  private slots:
    void init() {
        form_ = std::make_unique<ParamForm>();
        form_->setSpecs(specs());
        form_->show();
        form_->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(form_.get()));
    }
    void cleanup() { form_.reset(); }

    void everyKeyGivesAValue() {
        QSignalSpy changed(form_.get(), &ParamForm::changed);
        retype(lineOf(*form_, "units"), QStringLiteral("64"));
        QCOMPARE(changed.size(), 2);
        QCOMPARE(std::get<std::int64_t>(form_->values().at("units")), 64);
    }

    void wrongTextIsRefusedAtTheField() {
        QSignalSpy changed(form_.get(), &ParamForm::changed);
        const QPoint next = form_->field("rate")->pos();
        retype(lineOf(*form_, "units"), QStringLiteral("640"));
        const auto* shown = form_->findChild<QLabel*>(QStringLiteral("fieldMessage"));
        QVERIFY(shown && shown->isVisible() && shown->text().contains(QStringLiteral("at most 100")));
        QCoreApplication::processEvents();
        QVERIFY(shown->geometry().top() >= form_->field("units")->geometry().bottom());
        QCOMPARE(form_->field("rate")->pos(), next); // nothing moves under the mouse
        QVERIFY(messageOf(*form_, "units").contains(QStringLiteral("at most 100")));
        QVERIFY(form_->hasInvalidText());
        QVERIFY(form_->field("units")->editor()->property("invalid").toBool());
        QCOMPARE(std::get<std::int64_t>(form_->values().at("units")), 10);
        lineOf(*form_, "rate")->setFocus(); // leaving it restores the value of before
        QVERIFY(!form_->hasInvalidText());
        QCOMPARE(lineOf(*form_, "units")->text(), QStringLiteral("10"));
        QVERIFY(messageOf(*form_, "units").isEmpty());
        QVERIFY(!shown->isVisible());
        QCOMPARE(form_->field("rate")->pos(), next);
    }

    /// What stands above the form may grow meanwhile, such as the words on data that have been read.
    void whatIsSaidOfAFieldMovesWithTheForm() {
        QWidget page;
        auto* above = new QLabel(&page);
        auto* form = new ParamForm;
        form->setSpecs(specs());
        auto* column = new QVBoxLayout(&page);
        column->addWidget(above);
        column->addWidget(form);
        page.show();
        page.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&page));
        retype(lineOf(*form, "units"), QStringLiteral("640"));
        const auto* said = page.findChild<QLabel*>(QStringLiteral("fieldMessage"));
        QVERIFY(said && said->isVisible());
        const auto below = [&] {
            const QWidget* field = form->field("units");
            return said->mapTo(&page, QPoint()).y() - field->mapTo(&page, QPoint(0, field->height())).y();
        };
        const int before = below();
        const int stood = said->y();
        above->setFixedHeight(above->height() + 60);
        column->activate();
        QCoreApplication::processEvents();
        QVERIFY(said->y() > stood);
        QCOMPARE(below(), before);
    }

    void aWarningIsMarkedAtItsField() {
        ParamField& field = *form_->field("units");
        field.setProblem(QStringLiteral("This is much."), /*isError=*/false);
        QVERIFY(field.editor()->property("warned").toBool());
        QVERIFY(!field.editor()->property("invalid").toBool());
        field.setProblem(QStringLiteral("This is too much."));
        QVERIFY(field.editor()->property("invalid").toBool());
        QVERIFY(!field.editor()->property("warned").toBool());
        field.setProblem({});
        QVERIFY(!field.editor()->property("invalid").toBool());
        field.setProblem(QStringLiteral("This is much."), /*isError=*/false);
        field.setProblem({}, /*isError=*/false);
        QVERIFY(!field.editor()->property("warned").toBool());
        QVERIFY(!field.editor()->property("invalid").toBool());
    }

    void pairsAreReadInEveryWayOfWritingThem() {
        retype(lineOf(*form_, "kernel"), QStringLiteral("7x5"));
        QCOMPARE(std::get<IntPair>(form_->values().at("kernel")), (IntPair{7, 5}));
        lineOf(*form_, "rate")->setFocus();
        QCOMPARE(lineOf(*form_, "kernel")->text(), QStringLiteral("7 × 5"));
        retype(lineOf(*form_, "kernel"), QStringLiteral("3"));
        QCOMPARE(std::get<IntPair>(form_->values().at("kernel")), (IntPair{3, 3}));
    }

    void arrowsStep() {
        QTest::keyClick(lineOf(*form_, "units"), Qt::Key_Up);
        QCOMPARE(std::get<std::int64_t>(form_->values().at("units")), 11);
        QTest::keyClick(lineOf(*form_, "rate"), Qt::Key_Down);
        QCOMPARE(std::get<double>(form_->values().at("rate")), 0.45);
        QTest::keyClick(lineOf(*form_, "kernel"), Qt::Key_Up);
        QCOMPARE(std::get<IntPair>(form_->values().at("kernel")), (IntPair{4, 4}));
    }

    /// A default that no number says is shown, read and stepped to as its word, without a unit.
    void aWordStandsForTheDefault() {
        ParamForm form;
        form.setSpecs({{.key = "size",
                        .label = "Size",
                        .type = ParamType::Pair,
                        .defaultValue = IntPair{0, 0},
                        .minimum = 0,
                        .unit = "pixels",
                        .defaultText = "automatic"}});
        form.show();
        form.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&form));
        QLineEdit* line = lineOf(form, "size");
        const auto* unit = line->findChild<QLabel*>();
        QCOMPARE(line->text(), QStringLiteral("automatic"));
        QVERIFY(unit && !unit->isVisible());
        retype(line, QStringLiteral("32"));
        QCOMPARE(std::get<IntPair>(form.values().at("size")), (IntPair{32, 32}));
        QVERIFY(unit->isVisible());
        retype(line, QStringLiteral("automatic"));
        QVERIFY(form.field("size")->typedMessage().isEmpty());
        QTest::keyClick(line, Qt::Key_Up);
        QCOMPARE(line->text(), QStringLiteral("1 × 1"));
        QTest::keyClick(line, Qt::Key_Down);
        QCOMPARE(line->text(), QStringLiteral("automatic"));
    }

    void steppingStaysInRange() {
        const ParamSpec units = specs()[0];
        QCOMPARE(std::get<std::int64_t>(steppedValue(units, std::int64_t{100}, 1)), 100);
        QCOMPARE(std::get<std::int64_t>(steppedValue(units, std::int64_t{1}, -1)), 1);
        const ParamSpec rate{
            .key = "lr", .label = "Rate", .type = ParamType::Real, .minimum = 0, .maximum = 10};
        QCOMPARE(std::get<double>(steppedValue(rate, 0.001, 1)), 0.002);
        QCOMPARE(std::get<double>(steppedValue(rate, 0.002, 2)), 0.01);
        QCOMPARE(std::get<double>(steppedValue(rate, 0.001, -1)), 0.0005);
        QCOMPARE(std::get<double>(steppedValue(rate, 10.0, 1)), 10.0);
    }

    void eitherSeparatorIsUnderstood() {
        retype(lineOf(*form_, "rate"), QStringLiteral("0,4"));
        QVERIFY(!form_->hasInvalidText());
        QCOMPARE(std::get<double>(form_->values().at("rate")), 0.4);
        QTest::keyClick(lineOf(*form_, "rate"), Qt::Key_Up);
        QCOMPARE(std::get<double>(form_->values().at("rate")), 0.45);
        retype(lineOf(*form_, "rate"), QStringLiteral("0.3"));
        QCOMPARE(std::get<double>(form_->values().at("rate")), 0.3);
        retype(lineOf(*form_, "rate"), QStringLiteral("1,000")); // one or a thousand?
        QVERIFY(form_->hasInvalidText());
        retype(lineOf(*form_, "rate"), QStringLiteral("0,125"));
        QVERIFY(!form_->hasInvalidText());
        retype(lineOf(*form_, "units"), QStringLiteral("1,5")); // no separator of whole numbers
        QVERIFY(form_->hasInvalidText());
    }

    void conditionsShowAndHide() {
        QVERIFY(form_->field("pad")->isHidden());
        auto* combo = form_->field("padding")->findChild<QComboBox*>();
        QTest::keyClick(combo, Qt::Key_Down);
        QCOMPARE(std::get<std::string>(form_->values().at("padding")), std::string("explicit"));
        QVERIFY(!form_->field("pad")->isHidden());
    }

    void advancedIsFolded() {
        QVERIFY(form_->field("bias")->isHidden());
        auto* more = form_->findChild<QToolButton*>(QStringLiteral("more"));
        QTest::mouseClick(more, Qt::LeftButton);
        QVERIFY(!form_->field("bias")->isHidden());
        QTest::keyClick(form_->field("bias")->findChild<QCheckBox*>(), Qt::Key_Space);
        QCOMPARE(std::get<bool>(form_->values().at("bias")), false);
        QVERIFY(more->text().contains(u'1'));
    }

    void resetGoesBackToTheDefault() {
        auto* reset = form_->field("units")->findChild<QToolButton*>();
        QVERIFY(reset->isHidden());
        form_->setValues({{"units", std::int64_t{20}}});
        QVERIFY(!reset->isHidden());
        QSignalSpy changed(form_.get(), &ParamForm::changed);
        QTest::mouseClick(reset, Qt::LeftButton);
        QCOMPARE(changed.size(), 1);
        QCOMPARE(std::get<std::int64_t>(form_->values().at("units")), 10);
        QVERIFY(reset->isHidden());
    }

    void severalValuesAndProblemsAreShown() {
        form_->setValues({}, {QStringLiteral("units")});
        QVERIFY(lineOf(*form_, "units")->text().isEmpty());
        QVERIFY(!lineOf(*form_, "units")->placeholderText().isEmpty());
        Diagnostic d;
        d.param = "rate";
        d.what = "The rate is too high.";
        form_->setProblems({d});
        QCOMPARE(messageOf(*form_, "rate"), QStringLiteral("The rate is too high."));
        QVERIFY(form_->field("rate")->editor()->property("invalid").toBool());
        form_->setProblems({});
        QVERIFY(messageOf(*form_, "rate").isEmpty());
    }

    void hiddenKeysKeepTheirDefaults() {
        form_->setSpecs(specs(), {QStringLiteral("units")});
        QVERIFY(!form_->field("units"));
        QCOMPARE(std::get<std::int64_t>(form_->values().at("units")), 10);
    }

  private:
    std::unique_ptr<ParamForm> form_;
};

QTEST_MAIN(TestParamForm)
#include "param_form_test.moc"
