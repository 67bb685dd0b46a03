#pragma once

#include "engine/plan/truth_table.h"

#include <QAbstractTableModel>

#include <optional>

namespace burdock {

/// "1", "0", or with four digits what is no bit.
QString truthText(double value);

/// How a unit comes to its value: "1·1 − 1·0 = 1 ≥ 1 → 1". `value` is what it gives.
QString sumText(const UnitSum& sum, double value);

/// A truth table as rows of a view: the inputs, then what each layer gives, the answers last.
class TruthRows final : public QAbstractTableModel {
    Q_OBJECT
  public:
    using QAbstractTableModel::QAbstractTableModel;

    void setTruth(std::optional<TracedTruth> truth);
    const std::optional<TracedTruth>& truth() const { return truth_; }
    /// The bits of a row; the row of bits.
    std::vector<bool> bits(int row) const;
    int rowOf(const std::vector<bool>& bits) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    QString title(int column) const;
    QString cell(const QModelIndex& index) const;

    std::optional<TracedTruth> truth_;
};

} // namespace burdock
