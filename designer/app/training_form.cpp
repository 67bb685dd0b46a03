#include "app/training_form.h"

#include "app/augmentation_list.h"
#include "app/dataset_chooser.h"
#include "app/rate_finder_dialog.h"
#include "app/refused_texts.h"
#include "app/run_forecast.h"
#include "app/start_weights.h"
#include "app/text.h"
#include "app/workspace.h"
#include "engine/data/picture.h"
#include "engine/data/split.h"
#include "engine/train/loss.h"
#include "engine/train/memory.h"
#include "engine/train/metric.h"
#include "engine/train/task_defaults.h"
#include "inspector/param_field.h"
#include "inspector/param_form.h"
#include "reference/reference.h"
#include "theme/plain_text.h"
#include "theme/section_title.h"
#include "theme/theme.h"

#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

using namespace std::chrono_literals;

namespace burdock {
namespace {

/// Of the optimizer, schedule or loss that a setting names.
std::string entryAddress(const std::string& setting, const std::string& id) {
    std::string page;
    const auto isKind = [&]<class T>(std::type_identity<T>) {
        if (T::kind == setting) page = fileNameOf(T::plural);
    };
    isKind(std::type_identity<OptimizerSchema>());
    isKind(std::type_identity<ScheduleSchema>());
    isKind(std::type_identity<LossSchema>());
    return page + "#" + id;
}

} // namespace

TrainingForm::TrainingForm(Workspace& workspace, QWidget* parent)
    : QWidget(parent)
    , workspace_(workspace)
    , datasets_(new DatasetChooser(workspace, this))
    , form_(new ParamForm(this))
    , augmentation_(new AugmentationList(workspace, this))
    , startWeights_(new StartWeightsButton(workspace, this))
    , findRate_(new QPushButton(tr("Find the learning rate…"), this))
    , memory_(new QLabel(this))
    , expected_(new QLabel(this))
    , augmentationTitle_(sectionTitle(tr("Augmentation"), this))
    , smaller_(new QPushButton(tr("Fewer samples first"), this))
    , name_(new QLineEdit(this))
    , memorySoon_(60ms, [this] { estimate(); }) {
    setObjectName(QStringLiteral("trainingForm"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 10, 12, 16);
    layout->setSpacing(8);
    layout->addWidget(sectionTitle(tr("Data"), this));
    layout->addWidget(datasets_);
    layout->addWidget(augmentationTitle_);
    layout->addWidget(augmentation_);

    layout->addWidget(sectionTitle(tr("Training"), this));
    name_->setObjectName(QStringLiteral("runName"));
    name_->setPlaceholderText(tr("Name of the next run"));
    name_->setToolTip(tr("Left empty, the run is called by its network and its data"));
    name_->setAccessibleName(tr("Name of the run"));
    layout->addWidget(name_);
    layout->addWidget(startWeights_, 0, Qt::AlignLeft);
    expected_->setProperty("role", "soft");
    expected_->setWordWrap(true);
    expected_->setObjectName(QStringLiteral("expectedTime"));
    layout->addWidget(expected_);
    smaller_->setObjectName(QStringLiteral("smallerData"));
    layout->addWidget(smaller_, 0, Qt::AlignLeft);
    form_->setSpecs(TrainConfig::table().specs());
    form_->setReference(text(settingAddress({})));
    setProperty("reference", text(settingAddress({})));
    layout->addWidget(form_);
    layout->addWidget(findRate_, 0, Qt::AlignLeft);
    connect(findRate_, &QPushButton::clicked, this, [this] {
        auto* dialog = new RateFinderDialog(workspace_, window());
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    });
    memory_->setProperty("role", "soft");
    layout->addWidget(memory_);
    connect(smaller_, &QPushButton::clicked, this, [this] { workspace_.forecast().takeSmaller(); });
    connect(&workspace_.forecast(), &RunForecast::changed, this, &TrainingForm::showExpected);
    showExpected();

    for (const EntrySetting& setting : entrySettings()) {
        EntryForm entry{setting, {}, sectionTitle({}, this), new ParamForm(this), new QLabel(this)};
        entry.doc->setWordWrap(true);
        entry.doc->setProperty("role", "soft");
        layout->addWidget(entry.title);
        layout->addWidget(entry.form);
        layout->addWidget(entry.doc);
        connect(entry.form, &ParamForm::changed, this,
                [this, params = setting.params](const QString& key, const ParamValue& value) {
                    TrainConfig config = workspace_.settings().config();
                    (config.*params)[key.toStdString()] = value;
                    workspace_.settings().setConfig(config);
                });
        hinderWhileRefused(workspace_, *entry.form);
        entries_.push_back(entry);
    }
    layout->addStretch();

    connect(form_, &ParamForm::changed, this, &TrainingForm::takeSetting);
    hinderWhileRefused(workspace_, *form_);
    connect(name_, &QLineEdit::textEdited, &workspace_.settings(), &TrainingSettings::setRunName);
    connect(&workspace_.settings(), &TrainingSettings::changed, this, &TrainingForm::showSettings);
    connect(&workspace_, &Workspace::problemsChanged, this, &TrainingForm::showProblems);
    connect(&workspace_, &Workspace::problemsChanged, this, &TrainingForm::showMemory);
    connect(&workspace_.dataset(), &DatasetLoader::changed, this, &TrainingForm::showMemory);
    connect(&workspace_.settings(), &TrainingSettings::changed, this, &TrainingForm::showMemory);
    connect(&workspace_.dataset(), &DatasetLoader::changed, this, &TrainingForm::showSettings);
    showSettings();
    showProblems();
    showMemory();
}

void TrainingForm::showWhetherReady() {
    // While the data are being read nothing speaks against a run, which would wait for them.
    const QString why = workspace_.whyNotTrainable();
    const bool ready = workspace_.dataset().data() && why.isEmpty();
    findRate_->setEnabled(ready);
    findRate_->setToolTip(
        ready ? tr("Trains a copy for some hundred steps while the rate grows, and reads it off the loss")
        : why.isEmpty() ? tr("The data are still being read")
                        : plainTip(tr("Not possible yet. %1").arg(why)));
}

void TrainingForm::showMemory() {
    showWhetherReady();
    memorySoon_.outdate();
}

void TrainingForm::estimate() {
    const auto& data = workspace_.dataset().data();
    if (!data || !workspace_.document().report().network || !workspace_.whyNotTrainable().isEmpty())
        return memory_->hide();
    const TrainConfig& config = workspace_.settings().config();
    const LossSchema& loss = config.loss == "auto" ? defaultLoss(data->info().task) : *findLoss(config.loss);
    memorySoon_.workOut(
        [network = *workspace_.document().report().network, config, &loss, data] {
            return estimateMemory(network, config, loss, trainCount(*data, splitOptions(config)));
        },
        [this](const Result<TrainingMemory>& memory) {
            memory_->setVisible(memory.has_value());
            if (memory) memory_->setText(tr("Memory for training: %1").arg(humanBytes(memory->total())));
        });
}

void TrainingForm::showExpected() {
    const RunForecast& forecast = workspace_.forecast();
    expected_->setVisible(forecast.time().has_value());
    if (forecast.time()) expected_->setText(tr("Expected time: %1").arg(expectedText(*forecast.time())));
    const auto& smaller = forecast.smaller();
    smaller_->setVisible(smaller.has_value());
    if (!smaller) return;
    smaller_->setText(tr("Fewer samples first: about %1").arg(roughDuration(smaller->seconds)));
    smaller_->setToolTip(plainTip(tr("Takes the data %1").arg(text(smaller->reference))));
}

void TrainingForm::showSettings() {
    const TrainingSettings& settings = workspace_.settings();
    const TrainConfig& config = settings.config();
    const auto& data = workspace_.dataset().data();
    form_->setValues(TrainConfig::table().write(config));
    form_->field("best_metric")->offer([&data](const std::string& id) {
        const MetricSchema* metric = findMetric(id);
        return !metric || !data || canBeBest(*metric, data->info());
    });
    for (EntryForm& entry : entries_) {
        const std::string& id = config.*entry.setting.id;
        const auto facts = entry.setting.find(id);
        if (text(id) != entry.shown) {
            entry.shown = text(id);
            entry.form->setSpecs(facts ? facts->params : std::vector<ParamSpec>{});
            entry.form->setReference(text(entryAddress(entry.setting.key, id)) + u'.');
        }
        entry.form->setValues(config.*entry.setting.params);
        entry.form->setVisible(!entry.form->isEmpty());
        entry.title->setText(facts ? text(facts->name) : QString());
        entry.doc->setText(facts ? text(facts->doc + (facts->formula.empty() ? "" : "\n" + facts->formula))
                                 : QString());
        // The loss that the data's task brings, with all that suits the task.
        const bool byTask = !facts && data && entry.setting.key == "loss";
        if (byTask) {
            entry.title->setText(text(data->info().task->name));
            entry.doc->setText(text(describeDefaults(data->info().task)));
        }
        entry.title->setVisible(facts || byTask);
        entry.doc->setVisible(facts || byTask);
    }
    const bool pictures = data && isPicture(data->info().input);
    // How pictures are fitted is nothing to tables and texts, unless it has been set for them.
    const bool fits = !data || pictures || config.fit != Fit::Off;
    form_->setUnused(fits ? QSet<QString>() : QSet<QString>{QStringLiteral("fit")});
    const bool augmentable = pictures || !config.augmentation.empty(); // what is refused can be taken out
    augmentationTitle_->setVisible(augmentable);
    augmentation_->setVisible(augmentable);
    if (name_->text() != settings.runName()) name_->setText(settings.runName());
}

void TrainingForm::takeSetting(const QString& key, const ParamValue& value) {
    workspace_.settings().setConfig(withSetting(workspace_.settings().config(), key.toStdString(), value));
}

void TrainingForm::showProblems() {
    const auto& problems = workspace_.formProblems();
    form_->setProblems(problems);
    for (const EntryForm& entry : entries_)
        entry.form->setProblems(problems);
    std::vector<Diagnostic> cards;
    const auto show = [&cards](Diagnostic d) {
        d.what = placed(d);
        cards.push_back(std::move(d));
    };
    // What is wrong on the canvas concerns this place too, as far as the data play a part.
    for (const Diagnostic& d : workspace_.document().report().diagnostics)
        if (d.code.starts_with("data.") || d.code.starts_with("loss.")) show(d);
    for (const Diagnostic& d : problems)
        if (d.param != "dataset") show(d); // the data say so themselves
    emit problemsFound(cards);
}

void TrainingForm::focusField(const QString& key) {
    if (ParamField* field = form_->field(key.toStdString())) return field->editor()->setFocus();
    for (const EntryForm& entry : entries_)
        if (ParamField* field = entry.form->field(key.toStdString())) return field->editor()->setFocus();
    datasets_->setFocus();
}

} // namespace burdock
