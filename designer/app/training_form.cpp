#include "app/training_form.h"

#include "app/dataset_chooser.h"
#include "app/workspace.h"
#include "document/graph_edits.h"
#include "engine/train/optimizer.h"
#include "inspector/param_field.h"
#include "inspector/param_form.h"
#include "inspector/problem_card.h"
#include "theme/theme.h"

#include <QLabel>
#include <QLineEdit>
#include <QVBoxLayout>

namespace burdock {
namespace {

QString text(const std::string& s) {
    return QString::fromStdString(s);
}

QLabel* heading(const QString& title, QWidget* parent) {
    auto* label = new QLabel(title, parent);
    label->setFont(Theme::instance().font(QStringLiteral("strong")));
    label->setContentsMargins(0, 10, 0, 0);
    return label;
}

} // namespace

TrainingForm::TrainingForm(Workspace& workspace, QWidget* parent)
    : QWidget(parent)
    , workspace_(workspace)
    , datasets_(new DatasetChooser(workspace, this))
    , form_(new ParamForm(this))
    , optimizer_(new ParamForm(this))
    , optimizerTitle_(heading({}, this))
    , optimizerDoc_(new QLabel(this))
    , name_(new QLineEdit(this))
    , problems_(new QVBoxLayout) {
    setObjectName(QStringLiteral("trainingForm"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 10, 12, 16);
    layout->setSpacing(8);
    layout->addLayout(problems_);
    layout->addWidget(heading(tr("Data"), this));
    layout->addWidget(datasets_);

    layout->addWidget(heading(tr("Training"), this));
    name_->setObjectName(QStringLiteral("runName"));
    name_->setPlaceholderText(tr("Name of the run (model and data if left empty)"));
    name_->setAccessibleName(tr("Name of the run"));
    layout->addWidget(name_);
    form_->setSpecs(TrainConfig::table().specs());
    layout->addWidget(form_);

    optimizerDoc_->setWordWrap(true);
    optimizerDoc_->setProperty("role", "soft");
    layout->addWidget(optimizerTitle_);
    layout->addWidget(optimizer_);
    layout->addWidget(optimizerDoc_);
    layout->addStretch();

    connect(form_, &ParamForm::changed, this, &TrainingForm::takeSetting);
    connect(optimizer_, &ParamForm::changed, this, [this](const QString& key, const ParamValue& value) {
        TrainConfig config = workspace_.settings().config();
        config.optimizerParams[key.toStdString()] = value;
        workspace_.settings().setConfig(config);
    });
    connect(name_, &QLineEdit::textEdited, &workspace_.settings(), &TrainingSettings::setRunName);
    connect(&workspace_.settings(), &TrainingSettings::changed, this, &TrainingForm::showSettings);
    connect(&workspace_, &Workspace::problemsChanged, this, &TrainingForm::showProblems);
    showSettings();
    showProblems();
}

void TrainingForm::showSettings() {
    const TrainingSettings& settings = workspace_.settings();
    const TrainConfig& config = settings.config();
    form_->setValues(TrainConfig::table().write(config));
    const OptimizerSchema* schema = findOptimizer(config.optimizer);
    if (text(config.optimizer) != shownOptimizer_) {
        shownOptimizer_ = text(config.optimizer);
        optimizer_->setSpecs(schema ? schema->params : std::vector<ParamSpec>{});
    }
    optimizer_->setValues(config.optimizerParams);
    optimizer_->setVisible(!optimizer_->isEmpty());
    optimizerTitle_->setText(schema ? text(schema->name) : QString());
    optimizerDoc_->setText(
        schema ? text(schema->doc + (schema->formula.empty() ? "" : "\n" + schema->formula)) : QString());
    if (name_->text() != settings.runName()) name_->setText(settings.runName());
}

void TrainingForm::takeSetting(const QString& key, const ParamValue& value) {
    TrainConfig config = workspace_.settings().config();
    const OptimizerSchema* before = findOptimizer(config.optimizer);
    ParamValues values = TrainConfig::table().write(config);
    values[key.toStdString()] = value;
    TrainConfig::table().readInto(config, values);
    const OptimizerSchema* now = findOptimizer(config.optimizer);
    if (now != before) {
        config.optimizerParams.clear();
        // The usual rate of one optimizer is far off for another; a rate of the user's own stays.
        if (before && now && config.learningRate == before->defaultLearningRate)
            config.learningRate = now->defaultLearningRate;
    }
    workspace_.settings().setConfig(config);
}

void TrainingForm::showProblems() {
    const auto& problems = workspace_.formProblems();
    form_->setProblems(problems);
    optimizer_->setProblems(problems);
    while (QLayoutItem* item = problems_->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
    // What is wrong on the canvas concerns this place too, as far as the data play a part.
    for (const Diagnostic& d : workspace_.document().report().diagnostics) {
        if (!d.code.starts_with("data.") && !d.code.starts_with("loss.")) continue;
        Diagnostic named = d;
        named.what = d.where + ": " + d.what;
        auto* card = new ProblemCard(named, this);
        problems_->addWidget(card);
        connect(card, &ProblemCard::fixRequested, this,
                [this](const Fix& fix) { applyFix(workspace_.document(), fix); });
    }
}

void TrainingForm::focusField(const QString& key) {
    for (const ParamForm* form : {form_, optimizer_})
        if (ParamField* field = form->field(key.toStdString())) return field->editor()->setFocus();
    datasets_->setFocus();
}

} // namespace burdock
