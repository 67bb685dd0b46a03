#pragma once

#include "notebook/run_facts.h"

#include <QAbstractTableModel>
#include <QHash>

namespace burdock {

/// One fact over several runs; empty where a run has no such fact.
struct ComparedFact {
    Fact::Group group = Fact::Group::Result;
    QString label;
    QStringList values; ///< in the order of the runs
    bool differs = false;
    /// Whether not all runs have the same, be it a setting or a result.
    bool isUnlike() const;
};

/// Of each run the cross-validation that it is a fold of; null, or not there: of none.
using Headings = QVector<std::shared_ptr<const CrossValidation>>;

/// Facts in the order of the first run that has them. Only settings are said to differ: of results that is
/// expected. `damage`: what damageOf() tells of each; empty, or not there: nothing.
QList<ComparedFact> compareRuns(const QVector<storage::RunSummary>& runs, const QStringList& damage = {},
                                const Headings& headings = {});

/// The comparison as a table: facts down, runs across, groups as rows of their own, differences marked.
class ComparisonModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    using QAbstractTableModel::QAbstractTableModel;
    void setRuns(const QVector<storage::RunSummary>& runs, const QStringList& damage = {},
                 const Headings& headings = {});
    void setDifferencesOnly(bool only);
    bool differencesOnly() const { return differencesOnly_; }
    int differences() const;
    int dashOf(storage::RunId run) const { return dashes_.value(run.value); } ///< of its curve
    bool isGroupRow(int row) const { return rows_.value(row).fact < 0; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    struct Row {
        int fact = -1; ///< negative: the title of `group`
        Fact::Group group = Fact::Group::Result;
    };
    void fill();
    bool isDamaged(int run) const { return !damage_.value(run).isEmpty(); }

    QVector<storage::RunSummary> runs_;
    QStringList damage_;        ///< of each
    QHash<qint64, int> dashes_; ///< by run
    QList<ComparedFact> facts_;
    QList<Row> rows_;
    bool differencesOnly_ = false;
};

} // namespace burdock
