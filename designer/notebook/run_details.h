#pragma once

#include "notebook/run_columns.h"
#include "notebook/run_reader.h"

#include <QWidget>

class QLabel;
class QStandardItemModel;
class QTabWidget;
class QTableView;
class QTreeView;

namespace burdock {

class ArchitectureView;
class DatasetCatalog;
class KeptSurface;
class MetricCharts;
class MetricsView;
class RunActions;
class RunNotes;
class TryPanel;

/// Everything that is known of one run, in tabs under its name and actions.
class RunDetails : public QWidget {
    Q_OBJECT
  public:
    RunDetails(std::shared_ptr<storage::Notebook> notebook, const DatasetCatalog& catalog, RunReader& reader,
               QWidget* parent = nullptr);
    /// `whyNotBinned`: see RunsModel.
    void setRun(const RunRow& row, const QString& whyNotBinned = {});
    storage::RunId run() const { return row_.summary.id; }

    enum class Tab { Curves, Settings, Epochs, Metrics, Network, Notes, Try, Surface };
    void showTab(Tab tab);
    RunActions& actions() const { return *actions_; }
    RunNotes& notes() const { return *notes_; }
    TryPanel& tryPanel() const { return *try_; }
    KeptSurface& surface() const { return *surface_; } ///< its tab is there where the network may have one
    bool hasTab(Tab tab) const;
    MetricCharts& charts() const { return *charts_; }
    QLabel& damage() const { return *damage_; }
    QStandardItemModel& facts() const { return *facts_; }
    QStandardItemModel& epochs() const { return *epochs_; }
    MetricsView& metrics() const { return *metrics_; }

  private:
    QWidget* makeSettings();
    QWidget* makeEpochs();
    void showFacts();
    void showRecord(const RunRecord& record);
    void showEpochs(const QVector<storage::EpochRow>& epochs);
    void showDamage(const QString& told);

    RunReader& reader_;
    RunRow row_;
    QString whyNotBinned_;
    std::shared_ptr<const RunRecord> record_;
    RunActions* actions_;
    QTabWidget* tabs_;
    QLabel* damage_;
    MetricCharts* charts_;
    QStandardItemModel *facts_, *epochs_;
    QTreeView* factsTree_;
    QTableView* epochsTable_;
    MetricsView* metrics_;
    ArchitectureView* network_;
    RunNotes* notes_;
    TryPanel* try_;
    KeptSurface* surface_;
};

} // namespace burdock
