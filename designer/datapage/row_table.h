#pragma once

#include "engine/data/dataset.h"

#include <QAbstractTableModel>

namespace burdock {

/// The samples of a part with their target and values, read when they are looked at: a few hundred rows are
/// kept in one block of memory, so that any number of them scrolls.
class RowTable : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Column {
        Number,
        Target,
        FirstValue
    }; ///< of several numbers to predict each is a column from Target
    explicit RowTable(QObject* parent = nullptr);

    void setData(std::shared_ptr<const Dataset> data, Part part);
    /// The feature of a column; -1: it is none.
    std::int64_t featureAt(int column) const {
        return column < Target + targets_ ? -1 : column - Target - targets_;
    }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    /// The values of a row: input, then target. Empty if they cannot be read.
    std::span<const float> rowAt(int row) const;
    bool isNumbers() const { return data_->info().task->targetKind == TargetKind::Number; }
    QString targetTitle(int column) const;

    std::shared_ptr<const Dataset> data_;
    Part part_ = Part::Train;
    std::size_t inputs_ = 0, width_ = 0; ///< of a row: inputs, and all
    int targets_ = 1;                    ///< columns of them
    mutable std::vector<float> kept_;
    mutable std::vector<std::int64_t> keptRows_; ///< which row each place has; -1: none
};

/// A value of the data: to seven digits, without a power of ten where it can be read so.
QString valueText(double value, int digits = 7);
/// A sample's target in words, as the task shows it.
QString targetText(const Dataset& data, std::span<const float> target);
/// One of several numbers to predict, in the data's units.
QString targetText(const Dataset& data, std::span<const float> target, std::size_t which);

} // namespace burdock
