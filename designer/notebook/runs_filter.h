#pragma once

#include <QSortFilterProxyModel>

namespace burdock {

/// The runs that are shown: in the bin or not, with all the words that were typed; sorted by value, with rows
/// that have none always last.
class RunsFilter : public QSortFilterProxyModel {
    Q_OBJECT
  public:
    explicit RunsFilter(QObject* parent = nullptr);
    void setWords(const QString& text);
    void setBin(bool bin);
    bool isBin() const { return bin_; }

  protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

  private:
    QStringList words_;
    bool bin_ = false;
};

} // namespace burdock
