#pragma once

#include "notebook/runs_filter.h"
#include "notebook/runs_model.h"

#include <QWidget>

#include <optional>

class QAction;
class QLabel;
class QLineEdit;
class QMenu;
class QPushButton;
class QStackedLayout;
class QTableView;
class QToolButton;

namespace burdock {

/// The table of runs with its filter field, column chooser, bin and CSV export.
class RunsPanel : public QWidget {
    Q_OBJECT
  public:
    explicit RunsPanel(RunsModel& model, QWidget* parent = nullptr);

    QTableView* table() const { return table_; }
    QLineEdit* filterField() const { return filterField_; }
    const RunsFilter& filter() const { return *filter_; }
    /// In the order of the table.
    QVector<storage::RunId> selectedRuns() const;
    void select(storage::RunId run);
    void showBin(bool bin);
    /// Of the selected runs, by key and for a menu; in the bin it restores them.
    QAction& deleteAction() const { return *delete_; }
    QPushButton& emptyBinButton() const { return *emptyBin_; }
    /// The rows and columns that are shown. Gives why they could not be written; nothing where they were.
    std::optional<QString> saveCsv(const QString& path) const;
    void askCsv(); ///< where to save it, and saves it

  signals:
    void selectionChanged();
    void emptyBinWanted();
    void deleteWanted(); ///< of the selected runs; in the bin: restoring them
    void exported(const QString& path, int runs);
    void askWanted(burdock::storage::RunId run, const QStringList& paths); ///< files dropped on its row

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void fillColumnMenu(QMenu* menu);
    void restoreColumns();
    void fitNumbers();
    void keepColumns() const;
    void showState();
    void showDelete();

    RunsModel& model_;
    RunsFilter* filter_;
    QTableView* table_;
    QAction* delete_;
    QLineEdit* filterField_;
    QLabel* count_;
    QLabel* empty_;
    QPushButton *bin_, *emptyBin_;
    QStackedLayout* stack_;
};

} // namespace burdock
