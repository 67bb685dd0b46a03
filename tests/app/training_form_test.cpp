#include "app/refused_texts.h"
#include "app/run_forecast.h"
#include "app/start_weights.h"
#include "app/train_place.h"
#include "app/training_form.h"
#include "app/window_fixture.h"
#include "inspector/param_field.h"
#include "session/damage.h"
#include "storage/database/database.h"

#include <QLineEdit>
#include <QMenu>
#include <QSignalSpy>

#include <array>
#include <cstddef>
#include <new>
#include <utility>

using namespace burdock;

/// What the training form begins with, and what keeps it from beginning.
class TestTrainingForm : public QObject, private test::WindowFixture {
    Q_OBJECT
  private slots:
    void initTestCase() { prepare(QStringLiteral("form")); }
    void init() {
        open();
        workspace_->newFromTemplate("classification-mlp");
        workspace_->settings().setDataset(QStringLiteral("wine"));
        workspace_->settings().setValue(QStringLiteral("epochs"), std::int64_t{1});
        AWAIT_VERIFY(trainButton()->isEnabled());
    }
    void cleanup() { close(); }

    /// Without a look into their weights, which would take long: what is damaged in there is found out when
    /// it is read.
    void runsAreOfferedByWhatTheirRowsTell() {
        QSignalSpy finished(&workspace_->queue(), &RunQueue::finished);
        for (int run = 1; run <= 2; ++run) {
            workspace_->train();
            AWAIT_COMPARE(finished.size(), run);
        }
        QCOMPARE(offered(), QStringList({"#2, its best", "#1, its best"}));
        change("DELETE FROM tensor_chunk");
        QCOMPARE(offered(), QStringList({"#2, its best", "#1, its best"}));
        // What cannot be read of one run takes no other from the list.
        change("UPDATE run SET state = 'interrupted' WHERE id = 2");
        change("ALTER TABLE tensor RENAME TO tensor_of_another_program");
        const QStringList left = offered();
        QCOMPARE(left.size(), 2);
        QCOMPARE(left[0], QStringLiteral("#1, its best"));
        QVERIFY2(left[1].contains(QLatin1String("no such table")), qPrintable(left[1]));
        change("ALTER TABLE tensor_of_another_program RENAME TO tensor");
        change("UPDATE run SET name = 'of another program' WHERE id = 1");
        QVERIFY(offered().last().endsWith(damagedValue()));
    }

    /// Before a run begins, how long it would take stands beside Train and in the form; where that is long, a
    /// click takes fewer of the samples. What changes is measured anew.
    void howLongARunTakesIsToldBeforeIt() {
        window_->goTo(MainWindow::Train);
        TrainingForm& form = window_->trainPlace().form();
        const auto* bar = window_->findChild<QLabel*>(QStringLiteral("runPhase"));
        AWAIT_VERIFY(form.expected().isVisible());
        QCOMPARE(form.expected().text(), QStringLiteral("Expected time: less than 1 s in all"));
        QCOMPARE(bar->text(), QStringLiteral("less than 1 s in all"));
        QVERIFY(form.smallerButton().isHidden());
        workspace_->newFromTemplate("mlp");
        workspace_->settings().setDataset(QStringLiteral("fashion-mnist-small"));
        workspace_->settings().setValue(QStringLiteral("epochs"), std::int64_t{100'000});
        QVERIFY(form.expected().isHidden()); // it is of before
        AWAIT_VERIFY(form.smallerButton().isVisible());
        QVERIFY2(bar->text().startsWith(QStringLiteral("about ")) &&
                     bar->text().endsWith(QStringLiteral(" in all")),
                 qPrintable(bar->text()));
        QTest::mouseClick(&form.smallerButton(), Qt::LeftButton);
        QVERIFY2(workspace_->settings().dataset().startsWith(QStringLiteral("fashion-mnist-small:share=0.")),
                 qPrintable(workspace_->settings().dataset()));
        QVERIFY(form.expected().isHidden());
    }

    /// Where cards stand and what they are called changes no time, and takes away no result.
    void aMovedCardChangesNoTime() {
        const auto* bar = window_->findChild<QLabel*>(QStringLiteral("runPhase"));
        AWAIT_VERIFY(workspace_->forecast().time());
        QSignalSpy finished(&workspace_->queue(), &RunQueue::finished);
        workspace_->train();
        AWAIT_COMPARE(finished.size(), 1);
        AWAIT_VERIFY(bar->text().startsWith(QStringLiteral("Finished in")));
        AWAIT_VERIFY(workspace_->forecast().time());
        QSignalSpy changed(&workspace_->forecast(), &RunForecast::changed);
        const NodeId some = nodes().back().id;
        const Point before = nodes().back().position;
        workspace_->document().select({some});
        canvas_->setFocus();
        QTest::keyClick(canvas_, Qt::Key_Left, Qt::ControlModifier);
        QVERIFY(!(nodes().back().position == before));
        workspace_->document().edit(QStringLiteral("rename"), [&](Graph& g) {
            g.name = "mine";
            g.edit(some)->name = "last";
        });
        AWAIT_VERIFY(!workspace_->isChecking());
        QVERIFY(changed.isEmpty() && workspace_->forecast().time());
        QVERIFY2(bar->text().startsWith(QStringLiteral("Finished in")), qPrintable(bar->text()));
        workspace_->settings().setValue(QStringLiteral("batch"), std::int64_t{16});
        QVERIFY(!bar->text().startsWith(QStringLiteral("Finished in")));
    }

    /// A run has the processors to itself.
    void whileARunIsTrainedNothingIsMeasured() {
        workspace_->settings().setValue(QStringLiteral("epochs"), std::int64_t{100'000});
        workspace_->train();
        AWAIT_VERIFY(workspace_->queue().isBusy());
        workspace_->settings().setValue(QStringLiteral("batch"), std::int64_t{16});
        AWAIT_VERIFY(!workspace_->isChecking());
        QTest::qWait(1500); // longer than changes rest
        QVERIFY(!workspace_->forecast().time());
        workspace_->queue().stopAll();
        AWAIT_VERIFY(!workspace_->queue().isBusy());
        AWAIT_VERIFY(workspace_->forecast().time());
    }

    /// Nor does one of its address take another's refusal with it.
    void aFormThatIsGoneHindersNothing() {
        TwoForms forms(*workspace_);
        ParamForm& first = forms.make(0, "first");
        refuse(first, "first");
        QCOMPARE(hindered(), QStringList({"first"}));
        forms.destroy(0);
        refuse(forms.make(0, "second"), "second");
        QCoreApplication::processEvents();
        QCOMPARE(hindered(), QStringList({"second"}));
        forms.destroy(0);
        QCoreApplication::processEvents();
        QCOMPARE(hindered(), QStringList());
    }

    /// Wherever they lie in memory.
    void refusalsAreToldInTheOrderOfTheForms() {
        TwoForms forms(*workspace_);
        ParamForm& first = forms.make(1, "first");
        refuse(forms.make(0, "second"), "second");
        refuse(first, "first");
        QCOMPARE(hindered(), QStringList({"first", "second"}));
    }

  private:
    /// Forms of one number each, at places of the caller's choice.
    class TwoForms {
      public:
        explicit TwoForms(Workspace& workspace)
            : workspace_(workspace) {}
        ~TwoForms() {
            destroy(0);
            destroy(1);
        }
        TwoForms(const TwoForms&) = delete;
        TwoForms& operator=(const TwoForms&) = delete;
        ParamForm& make(int place, const char* key) {
            auto* form = new (places_[place].bytes) ParamForm;
            made_[place] = form;
            form->setSpecs({{.key = key, .label = key, .type = ParamType::Real, .defaultValue = 0.5}});
            hinderWhileRefused(workspace_, *form);
            return *form;
        }
        void destroy(int place) {
            if (ParamForm* form = std::exchange(made_[place], nullptr)) form->~ParamForm();
        }

      private:
        Workspace& workspace_;
        struct Place {
            alignas(ParamForm) std::byte bytes[sizeof(ParamForm)];
        };
        std::array<Place, 2> places_;
        std::array<ParamForm*, 2> made_{};
    };

    static void refuse(ParamForm& form, const char* key) {
        auto* field = form.field(key)->findChild<QLineEdit*>();
        field->selectAll();
        QTest::keyClicks(field, QStringLiteral("-"));
        QVERIFY(form.hasInvalidText());
    }
    /// The fields that keep the network from being trained.
    QStringList hindered() const {
        QStringList fields;
        for (const Diagnostic& d : workspace_->problems())
            if (d.severity == Severity::Error) fields << QString::fromStdString(d.where);
        return fields;
    }
    /// The runs in the menu of weights, without their names, and what else it tells.
    QStringList offered() {
        QMenu* menu = window_->trainPlace().form().startWeights().menu();
        emit menu->aboutToShow();
        (void)QTest::qWaitFor(
            [&] { return menu->actions().size() > 3 || !menu->actions()[2]->text().startsWith("Reading"); },
            test::patience);
        QStringList told;
        for (const QAction* action : menu->actions().mid(2)) {
            const QString text = action->text();
            told << (action->isEnabled() ? text.section(' ', 0, 0) + ',' + text.section(',', -1) : text);
        }
        return told;
    }
    /// As another program does.
    void change(const char* sql) {
        auto database =
            storage::Database::open(workspace_->notebook().path(), storage::Database::Mode::Write);
        QVERIFY(database);
        const auto done = database->run(QLatin1String(sql));
        QVERIFY2(done, done ? "" : qPrintable(done.error().oneLine()));
    }
};

QTEST_MAIN(TestTrainingForm)
#include "training_form_test.moc"
