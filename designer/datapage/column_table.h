#pragma once

#include "datapage/column_use.h"
#include "datapage/surveyor.h"

#include <QAbstractTableModel>

namespace burdock {

/// A row for each column of the data: what it is used as, its type, missing values, spread and histogram.
class ColumnTable : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Column { Name, Use, Type, Missing, Histogram, Mean, Deviation, Least, Lower, Median, Upper, Most };
    enum class Used { Feature, Target, LeftOut };
    /// The bars of the histogram as a QVector<qreal> of 0..1.
    static constexpr int barsRole = Qt::UserRole + 1;

    explicit ColumnTable(const Surveyor& surveyor, QObject* parent = nullptr);

    void setUse(const ColumnUse& use);
    /// After the surveyor has changed.
    void refresh();
    Used usedAs(int row) const { return rows_[static_cast<std::size_t>(row)].used; }
    /// The column of the table that a row is made of; empty where it has no name to choose it by.
    std::string columnAt(int row) const;
    /// The row of a feature.
    int rowOfFeature(std::int64_t feature) const { return firstFeature_ + static_cast<int>(feature); }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    struct Row {
        std::string name;
        Used used = Used::Feature;
        QString type;                         ///< where there is no survey of it
        const ColumnSurvey* survey = nullptr; ///< of kept_
    };
    QString textAt(const Row& row, int column) const;

    const Surveyor& surveyor_;
    std::shared_ptr<const DataSurvey> kept_;
    ColumnUse use_;
    std::vector<Row> rows_;
    int firstFeature_ = 0; ///< behind the targets
};

} // namespace burdock
