#pragma once

#include "datapage/surveyor.h"

#include <QAbstractListModel>
#include <QWidget>

class QComboBox;
class QLabel;
class QListView;

namespace burdock {

class SampleGrid;

/// The classes, labels or tokens of a survey, with counts: all of them together first.
class ClassList : public QAbstractListModel {
    Q_OBJECT
  public:
    struct Line {
        QString name, counts;
        double share = 0;                ///< of the largest class's count; below 0: no bar
        std::vector<std::int64_t> first; ///< samples to show beside it
    };
    using QAbstractListModel::QAbstractListModel;
    void setLines(std::vector<Line> lines);
    const Line& line(int row) const { return lines_[static_cast<std::size_t>(row)]; }
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

  private:
    std::vector<Line> lines_;
};

/// How many samples each class has, as bars; of pictures some of each, and all of the chosen one below.
class ClassView : public QWidget {
    Q_OBJECT
  public:
    explicit ClassView(Surveyor& surveyor, QWidget* parent = nullptr);

    /// After the surveyor has changed.
    void refresh();
    ClassList& classes() { return *classes_; }
    SampleGrid& grid() { return *grid_; }
    void choose(int row); ///< of the list

  private:
    void showSamples();
    void showSample(std::int64_t place);

    Surveyor& surveyor_;
    ClassList* classes_;
    QListView* list_;
    QWidget* below_;
    QComboBox* part_;
    QLabel* sample_;
    SampleGrid* grid_;
    std::vector<std::int64_t> shown_; ///< samples of the grid
    LatestWork work_;
};

} // namespace burdock
