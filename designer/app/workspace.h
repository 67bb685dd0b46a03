#pragma once

#include "app/dataset_loader.h"
#include "app/model_saver.h"
#include "app/training_settings.h"
#include "document/graph_document.h"
#include "session/training_session.h"

#include <QObject>
#include <QTimer>

namespace burdock {

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
    TrainingSession& session() { return *session_; }
    const DatasetLoader& dataset() const { return loader_; }
    storage::ModelId currentModel() const { return saver_.current(); }

    /// The model that was open when the notebook was left, or a template in a notebook without models.
    void reopen();
    void openModel(const storage::ModelRow& row);
    /// Puts a new model on the canvas; `dataset` empty: the data stay as they are.
    void newModel(Graph graph, const QString& dataset = {}, const TrainConfig& settings = {});
    void newFromTemplate(const std::string& id);
    Status openModelFile(const QString& path);
    Status saveModelFile(const QString& path) const;

    /// Everything that keeps the network from being trained, and warnings: of the graph, the data and the
    /// settings.
    std::vector<Diagnostic> problems() const;
    /// Those that belong to a field of the training form.
    const std::vector<Diagnostic>& formProblems() const { return formProblems_; }
    /// Why Train is not possible now; empty: it is.
    QString whyNotTrainable() const;
    void train();
    /// Starts a run that was put together elsewhere, from the weights of a kept one.
    void train(const TrainingRequest& request);

    /// Writes what is not written yet, and waits for it.
    void saveNow();

  signals:
    void problemsChanged();
    /// The current model is another one.
    void modelChanged();
    /// An edit is being written, or all are.
    void savingChanged(bool saving);
    /// Something went wrong apart from any field or node.
    void noticed(const QString& text);

  private:
    void setModel(Graph graph, storage::ModelId id, const QByteArray& settings);
    GraphReport check(const Graph& graph);
    void touched();
    void save();

    std::shared_ptr<storage::Notebook> notebook_;
    const DatasetCatalog& catalog_;
    GraphDocument document_;
    TrainingSettings settings_;
    DatasetLoader loader_;
    ModelSaver saver_;
    std::unique_ptr<TrainingSession> session_;
    QTimer saveTimer_, formTimer_;
    std::vector<Diagnostic> formProblems_;
    bool hasModel_ = false; ///< before the first one there is nothing to save
    std::optional<Graph> savedGraph_;
    QByteArray savedSettings_;
};

} // namespace burdock
