#include "app/workspace.h"

#include "app/found_problems.h"
#include "app/random_frozen.h"
#include "app/run_forecast.h"
#include "document/card_size.h"
#include "engine/graph/graph_json.h"
#include "engine/models/templates.h"
#include "engine/plan/transfer.h"
#include "engine/train/advice.h"
#include "engine/train/trainer.h"
#include "session/cross_validation.h"
#include "session/damage.h"
#include "session/diagnostics.h"
#include "session/moved_data.h"

#include <QSettings>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

using namespace std::chrono_literals;

namespace burdock {
namespace {

/// The user's setting: how many runs are trained at once.
const QString atOnceSetting = QStringLiteral("training/runs-at-once");

/// Every array that was not simply taken, a line each.
QString transferText(const TransferReport& report) {
    QString text = QString::fromStdString(summaryOf(report)) + u'.';
    for (const auto& [word, lines] : {std::pair(Workspace::tr("adapted"), &report.adapted),
                                      std::pair(Workspace::tr("fresh"), &report.fresh),
                                      std::pair(Workspace::tr("left over"), &report.leftOver)}) {
        constexpr std::size_t most = 4; // the notice is to leave the place in sight
        for (std::size_t i = 0; i < std::min(lines->size(), most); ++i) {
            const TransferReport::Line& line = (*lines)[i];
            text += QStringLiteral("\n%1: %2").arg(word, QString::fromStdString(line.name));
            if (!line.how.empty()) text += QStringLiteral(" (%1)").arg(QString::fromStdString(line.how));
        }
        if (lines->size() > most) text += Workspace::tr("\n%1: %2 more").arg(word).arg(lines->size() - most);
    }
    return text;
}

} // namespace

Workspace::Workspace(std::shared_ptr<storage::Notebook> notebook, const DatasetCatalog& catalog,
                     QObject* parent)
    : QObject(parent)
    , notebook_(std::move(notebook))
    , catalog_(catalog)
    , loader_(catalog)
    , saver_(notebook_)
    , queue_(std::make_unique<RunQueue>(notebook_, catalog))
    , keeper_(std::make_unique<QueueKeeper>(*queue_, *notebook_, saver_))
    , adaptation_(0ms, [this] { adaptTemplate(); })
    , check_(0ms, [this] { check(); }) {
    queue_->setAtOnce(QSettings().value(atOnceSetting, 1).toInt());
    connect(keeper_.get(), &QueueKeeper::noticed, this, &Workspace::noticed);
    connect(keeper_.get(), &QueueKeeper::settled, this, &Workspace::settled);
    saveTimer_.setSingleShot(true);
    saveTimer_.setInterval(400);
    connect(&saveTimer_, &QTimer::timeout, this, &Workspace::save);
    connect(&document_, &GraphDocument::graphChanged, this, &Workspace::touched);
    connect(&document_, &GraphDocument::graphChanged, this, &Workspace::problemsChanged);
    connect(&settings_, &TrainingSettings::changed, this, &Workspace::touched);
    const auto outdate = [this] { check_.outdate(); };
    connect(&document_, &GraphDocument::graphChanged, this, outdate);
    connect(&settings_, &TrainingSettings::changed, this, outdate);
    connect(&loader_, &DatasetLoader::changed, this, outdate);
    connect(&loader_, &DatasetLoader::changed, this, &Workspace::keepDataContents);
    connect(&loader_, &DatasetLoader::changed, this, [this] {
        if (template_ && !loader_.isLoading()) adaptation_.outdate();
    });
    connect(&document_, &GraphDocument::adaptationWanted, this, &Workspace::adaptationWanted);
    connect(&settings_, &TrainingSettings::datasetChanged, this,
            [this] { loader_.load(settings_.dataset()); });
    connect(&saver_, &ModelSaver::saved, this, [this] {
        settle(Matter::Save);
        emit savingChanged(saveTimer_.isActive());
    });
    connect(&saver_, &ModelSaver::failed, this, [this](const storage::StorageError& e) {
        savedGraph_.reset(); // it is to be written again with the next edit, or on leaving
        say(Matter::Save,
            e.kind == storage::StorageError::Kind::Moved
                ? tr("%1 The network goes into a file of its own when the window is closed.").arg(e.oneLine())
                : e.oneLine());
    });
    connect(&saver_, &ModelSaver::savedApart, this, [this] {
        emit noticed(
            tr("Another window has changed this network since it was opened here. Both are kept: "
               "yours is one of its own from now on, and the other one is among the networks of this "
               "notebook."));
    });
    connect(queue_.get(), &RunQueue::refused, this,
            [this](const Diagnostic& d) { say(Matter::Run, QString::fromStdString(oneLine(d))); });
    connect(queue_.get(), &RunQueue::started, this, [this] { settle(Matter::Run); });
    connect(queue_.get(), &RunQueue::warned, this, [this](storage::RunId, const Diagnostic& d) {
        const QString text = QString::fromStdString(oneLine(d));
        d.code == notebookProblem ? say(Matter::Writing, text) : emit noticed(text);
    });
    connect(queue_.get(), &RunQueue::finished, this, [this](storage::RunId, const FinishRecord& record) {
        if (!record.problem) settle(Matter::Writing); // all of it has been written
    });
    connect(this, &Workspace::problemsChanged, this, [this] {
        if (said_.contains(Matter::Train) && whyNotTrainable() != said_[Matter::Train]) settle(Matter::Train);
    });
    connect(queue_.get(), &RunQueue::changed, this, &Workspace::problemsChanged);
    connect(&saver_, &ModelSaver::failed, this, &Workspace::notSaved);
    connect(&document_, &GraphDocument::settingWanted, &settings_, &TrainingSettings::setValue);
    check_.outdate();
}

RunForecast& Workspace::forecast() {
    if (!forecast_) forecast_ = std::make_unique<RunForecast>(*this);
    return *forecast_;
}

Workspace::~Workspace() {
    ending_ = true;
    forecast_.reset();
    keeper_->keepNow();
    keeper_.reset(); // what waits is kept: its end is no end of the waiting
    const QStringList unwritten = queue_->end();
    queue_.reset();
    saveNow();
    document_.disconnect(this);
    for (const QString& problem : unwritten)
        emit leftUnwritten(problem);
}

void Workspace::reopen() {
    offerKept();
    const auto models = notebook_->models();
    if (!models) emit noticed(models.error().oneLine());
    if (!models || models->isEmpty()) return newFromTemplate("lecture-cnn");
    const qint64 wanted = notebook_->setting(openModelSetting).toLongLong();
    const auto it = std::find_if(models->begin(), models->end(),
                                 [&](const storage::ModelRow& row) { return row.id.value == wanted; });
    openModel(it == models->end() ? models->front() : *it);
}

void Workspace::offerKept() {
    offered_ = keeper_->restore();
    if (offered_ == 0) return;
    say(Matter::Offer, offered_ == 1 ? tr("A run had not ended when the window was closed: it is held in the "
                                          "Train place, and can go on.")
                                     : tr("%1 runs had not ended when the window was closed: they are held "
                                          "in the Train place, and can go on.")
                                           .arg(offered_));
    connect(queue_.get(), &RunQueue::changed, this, [this] {
        if (std::ssize(queue_->held()) < offered_) settle(Matter::Offer);
    });
}

void Workspace::layOutNew(Graph& graph) {
    constexpr CardSize usualCanvas{880, 560}; // before there is a window
    if (needsArranging(graph)) arrange(graph, usualCanvas);
}

void Workspace::openModel(const storage::ModelRow& row) {
    auto graph = graphFromText(row.graphJson.toStdString());
    if (!graph) return say(Matter::Open, QString::fromStdString(oneLine(graph.error())));
    layOutNew(*graph);
    setModel(std::move(*graph), row);
    savedGraph_ = document_.graph();
    savedSettings_ = settings_.toJson();
    if (row.damaged)
        say(Matter::Open, tr("What the notebook holds of the network %1 was changed on the disk. %2")
                              .arg(row.name, damageMend()));
}

void Workspace::newModel(Graph graph, const QString& dataset, const TrainConfig& settings) {
    layOutNew(graph);
    setModel(std::move(graph), {});
    settings_.setConfig(settings); // another network's rate or transforms would be trained with unseen
    settings_.setRunName({});
    if (!dataset.isEmpty()) settings_.setDataset(dataset);
    touched();
}

void Workspace::openRun(const TrainingRequest& made) {
    const QString left = QString::fromStdString(document_.graph().name);
    newModel(made.graph, presentPlace(*notebook_, made.dataset), made.config);
    if (made.initialRun) {
        setStartWeights(made.initialRun, made.initialWeights);
        nameOfGoingOn_ = made.runName;
    }
    const QString filled = made.initialRun
                               ? tr("Train goes on from the weights of run #%1.").arg(made.initialRun->value)
                               : tr("The run's data and settings are in the training form.");
    emit told(filled + u' ' +
              tr("“%1” is kept: File › Networks of this notebook.")
                  .arg(left.isEmpty() ? tr("Unnamed network") : left));
}

void Workspace::setModel(Graph graph, const storage::ModelRow& row) {
    saveIfTouched(); // written after this, but in the row of the model that is left
    settle(Matter::Open);
    saver_.open(row.id, row.changedAt);
    setStartWeights({});
    template_.reset();
    const Status read = settings_.fromJson(row.settingsJson);
    settings_.setDataset(presentPlace(*notebook_, settings_.dataset()));
    if (!loader_.data() && !loader_.isLoading()) loader_.load(settings_.dataset());
    document_.reset(std::move(graph));
    hasModel_ = true;
    emit modelChanged();
    if (!read) say(Matter::Open, QString::fromStdString(oneLine(read.error())));
}

void Workspace::setStartWeights(const std::optional<storage::RunId>& run, const CheckpointChoice& weights) {
    if (run == startWeights_ && weights == startCheckpoint_) return;
    startWeights_ = run;
    startCheckpoint_ = weights;
    nameOfGoingOn_.clear();
    emit startWeightsChanged();
    check_.outdate();
}

void Workspace::check() {
    const auto work = [report = document_.checked(), data = loader_.data(),
                       config = settings_.config()]() -> Result<std::vector<Diagnostic>> {
        if (!data) return checkTrainConfig(config);
        std::vector<Diagnostic> found = checkTraining(*report, data->info(), config);
        found.erase(found.begin(), found.begin() + std::ssize(report->diagnostics)); // the graph's own
        adviseOnly(found, *report);
        std::ranges::move(warnOfMirrors(*data, config), std::back_inserter(found));
        return found;
    };
    check_.workOut(work, [this](Result<std::vector<Diagnostic>> found) {
        takeProblems(found ? std::move(*found) : std::vector{found.error()});
    });
}

void Workspace::takeProblems(std::vector<Diagnostic> found) {
    if (!startWeights_)
        std::ranges::move(randomFrozen(document_.graph(), *document_.checked()), std::back_inserter(found));
    offerToAdapt(found);
    nameFields(found);
    onlyComputes_ = takeAdvice(found);
    const auto split = std::stable_partition(found.begin(), found.end(), std::not_fn(isOfForm));
    formProblems_.assign(std::make_move_iterator(split), std::make_move_iterator(found.end()));
    found.erase(split, found.end());
    for (Diagnostic& d : formProblems_) // in the form's words
        for (const ParamSpec& field : TrainConfig::table().specs())
            if (field.key == d.param) d.where = field.label;
    if (const auto& problem = loader_.problem()) {
        formProblems_.push_back(*problem);
        formProblems_.back().param = "dataset";
    }
    document_.setFurtherProblems(std::move(found));
    emit problemsChanged();
}

std::vector<Diagnostic> Workspace::problems() const {
    std::vector<Diagnostic> all = document_.report().diagnostics;
    all.insert(all.end(), formProblems_.begin(), formProblems_.end());
    for (const auto& [form, texts] : refusedTexts_)
        all.insert(all.end(), texts.begin(), texts.end());
    return all;
}

void Workspace::setRefusedTexts(int form, std::vector<Diagnostic> texts) {
    if (refusedTexts_.erase(form) == 0 && texts.empty()) return;
    if (!texts.empty()) refusedTexts_.emplace(form, std::move(texts));
    emit problemsChanged();
}

std::optional<Diagnostic> Workspace::hindrance() const {
    for (Diagnostic& d : problems())
        if (d.severity == Severity::Error) return std::move(d);
    return onlyComputes_;
}

QString Workspace::whyNotTrainable() const {
    const auto why = hindrance();
    return why ? QString::fromStdString(oneLine(*why)) : QString();
}

void Workspace::train() {
    // A run checks anew when it begins: what was wrong before the last change need not be wrong any more.
    const QString why = whyNotTrainable();
    const bool isOfNow = !isChecking() || !refusedTexts_.empty() || document_.checked()->hasErrors();
    if (!why.isEmpty() && isOfNow) return say(Matter::Train, why);
    settle(Matter::Train);
    TrainingRequest request;
    request.runName = settings_.runName().isEmpty() ? nameOfGoingOn_ : settings_.runName();
    request.graph = document_.graph();
    request.dataset = settings_.dataset();
    request.config = settings_.config();
    request.initialRun = startWeights_;
    request.initialWeights = startCheckpoint_;
    request.partly = startWeights_.has_value();
    settings_.setRunName({}); // the next run is another one
    train(std::move(request));
}

void Workspace::train(TrainingRequest request) {
    // It may be in the queue already, left there by a closed window.
    if (request.resumed) {
        if (TrainingRun* run = queue_->findWaiting(*request.resumed)) return queue_->release(*run);
        // While it loads its data, the notebook does not know yet that it goes on.
        if (const TrainingRun* run = queue_->find(*request.resumed); run && run->isActive())
            return say(Matter::Run, tr("“%1” goes on already: see the Train place.").arg(run->name()));
    }
    const TrainingRun* first = nullptr;
    std::vector<TrainingRequest> folds = foldRequests(request);
    for (TrainingRequest& fold : folds) {
        const TrainingRun& run = queue_->enqueue(std::move(fold));
        if (!first) first = &run;
        connect(&run, &TrainingRun::transferred, this, [this, &run](const TransferReport& report) {
            const bool whole = report.adapted.empty() && report.fresh.empty() && report.leftOver.empty();
            if (whole) // as it was meant: nothing to look into
                emit told(tr("“%1” begins with all of the run's weights.").arg(run.name()));
            else
                emit noticed(
                    tr("“%1” begins with a run's weights: %2").arg(run.name(), transferText(report)));
        });
    }
    if (!first->isWaiting()) return;
    // Those that are held do not begin by themselves.
    const auto before = static_cast<int>(queue_->waiting().size() - queue_->held().size() - folds.size());
    const QString where = before == 0   ? tr("“%1” begins when a run has ended")
                          : before == 1 ? tr("“%1” waits in the queue, after another run")
                                        : tr("“%1” waits in the queue, after %2 other runs");
    emit told(before > 1 ? where.arg(first->name()).arg(before) : where.arg(first->name()));
}

void Workspace::resume(storage::RunId run) {
    auto request = resumeRequest(*notebook_, run);
    if (request)
        train(std::move(*request));
    else
        say(Matter::Run, QString::fromStdString(oneLine(request.error())));
}

void Workspace::say(Matter matter, const QString& text) {
    settle(matter);
    said_[matter] = text;
    emit noticed(text);
}

void Workspace::settle(Matter matter) {
    if (const QString text = said_.take(matter); !text.isEmpty()) emit settled(text);
}

void Workspace::touched() {
    if (!hasModel_ || saveTimer_.isActive()) return;
    saveTimer_.start();
    emit savingChanged(true);
}

void Workspace::save() {
    saveTimer_.stop();
    const QByteArray settings = settings_.toJson();
    if (savedGraph_ == document_.graph() && settings == savedSettings_) {
        emit savingChanged(false);
        return;
    }
    savedGraph_ = document_.graph();
    savedSettings_ = settings;
    storage::ModelRow row;
    row.name = QString::fromStdString(document_.graph().name);
    row.graphJson = QByteArray::fromStdString(graphToText(document_.graph()));
    row.settingsJson = settings;
    saver_.save(std::move(row));
}

void Workspace::saveIfTouched() {
    if (hasModel_ && (saveTimer_.isActive() || !savedGraph_)) save();
}

void Workspace::readModels(QObject* context,
                           std::function<void(storage::Outcome<QVector<storage::ModelRow>>)> done) {
    saveIfTouched();
    keeper_->keepNow();
    saver_.readModels(context, std::move(done));
}

void Workspace::setRunsAtOnce(int runs) {
    queue_->setAtOnce(runs);
    QSettings().setValue(atOnceSetting, queue_->atOnce());
}

} // namespace burdock
