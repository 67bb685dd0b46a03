#include "notebook/try_panel.h"

#include "notebook/answers_panel.h"
#include "notebook/ask_bar.h"
#include "notebook/feature_form.h"
#include "notebook/generate_panel.h"
#include "notebook/probability_bars.h"
#include "samples/mask_view.h"
#include "samples/sample_grid.h"
#include "samples/sample_picture.h"
#include "session/moved_data.h"
#include "theme/move_focus.h"
#include "theme/theme.h"

#include <QComboBox>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QRandomGenerator>
#include <QScrollArea>
#include <QSpinBox>
#include <QStackedLayout>
#include <QTableWidget>

namespace burdock {
namespace {

constexpr int pictureSize = 196;

} // namespace

TryPanel::TryPanel(std::shared_ptr<storage::Notebook> notebook, const DatasetCatalog& catalog,
                   QWidget* parent)
    : QWidget(parent)
    , evaluator_(std::move(notebook), catalog)
    , stack_(new QStackedLayout)
    , ask_(new AskBar)
    , answers_(new AnswersPanel)
    , message_(new QLabel)
    , find_(new QPushButton(tr("Find the data…")))
    , parts_(new QComboBox)
    , index_(new QSpinBox)
    , random_(new QPushButton(tr("Random")))
    , grid_(new SampleGrid)
    , picture_(new QLabel)
    , answer_(new QLabel)
    , truth_(new QLabel)
    , mask_(new MaskView)
    , features_(new QTableWidget)
    , form_(new FeatureForm)
    , bars_(new ProbabilityBars)
    , generate_(new GeneratePanel(evaluator_)) {
    message_->setAlignment(Qt::AlignCenter);
    message_->setWordWrap(true);
    message_->setProperty("role", "soft");
    auto* page = new QWidget;
    auto* row = new QHBoxLayout(page);
    row->setSpacing(Theme::instance().space(4));
    row->addWidget(makeAsked(), 1);
    row->addWidget(picture_, 0, Qt::AlignTop);
    row->addWidget(mask_, 1);
    row->addWidget(makeAnswer(), 1);
    auto* empty = new QWidget;
    auto* emptyColumn = new QVBoxLayout(empty);
    emptyColumn->addStretch();
    emptyColumn->addWidget(message_);
    emptyColumn->addWidget(find_, 0, Qt::AlignCenter);
    emptyColumn->addStretch();
    find_->setObjectName(QStringLiteral("findTriedData"));
    find_->setIcon(Theme::instance().icon(QStringLiteral("search")));
    find_->hide();
    connect(find_, &QPushButton::clicked, this, [this] { emit findWanted(run_); });
    stack_->addWidget(empty);
    stack_->addWidget(page);
    stack_->addWidget(generate_);
    stack_->addWidget(answers_);
    auto* column = new QVBoxLayout(this);
    column->addWidget(ask_);
    column->addLayout(stack_, 1);
    setAcceptDrops(true);
    connectAsking();

    connect(parts_, &QComboBox::activated, this, &TryPanel::choosePart);
    connect(index_, &QSpinBox::valueChanged, this, [this](int number) { ask(number); });
    connect(grid_, &SampleGrid::chosen, this,
            [this](qint64 index) { index_->setValue(static_cast<int>(index) + 1); });
    connect(random_, &QPushButton::clicked, this, [this] {
        if (data_) index_->setValue(1 + QRandomGenerator::global()->bounded(index_->maximum()));
    });
    connect(&evaluator_, &RunEvaluator::opened, this,
            [this](storage::RunId run, const std::shared_ptr<const Dataset>& data, const Split& split) {
                if (run == run_) showData(data, split);
            });
    connect(&evaluator_, &RunEvaluator::predicted, this, &TryPanel::showPrediction);
    connect(&evaluator_, &RunEvaluator::failed, this, [this](storage::RunId run, const Diagnostic& why) {
        if (run != run_) return;
        asking_ = again_ = false;
        loaded_ = {};
        message_->setText(QString::fromStdString(oneLine(why)));
        find_->setVisible(why.code == dataMissing);
        stack_->setCurrentIndex(0);
    });
}

void TryPanel::connectAsking() {
    connect(form_, &FeatureForm::edited, this, &TryPanel::askByHand);
    connect(&evaluator_, &RunEvaluator::refused, this, [this](storage::RunId run, const Diagnostic& why) {
        if (run != run_) return;
        form_->setMessage(QString::fromStdString(oneLine(why)));
        answered();
    });
    connect(ask_, &AskBar::chosen, this, &TryPanel::askAbout);
    connect(ask_, &AskBar::stopWanted, &evaluator_, &RunEvaluator::stopAsking);
    connect(answers_, &AnswersPanel::closed, this, [this] {
        if (data_->info().task->generates)
            stack_->setCurrentWidget(generate_);
        else
            stack_->setCurrentIndex(1);
    });
    connect(&evaluator_, &RunEvaluator::asking, this, [this](storage::RunId run, double done) {
        if (run == run_ && evaluator_.isAsking()) ask_->setProgress(done);
    });
    connect(&evaluator_, &RunEvaluator::asked, this, [this](const std::shared_ptr<const Answers>& answers) {
        ask_->setProgress(-1);
        if (answers->run != run_ || !data_) return;
        answers_->setAnswers(answers, data_->info(), asked_);
        stack_->setCurrentWidget(answers_);
    });
    connect(&evaluator_, &RunEvaluator::notAsked, this, [this](storage::RunId run, const Diagnostic& why) {
        ask_->setProgress(-1);
        if (run == run_ && why.code != answersStopped) ask_->setMessage(QString::fromStdString(oneLine(why)));
    });
}

void TryPanel::askAbout(const QStringList& paths) {
    if (!run_ || paths.isEmpty()) return;
    load();
    asked_ = paths.size() == 1 ? QFileInfo(paths.first()).fileName() : tr("%1 files").arg(paths.size());
    ask_->setMessage({});
    ask_->setProgress(0);
    evaluator_.ask(run_, paths);
}

void TryPanel::dragEnterEvent(QDragEnterEvent* event) {
    if (run_ && !droppedPaths(*event->mimeData()).isEmpty()) event->acceptProposedAction();
}

void TryPanel::dropEvent(QDropEvent* event) {
    event->acceptProposedAction();
    askAbout(droppedPaths(*event->mimeData()));
}

QWidget* TryPanel::makeAsked() {
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    auto* bar = new QHBoxLayout;
    auto* label = new QLabel(tr("&Sample"));
    label->setBuddy(index_);
    parts_->setAccessibleName(tr("Part of the data set"));
    index_->setAccessibleName(tr("Number of the sample"));
    index_->setGroupSeparatorShown(true);
    random_->setIcon(Theme::instance().icon(QStringLiteral("reload")));
    random_->setToolTip(tr("Pick any sample"));
    bar->addWidget(parts_);
    bar->addWidget(label);
    bar->addWidget(index_);
    bar->addWidget(random_);
    bar->addStretch(1);
    features_->setColumnCount(2);
    features_->setHorizontalHeaderLabels({tr("Feature"), tr("Value")});
    features_->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    features_->verticalHeader()->hide();
    features_->verticalHeader()->setDefaultSectionSize(26);
    features_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    features_->setAccessibleName(tr("Features of the sample"));
    column->addLayout(bar);
    column->addWidget(grid_, 1);
    column->addWidget(features_, 1);
    column->addWidget(form_, 1);
    return box;
}

QWidget* TryPanel::makeAnswer() {
    picture_->setFixedWidth(pictureSize);
    picture_->setAccessibleName(tr("The sample"));
    answer_->setFont(Theme::instance().font(QStringLiteral("title")));
    answer_->setWordWrap(true);
    truth_->setWordWrap(true);
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(answer_);
    column->addWidget(truth_);
    column->addWidget(form_->buttons()); // beside a form that needs its height
    column->addSpacing(Theme::instance().space(2));
    column->addWidget(bars_);
    column->addStretch(1);
    auto* scroll = new QScrollArea;
    scroll->setWidget(box);
    scroll->setWidgetResizable(true);
    return scroll;
}

void TryPanel::setRun(storage::RunId run) {
    if (run == run_) return;
    evaluator_.stopGenerating();
    evaluator_.stopAsking();
    ask_->setMessage({});
    asking_ = again_ = false;
    run_ = run;
    loaded_ = {};
    if (isVisible()) load();
}

void TryPanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    load();
}

void TryPanel::reload() {
    loaded_ = {};
    if (isVisible()) load();
}

void TryPanel::load() {
    if (!run_ || loaded_ == run_) return;
    loaded_ = run_;
    message_->setText(tr("Loading the data set…"));
    moveFocus(*find_, *this);
    find_->hide();
    stack_->setCurrentIndex(0);
    evaluator_.open(run_);
}

void TryPanel::showData(const std::shared_ptr<const Dataset>& data, const Split& split) {
    data_ = data;
    own_.clear();
    ask_->offerFolders(data->info().featureNames.empty() && !data->info().task->generates);
    if (data->info().task->generates) {
        generate_->setRun(run_);
        stack_->setCurrentWidget(generate_);
        return;
    }
    const bool pictures = isPicture(data->info().input), masks = data->info().mask.has_value();
    form_->setFields(pictures ? std::vector<InputField>() : data->inputFields(),
                     data->info().missingValues > 0);
    grid_->setVisible(pictures);
    picture_->setVisible(pictures && !masks);
    mask_->setVisible(masks);
    mask_->setLabels(data->info().classNames);
    bars_->setVisible(!masks); // the mask has a legend
    form_->setVisible(!form_->isEmpty());
    form_->buttons()->setVisible(!form_->isEmpty());
    features_->setVisible(!pictures && form_->isEmpty());
    target_.assign(static_cast<std::size_t>(data->targetWidth()), 0.0F);
    share_ = nullptr;
    shares_ = {{tr("Test set"), split.testPart, split.test},
               {tr("Validation set"), Part::Train, split.validation},
               {tr("Training set"), Part::Train, split.train}};
    std::erase_if(shares_, [](const Share& share) { return share.samples.empty(); });
    parts_->clear();
    for (const Share& share : shares_)
        parts_->addItem(share.title);
    answer_->clear();
    truth_->clear();
    bars_->setClasses({});
    stack_->setCurrentIndex(1);
    choosePart();
}

void TryPanel::choosePart() {
    if (parts_->currentIndex() < 0) return;
    share_ = &shares_[static_cast<std::size_t>(parts_->currentIndex())];
    {
        const QSignalBlocker quiet(index_);
        index_->setRange(1, static_cast<int>(std::ssize(share_->samples)));
        index_->setValue(1);
    }
    if (isPicture(data_->info().input)) grid_->setData(data_, share_->part, share_->samples);
    ask(1);
}

void TryPanel::ask(qint64 number) {
    if (!share_) return;
    grid_->setCurrent(number - 1);
    again_ = false;
    begins_ = true;
    askAsItIs(number);
}

void TryPanel::askAsItIs(qint64 number) {
    asking_ = true;
    evaluator_.predict(run_, share_->part, share_->samples[static_cast<std::size_t>(number - 1)]);
}

/// One question at a time: while an answer is awaited only the last change waits.
void TryPanel::askByHand() {
    if (asking_) {
        again_ = true;
        return;
    }
    begins_ = false;
    if (!form_->isTypical() && form_->changes() == 0) return askAsItIs(index_->value());
    asking_ = true;
    evaluator_.predict(run_, form_->sample());
}

void TryPanel::answered() {
    asking_ = false;
    if (std::exchange(again_, false)) askByHand();
}

void TryPanel::showFeatures(const Prediction& p) {
    const DatasetInfo& info = data_->info();
    features_->setRowCount(static_cast<int>(p.input.size()));
    for (int i = 0; i < features_->rowCount(); ++i) {
        const auto at = static_cast<std::size_t>(i);
        const QString name = at < info.featureNames.size() ? QString::fromStdString(info.featureNames[at])
                                                           : tr("Value %1").arg(i + 1);
        auto* value = new QTableWidgetItem(humanNumber(static_cast<double>(p.input[at])));
        value->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        value->setFont(Theme::instance().font(QStringLiteral("mono")));
        features_->setItem(i, 0, new QTableWidgetItem(name));
        features_->setItem(i, 1, value);
    }
}

void TryPanel::showInput(const Prediction& p) {
    const DatasetInfo& info = data_->info();
    if (info.mask)
        mask_->setSample(samplePicture(info.input, p.input.data()), *info.mask, p.output, p.target);
    else if (isPicture(info.input))
        picture_->setPixmap(QPixmap::fromImage(
            samplePicture(info.input, p.input.data())
                .scaled(pictureSize, pictureSize, Qt::KeepAspectRatio, Qt::FastTransformation)));
    else if (form_->isEmpty())
        showFeatures(p);
    else if (std::exchange(begins_, false)) {
        form_->setSample(p.texts, p.input);
        again_ = false; // what was changed before it came was of another sample
    }
}

/// What was changed by hand; of a sample, "%1" is what was predicted of it unchanged, "%2" what is true.
QString TryPanel::changedText() const {
    const auto changes = static_cast<qint64>(form_->changes());
    if (!form_->isTypical())
        return changes == 1 ? tr("1 feature is changed. Unchanged: predicted %1, true %2.")
                            : tr("%1 features are changed. Unchanged: predicted %2, true %3.")
                                  .arg(exactCount(changes), QStringLiteral("%1"), QStringLiteral("%2"));
    return changes == 0   ? tr("For typical values of all features.")
           : changes == 1 ? tr("1 feature is changed from its typical value.")
                          : tr("%1 features are changed from their typical values.").arg(exactCount(changes));
}

void TryPanel::showPrediction(const Prediction& p) {
    if (p.run != run_ || !data_ || p.output.empty()) return;
    const DatasetInfo& info = data_->info();
    showInput(p);
    const bool byHand = p.index < 0;
    if (!byHand) {
        target_ = p.target;
        own_ = p.output;
    }
    if (const auto diverged = divergence(p)) {
        answer_->setText(QString::fromStdString(diverged->what));
        truth_->setText(QString::fromStdString(diverged->mend));
        setRole(*truth_, "error");
        bars_->setClasses({});
        return answered();
    }
    const NumberText text{[](double v) { return humanNumber(v).toStdString(); },
                          [](double v) { return humanPercent(v).toStdString(); }};
    const ShownAnswer shown = info.task->showAnswer(info, p.output, target_, text);
    answer_->setText(QString::fromStdString(shown.answer));
    using Verdict = ShownAnswer::Verdict;
    if (byHand) {
        const QString truth = QString::fromStdString(info.task->showTarget(info, target_, text));
        const bool number = info.task->targetKind == TargetKind::Number;
        const std::string before = own_.empty() ? "–"
                                   : number     ? info.task->showTarget(info, own_, text)
                                                : info.task->verdict(info, own_);
        truth_->setText(form_->isTypical() ? changedText()
                                           : changedText().arg(QString::fromStdString(before), truth));
        setRole(*truth_, "soft");
    } else {
        truth_->setText(QString::fromStdString(shown.truth));
        setRole(*truth_, shown.verdict == Verdict::Right   ? "good"
                         : shown.verdict == Verdict::Wrong ? "error"
                         : shown.verdict == Verdict::None  ? ""
                                                           : "soft");
    }
    QList<ClassProbability> bars;
    for (const ShownAnswer::Bar& bar : shown.bars)
        bars.append({QString::fromStdString(bar.name), bar.share, bar.isTrue && !byHand});
    bars_->setClasses(std::move(bars));
    answered();
}

QString TryPanel::truth() const {
    return truth_->text();
}

QString TryPanel::answer() const {
    return answer_->text();
}

} // namespace burdock
