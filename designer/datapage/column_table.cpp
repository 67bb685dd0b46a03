#include "datapage/column_table.h"

#include "datapage/row_table.h"
#include "theme/plain_text.h"
#include "theme/theme.h"

#include <QFont>

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

QString worded(const std::string& type) {
    if (type == "nothing") return ColumnTable::tr("no value");
    if (type == "constant") return ColumnTable::tr("constant");
    if (type == "0 or 1") return ColumnTable::tr("0 or 1");
    return type == "number" ? ColumnTable::tr("number") : ColumnTable::tr("whole number");
}

} // namespace

ColumnTable::ColumnTable(const Surveyor& surveyor, QObject* parent)
    : QAbstractTableModel(parent)
    , surveyor_(surveyor) {}

void ColumnTable::setUse(const ColumnUse& use) {
    use_ = use;
    refresh();
}

void ColumnTable::refresh() {
    beginResetModel();
    rows_.clear();
    kept_ = surveyor_.survey();
    const auto& data = surveyor_.data();
    if (data) {
        const DatasetInfo& info = data->info();
        if (kept_ && !kept_->targets.empty())
            for (const ColumnSurvey& target : kept_->targets)
                rows_.push_back({target.name, Used::Target, {}, &target});
        else if (use_.targets().empty())
            rows_.push_back({"target", Used::Target, QString::fromStdString(info.task->asks(info))});
        else
            for (const std::string& name : use_.targets())
                rows_.push_back({name, Used::Target,
                                 use_.targets().size() == 1 ? QString::fromStdString(info.task->asks(info))
                                                            : tr("yes or no")});
        firstFeature_ = static_cast<int>(rows_.size());
        if (kept_)
            for (const ColumnSurvey& input : kept_->inputs)
                rows_.push_back({input.name, Used::Feature, {}, &input});
        else
            for (const std::string& name : info.featureNames)
                rows_.push_back({name, Used::Feature, {}});
        for (const std::string& name : use_.ignored())
            rows_.push_back({name, Used::LeftOut, {}});
    }
    endResetModel();
}

std::string ColumnTable::columnAt(int row) const {
    const Row& of = rows_[static_cast<std::size_t>(row)];
    if (of.used == Used::LeftOut) return of.name;
    if (of.used == Used::Target)
        return row < std::ssize(use_.targets()) ? use_.targets()[static_cast<std::size_t>(row)]
                                                : std::string();
    if (surveyor_.data()->info().featureNames.empty()) return {};
    return use_.columnOf(static_cast<std::size_t>(row - firstFeature_), of.name);
}

int ColumnTable::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int ColumnTable::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : Most + 1;
}

QString ColumnTable::textAt(const Row& row, int column) const {
    const ColumnSurvey* s = row.survey;
    switch (column) {
    case Name:
        return QString::fromStdString(row.name);
    case Use:
        return row.used == Used::Target    ? tr("target")
               : row.used == Used::LeftOut ? tr("left out")
                                           : tr("input");
    case Type:
        return s ? worded(typeOf(*s)) : row.type;
    default:
        break;
    }
    if (!s) return {};
    switch (column) {
    case Missing:
        return s->missing ? tr("%1 (%2)").arg(exactCount(s->missing), humanPercent(s->missingShare()))
                          : tr("none");
    case Mean:
        return s->count ? valueText(std::abs(s->mean) < 1e-6 * s->deviation ? 0 : s->mean, 6) : QString();
    case Deviation:
        return s->count ? valueText(s->deviation, 6) : QString();
    case Least:
        return s->count ? valueText(s->minimum, 6) : QString();
    case Most:
        return s->count ? valueText(s->maximum, 6) : QString();
    case Lower:
    case Median:
    case Upper:
        return s->count ? valueText(s->quartiles[static_cast<std::size_t>(column - Lower)], 6) : QString();
    default:
        return {};
    }
}

QVariant ColumnTable::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const Row& row = rows_[static_cast<std::size_t>(index.row())];
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole:
        return textAt(row, column);
    case Qt::ToolTipRole:
        return column == Histogram ? QVariant() : QVariant(plainTip(textAt(row, column)));
    case Qt::TextAlignmentRole:
        return int(Qt::AlignVCenter | (column >= Mean || column == Missing ? Qt::AlignRight : Qt::AlignLeft));
    case Qt::FontRole:
        return column >= Mean || column == Missing ? QVariant(Theme::instance().font(QStringLiteral("mono")))
                                                   : QVariant();
    case Qt::ForegroundRole:
        if (row.used == Used::Target) return Theme::instance().color(QStringLiteral("accent"));
        if (row.used == Used::LeftOut || (column == Missing && row.survey && row.survey->missing == 0))
            return Theme::instance().color(QStringLiteral("ink.soft"));
        return {};
    case barsRole: {
        QVector<qreal> bars;
        if (column != Histogram || !row.survey || row.survey->histogram.empty()) return {};
        const auto& counts = row.survey->histogram;
        const auto most = static_cast<qreal>(std::max<std::int64_t>(1, *std::ranges::max_element(counts)));
        for (const std::int64_t n : counts)
            bars << static_cast<qreal>(n) / most;
        return QVariant::fromValue(bars);
    }
    default:
        return {};
    }
}

QVariant ColumnTable::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignVCenter |
                   (section >= Mean || section == Missing ? Qt::AlignRight : Qt::AlignLeft));
    const bool sampled = kept_ && kept_->sampled;
    if (role == Qt::ToolTipRole) {
        if (section == Deviation)
            return tr("The root of the mean square from the mean, as normalising uses it");
        if (sampled && (section == Histogram || (section >= Lower && section <= Upper)))
            return tr("Of evenly spread samples, as there are very many");
        return {};
    }
    if (role != Qt::DisplayRole) return {};
    switch (section) {
    case Name:
        return tr("Column");
    case Use:
        return tr("Used as");
    case Type:
        return tr("Type");
    case Missing:
        return tr("Missing");
    case Histogram:
        return tr("Distribution");
    case Mean:
        return tr("Mean");
    case Deviation:
        return tr("Deviation");
    case Least:
        return tr("Minimum");
    case Lower:
        return tr("25 %");
    case Median:
        return tr("Median");
    case Upper:
        return tr("75 %");
    default:
        return tr("Maximum");
    }
}

} // namespace burdock
