#pragma once

#include "app/dataset_loader.h"
#include "app/model_saver.h"
#include "app/queue_keeper.h"
#include "app/training_settings.h"
#include "document/graph_document.h"
#include "engine/models/adaptation.h"
#include "session/estimate.h"
#include "session/run_queue.h"

#include <QHash>
#include <QObject>
#include <QTimer>

#include <atomic>
#include <map>

namespace burdock {

class RunForecast;

/// All that a window works on, without any widget: an open notebook, the network on the canvas, the training
/// form's settings, the chosen data and the run that is going on. It saves every edit by itself.
class Workspace : public QObject {
    Q_OBJECT
  public:
    Workspace(std::shared_ptr<storage::Notebook> notebook, const DatasetCatalog& catalog,
              QObject* parent = nullptr);
    ~Workspace() override;

    storage::Notebook& notebook() { return *notebook_; }
    const std::shared_ptr<storage::Notebook>& sharedNotebook() const { return notebook_; }
    const DatasetCatalog& catalog() const { return catalog_; }
    GraphDocument& document() { return document_; }
    TrainingSettings& settings() { return settings_; }
    RunQueue& queue() { return *queue_; }
    const DatasetLoader& dataset() const { return loader_; }
    /// How long a run would take; measured from the first call on.
    RunForecast& forecast();
    storage::ModelId currentModel() const { return saver_.current(); }

    /// The model that was open when the notebook was left, or a template in a notebook without models.
    void reopen();
    /// Whether the notebook has a network that is not just a template as it comes.
    bool hasOwnDraft() const;
    void openModel(const storage::ModelRow& row);
    /// Puts a new model on the canvas; `dataset` empty: the data stay as they are.
    void newModel(Graph graph, const QString& dataset = {}, const TrainConfig& settings = {});
    /// A kept run's network with its data and settings, to be trained anew; where weights are asked for,
    /// Train begins with them.
    void openRun(const TrainingRequest& made);
    /// The data of now have been moved to `place`: they are read from there, with the options that they had,
    /// once they are found to be the same. Refusals are noticed.
    void findData(const QString& place);
    /// With the template's data, unless the user has chosen data of their own, which stay: as soon as they
    /// are read, the network is adapted to them, as far as it can be.
    void newFromTemplate(const std::string& id);
    /// The same with the data that are chosen, whoever's they are.
    void newFromTemplateForData(const std::string& id);
    /// Opens a template on these data, whatever were chosen, and trains it; where they are not its own, it is
    /// adapted to them. `opened` is called in between.
    void trainTemplate(const std::string& id, const std::string& data, std::function<void()> opened);
    /// Opens the network that is proposed for the chosen data, with its settings.
    void proposeNetwork(std::function<void()> opened);
    /// Makes network and settings what was worked out, as one edit, and tells what was changed.
    void adapt(const Adaptation& made);
    /// The network that a file holds; named by the file if it has no name. On any thread.
    static Result<Graph> readModelFile(const QString& path);
    Status openModelFile(const QString& path);
    /// The same with the file read and laid out on a thread of its own; a refusal is noticed.
    void openModelFileLater(const QString& path, std::function<void()> opened);
    Status saveModelFile(const QString& path) const;

    /// Everything that keeps the network from being trained, and warnings: of the graph, which are those of
    /// now, then of the data and the settings, which are found beside the window a moment after a change.
    std::vector<Diagnostic> problems() const;
    /// What is known of data and settings is that of before the last change.
    bool isChecking() const { return check_.isOpen(); }
    /// Those that belong to a field of the training form.
    const std::vector<Diagnostic>& formProblems() const { return formProblems_; }
    /// A number for a form whose fields may show what is no value. A later form has a higher one, and never
    /// that of one that is gone, as its address might be.
    int addForm() { return ++lastForm_; }
    /// What stands in a form's fields and is no value: as long as it is shown, nothing is trained, for a run
    /// would have another value than the field.
    void setRefusedTexts(int form, std::vector<Diagnostic> texts);
    /// What keeps the network from being trained now, the first of it; none: it can be.
    std::optional<Diagnostic> hindrance() const;
    /// Whether it cannot be because it is whole as it is: one of threshold neurons, which computes.
    bool onlyComputes() const { return onlyComputes_.has_value(); }
    /// What hinders it in a line; empty: it can be.
    QString whyNotTrainable() const;
    /// The run whose weights Train begins with, as far as they fit the network; none: fresh weights. Another
    /// network begins with fresh ones.
    const std::optional<storage::RunId>& startWeights() const { return startWeights_; }
    /// Which of that run's.
    const CheckpointChoice& startCheckpoint() const { return startCheckpoint_; }
    void setStartWeights(const std::optional<storage::RunId>& run, const CheckpointChoice& weights = {});
    /// Puts the network with its settings into the queue, where it begins as soon as a slot is free.
    void train();
    /// The same for a run that was put together elsewhere, from the weights of a kept one.
    void train(TrainingRequest request);
    /// A stopped run goes on.
    void resume(storage::RunId run);

    /// How many runs are trained at once, from now on and at the next start.
    void setRunsAtOnce(int runs);

    /// Writes what is not written yet, and waits for it. A network that the notebook does not take goes into
    /// a file beside it, or among those that programs keep for the user: gives what to say of that; empty
    /// where all is in the notebook.
    QString saveNow();
    /// Hands over the models of the notebook, with what is on the canvas as it is now.
    void readModels(QObject* context, std::function<void(storage::Outcome<QVector<storage::ModelRow>>)> done);

  signals:
    void problemsChanged();
    /// The current model is another one.
    void modelChanged();
    /// An edit is being written, or all are.
    void savingChanged(bool saving);
    /// The notebook has not taken the last edits.
    void notSaved();
    /// While it is destroyed, of each run that could not be written into the notebook.
    void leftUnwritten(const QString& problem);
    /// Something went wrong apart from any field or node.
    void noticed(const QString& text);
    /// What was noticed is so no more.
    void settled(const QString& text);
    void startWeightsChanged();
    /// The user wants to see how the network can be made to suit the data.
    void adaptationWanted();
    /// The network that is proposed for the chosen data was opened: its main choices and why, a line each.
    void proposed(const QStringList& lines);
    /// Something was done that is not seen in every place.
    void told(const QString& text);

  private:
    /// What a notice is about: a later one about the same takes its place, and it goes when that is mended.
    enum class Matter { Offer, Train, Run, Writing, Save, Open, Data };
    void say(Matter matter, const QString& text);
    void settle(Matter matter);
    /// Gives its cards places, where the network has none yet.
    static void layOutNew(Graph& graph);
    void setModel(Graph graph, const storage::ModelRow& row);
    void offerKept();
    bool hasOwnData() const;
    bool isHere(const std::string& dataset) const;
    void adaptTemplate();
    void tellAdapted(const Result<Adaptation>& made);
    void check();
    void takeProblems(std::vector<Diagnostic> found);
    void touched();
    void save();
    void saveIfTouched();
    void keepDataContents();

    std::shared_ptr<storage::Notebook> notebook_;
    const DatasetCatalog& catalog_;
    GraphDocument document_;
    TrainingSettings settings_;
    DatasetLoader loader_;
    ModelSaver saver_;
    QHash<QByteArray, QString> keptBeside_; ///< by the network: what was said of its file
    std::atomic<bool> ending_{false};       ///< nobody waits any more for what is read
    Worker reader_;                         ///< of model files, and of data that were moved or to adapt to
    std::unique_ptr<RunQueue> queue_;
    std::unique_ptr<QueueKeeper> keeper_;
    QTimer saveTimer_;
    std::vector<Diagnostic> formProblems_;
    std::optional<Diagnostic> onlyComputes_; ///< why there is nothing to train, where that is no fault
    int lastForm_ = 0;
    std::map<int, std::vector<Diagnostic>> refusedTexts_; ///< by form, those that were there first in front
    bool hasModel_ = false;                               ///< before the first one there is nothing to save
    std::optional<Graph> savedGraph_;
    QByteArray savedSettings_;
    std::optional<storage::RunId> startWeights_;
    CheckpointChoice startCheckpoint_;
    QString nameOfGoingOn_;         ///< of the run that begins with them, where the user gives none
    QHash<Matter, QString> said_;   ///< as long as it holds
    int offered_ = 0;               ///< how many runs a closed window has left
    std::optional<Graph> template_; ///< as it was opened, until it is adapted to the user's data
    Estimate adaptation_;           ///< of that
    std::unique_ptr<RunForecast> forecast_;
    Estimate check_; ///< whether the network can be trained on the data with the settings
};

} // namespace burdock
