#pragma once

#include "dashboard/curve_chart.h"
#include "notebook/comparison.h"
#include "notebook/run_reader.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLabel;
class QTableView;

namespace burdock {

/// Several runs: their curves in one chart, each in its run's colour, and their settings side by side.
class CompareView : public QWidget {
    Q_OBJECT
  public:
    explicit CompareView(RunReader& reader, QWidget* parent = nullptr);
    /// At most the first twelve are drawn and compared.
    void setRuns(const QVector<storage::RunSummary>& runs, const Headings& headings = {});
    void clear();

    void setSeries(const QString& name); ///< "validation.loss"
    CurveChart& chart() const { return *chart_; }
    ComparisonModel& comparison() const { return *comparison_; }
    QCheckBox* differencesOnlyBox() const { return differencesOnly_; }

  private:
    void offerSeries(); ///< those that any of the runs has
    /// What is damaged of each, as far as their rows are read by now.
    QStringList damageOfEach();
    void compare(const QStringList& damage);
    void fit(); ///< rows and columns of the comparison
    void draw();
    CurveStyle styleOf(const storage::RunSummary& run) const;
    void drawRun(const RunRecord& record, const storage::RunSummary& run);

    RunReader& reader_;
    QVector<storage::RunSummary> runs_;
    Headings headings_;
    CurveChart* chart_;
    QComboBox *metric_, *axis_;
    ComparisonModel* comparison_;
    QTableView* table_;
    QCheckBox* differencesOnly_;
    QLabel *note_, *damage_;
    QStringList toldDamage_; ///< of each run
};

} // namespace burdock
