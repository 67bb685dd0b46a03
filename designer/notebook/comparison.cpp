#include "notebook/comparison.h"

#include "dashboard/curve_pen.h"
#include "session/damage.h"
#include "theme/plain_text.h"
#include "theme/theme.h"

#include <QPixmap>

#include <algorithm>

namespace burdock {

bool ComparedFact::isUnlike() const {
    return std::any_of(values.begin(), values.end(), [&](const QString& v) { return v != values.first(); });
}

QList<ComparedFact> compareRuns(const QVector<storage::RunSummary>& runs, const QStringList& damage,
                                const Headings& headings) {
    QList<ComparedFact> compared;
    QList<std::pair<Fact::Group, QString>> keys;
    for (qsizetype run = 0; run < runs.size(); ++run) {
        qsizetype before = -1; // the run's own fact before this one
        for (const Fact& fact : runFacts(runs[run], damage.value(run), headings.value(run).get())) {
            auto at = keys.indexOf({fact.group, fact.key});
            if (at < 0) {
                // Behind what it follows in its run, or the last of its group, so that groups stay together.
                at = keys.size();
                for (qsizetype i = 0; i < keys.size(); ++i)
                    if (keys[i].first == fact.group) at = i + 1;
                if (before >= 0 && keys[before].first == fact.group) at = before + 1;
                keys.insert(at, {fact.group, fact.key});
                ComparedFact added{fact.group, fact.label, {}, false};
                added.values.resize(runs.size());
                compared.insert(at, added);
            }
            compared[at].values[run] = fact.value;
            before = at;
        }
    }
    for (ComparedFact& fact : compared)
        fact.differs = fact.group != Fact::Group::Result && fact.isUnlike();
    return compared;
}

void ComparisonModel::setRuns(const QVector<storage::RunSummary>& runs, const QStringList& damage,
                              const Headings& headings) {
    beginResetModel();
    runs_ = runs;
    damage_ = damage;
    facts_ = compareRuns(runs, damage, headings);
    QVector<qint64> ids;
    for (const storage::RunSummary& run : runs)
        ids << run.id.value;
    const QVector<int> dashes = runDashes(ids);
    dashes_.clear();
    for (qsizetype i = 0; i < ids.size(); ++i)
        dashes_[ids[i]] = dashes[i];
    fill();
    endResetModel();
}

void ComparisonModel::setDifferencesOnly(bool only) {
    beginResetModel();
    differencesOnly_ = only;
    fill();
    endResetModel();
}

void ComparisonModel::fill() {
    rows_.clear();
    for (int i = 0; i < facts_.size(); ++i) {
        const ComparedFact& fact = facts_[i];
        if (differencesOnly_ && !fact.isUnlike()) continue;
        if (rows_.isEmpty() || rows_.last().group != fact.group) rows_.append({-1, fact.group});
        rows_.append({i, fact.group});
    }
}

int ComparisonModel::differences() const {
    return static_cast<int>(
        std::count_if(facts_.begin(), facts_.end(), [](const ComparedFact& f) { return f.differs; }));
}

int ComparisonModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int ComparisonModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(runs_.size()) + 1;
}

QVariant ComparisonModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const Theme& theme = Theme::instance();
    const Row row = rows_[index.row()];
    if (row.fact < 0) {
        if (role == Qt::DisplayRole && index.column() == 0) return groupTitle(row.group);
        if (role == Qt::FontRole) return theme.font(QStringLiteral("strong"));
        if (role == Qt::BackgroundRole) return theme.color(QStringLiteral("surface"));
        return {};
    }
    const ComparedFact& fact = facts_[row.fact];
    switch (role) {
    case Qt::DisplayRole:
        if (index.column() > 0) {
            const QString value = fact.values[index.column() - 1];
            return value.isEmpty() ? QStringLiteral("–") : value;
        }
        // Not by colour alone.
        return fact.differs ? QStringLiteral("≠ ") + fact.label : fact.label;
    case Qt::ToolTipRole:
        return plainTip(index.column() > 0 ? fact.values[index.column() - 1]
                        : fact.differs     ? tr("%1 differs").arg(fact.label)
                                           : fact.label);
    case Qt::BackgroundRole:
        return fact.differs ? QVariant(theme.color(QStringLiteral("warning.soft"))) : QVariant();
    case Qt::ForegroundRole:
        if (index.column() > 0 && isDamaged(index.column() - 1))
            return theme.color(QStringLiteral("error.text"));
        return theme.color(index.column() == 0 ? QStringLiteral("ink.soft") : QStringLiteral("ink"));
    case Qt::FontRole:
        return index.column() > 0 && row.group == Fact::Group::Result
                   ? QVariant(theme.font(QStringLiteral("mono")))
                   : QVariant();
    default:
        return {};
    }
}

QVariant ComparisonModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) return {};
    if (role == Qt::TextAlignmentRole) return QVariant::fromValue(Qt::AlignLeft | Qt::AlignVCenter);
    if (section == 0) return role == Qt::DisplayRole ? QVariant(tr("Setting")) : QVariant();
    const storage::RunSummary& run = runs_[section - 1];
    if (role == Qt::DisplayRole)
        return QStringLiteral("#%1 %2").arg(run.id.value).arg(run.start.name) +
               (isDamaged(section - 1) ? QStringLiteral(" · ") + damagedValue() : QString());
    if (role == Qt::ForegroundRole && isDamaged(section - 1))
        return Theme::instance().color(QStringLiteral("error.text"));
    if (role == Qt::ToolTipRole) return plainTip(run.start.name);
    if (role == Qt::DecorationRole)
        return curveSample(Theme::instance().runColor(run.id.value), dashOf(run.id));
    return {};
}

} // namespace burdock
