#pragma once

#include "engine/train/metric.h"

#include <QStringList>
#include <QWidget>

class QLabel;
class QStackedLayout;
class QStandardItemModel;
class QTableView;

namespace burdock {

class ConfusionMatrix;

/// What a run reached on the test set, in every metric of its task: totals, class by class, and which classes
/// are taken for which. Of targets in units of their own there is no total error.
class MetricsView : public QWidget {
    Q_OBJECT
  public:
    explicit MetricsView(QWidget* parent = nullptr);

    /// `names` of classes, labels or outputs; where they are missing or too few, their numbers are shown.
    /// Without metrics it says how to get them.
    void setMetrics(const std::vector<MetricValue>& values, const QStringList& names);

    QStandardItemModel& totals() const { return *totals_; }
    QStandardItemModel& byClass() const { return *byClass_; }
    ConfusionMatrix& matrix() const { return *matrix_; }

  private:
    void fillTotals(const std::vector<MetricValue>& values, const QStringList& names);
    void fillByClass(const std::vector<MetricValue>& values, const QStringList& names);

    QStandardItemModel *totals_, *byClass_;
    QTableView *totalsTable_, *byClassTable_;
    ConfusionMatrix* matrix_;
    QLabel *hint_, *measuredOn_;
    QStackedLayout* stack_;
};

} // namespace burdock
