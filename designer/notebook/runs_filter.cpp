#include "notebook/runs_filter.h"

#include "notebook/runs_model.h"

namespace burdock {

RunsFilter::RunsFilter(QObject* parent)
    : QSortFilterProxyModel(parent) {
    setSortLocaleAware(true);
    setSortCaseSensitivity(Qt::CaseInsensitive);
    setSortRole(RunsModel::OrderRole);
}

void RunsFilter::setWords(const QString& text) {
    words_ = text.toLower().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    invalidateFilter();
}

void RunsFilter::setBin(bool bin) {
    bin_ = bin;
    invalidateFilter();
}

bool RunsFilter::filterAcceptsRow(int row, const QModelIndex& parent) const {
    const QModelIndex index = sourceModel()->index(row, 0, parent);
    if (index.data(RunsModel::BinnedRole).toBool() != bin_) return false;
    if (words_.isEmpty()) return true;
    const QString text = index.data(RunsModel::WordsRole).toString();
    return std::all_of(words_.begin(), words_.end(),
                       [&](const QString& word) { return text.contains(word); });
}

bool RunsFilter::lessThan(const QModelIndex& left, const QModelIndex& right) const {
    const QVariant a = left.data(RunsModel::OrderRole);
    const QVariant b = right.data(RunsModel::OrderRole);
    // Last whichever way the column is sorted.
    if (a.isValid() != b.isValid()) return a.isValid() == (sortOrder() == Qt::AscendingOrder);
    const QString unit = left.data(RunsModel::UnitRole).toString(),
                  other = right.data(RunsModel::UnitRole).toString();
    // Those of one metric stand together, and the metrics in the same order either way.
    if (a.isValid() && unit != other) return (unit < other) == (sortOrder() == Qt::AscendingOrder);
    return QSortFilterProxyModel::lessThan(left, right);
}

} // namespace burdock
