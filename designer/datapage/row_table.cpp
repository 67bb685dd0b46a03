#include "datapage/row_table.h"

#include "theme/plain_text.h"
#include "theme/theme.h"

#include <QFont>

#include <algorithm>
#include <cmath>
#include <limits>

namespace burdock {
namespace {

/// How many rows are kept: what a screen shows, and some more.
std::size_t placesFor(std::size_t width) {
    constexpr std::size_t values = std::size_t(1) << 22;
    return std::clamp<std::size_t>(values / std::max<std::size_t>(width, 1), 64, 512);
}

} // namespace

QString targetText(const Dataset& data, std::span<const float> target) {
    const NumberText text{[](double v) { return valueText(v).toStdString(); },
                          [](double v) { return humanPercent(v).toStdString(); }};
    return QString::fromStdString(data.info().task->showTarget(data.info(), target, text));
}

QString targetText(const Dataset& data, std::span<const float> target, std::size_t which) {
    const auto& offsets = data.info().targetOffsets;
    return valueText((which < offsets.size() ? offsets[which] : 0) + static_cast<double>(target[which]));
}

QString valueText(double value, int digits) {
    const double size = std::abs(value);
    const bool plain = size == 0 || (size >= 1e-4 && size < std::pow(10.0, digits));
    return plain && std::isfinite(value) ? QString::number(value, 'g', digits) : humanNumber(value);
}

RowTable::RowTable(QObject* parent)
    : QAbstractTableModel(parent) {}

void RowTable::setData(std::shared_ptr<const Dataset> data, Part part) {
    beginResetModel();
    data_ = std::move(data);
    part_ = part;
    inputs_ = data_ ? static_cast<std::size_t>(data_->info().input.size()) : 0;
    width_ = data_ ? inputs_ + static_cast<std::size_t>(data_->targetWidth()) : 0;
    targets_ = data_ && isNumbers() ? static_cast<int>(width_ - inputs_) : 1;
    const std::size_t places = data_ ? placesFor(width_) : 0;
    kept_.assign(places * width_, 0.0f);
    keptRows_.assign(places, -1);
    endResetModel();
}

int RowTable::rowCount(const QModelIndex& parent) const {
    if (parent.isValid() || !data_) return 0;
    return static_cast<int>(std::min<std::int64_t>(data_->size(part_), std::numeric_limits<int>::max()));
}

int RowTable::columnCount(const QModelIndex& parent) const {
    return parent.isValid() || !data_ ? 0 : static_cast<int>(inputs_) + Target + targets_;
}

std::span<const float> RowTable::rowAt(int row) const {
    const std::size_t place = static_cast<std::size_t>(row) % keptRows_.size();
    const std::span<float> values(kept_.data() + place * width_, width_);
    if (keptRows_[place] == row) return values;
    keptRows_[place] = -1;
    try {
        data_->readInput(part_, row, values.data());
        data_->readCheckedTarget(part_, row, values.subspan(inputs_));
    } catch (const std::exception&) { // a file that went away; the survey says which
        return {};
    }
    keptRows_[place] = row;
    return values;
}

QVariant RowTable::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const std::int64_t feature = featureAt(index.column());
    const bool isWord = index.column() == Target && !isNumbers();
    switch (role) {
    case Qt::DisplayRole:
    case Qt::ToolTipRole: {
        if (index.column() == Number) return exactCount(index.row() + 1);
        const std::span<const float> row = rowAt(index.row());
        if (row.empty()) return tr("cannot be read");
        if (feature >= 0) {
            const double value = row[static_cast<std::size_t>(feature)];
            return std::isnan(value) ? tr("missing") : valueText(value);
        }
        const std::span<const float> targets = row.subspan(inputs_);
        const QString text =
            targets_ > 1 ? targetText(*data_, targets, static_cast<std::size_t>(index.column() - Target))
                         : targetText(*data_, targets);
        return role == Qt::ToolTipRole ? plainTip(text) : text;
    }
    case Qt::TextAlignmentRole:
        return int(Qt::AlignVCenter | (isWord ? Qt::AlignLeft : Qt::AlignRight));
    case Qt::FontRole:
        return isWord ? QVariant() : QVariant(Theme::instance().font(QStringLiteral("mono")));
    case Qt::ForegroundRole: {
        if (index.column() == Number) return Theme::instance().color(QStringLiteral("ink.soft"));
        if (feature < 0) return Theme::instance().color(QStringLiteral("accent"));
        const std::span<const float> row = rowAt(index.row());
        if (!row.empty() && std::isnan(row[static_cast<std::size_t>(feature)]))
            return Theme::instance().color(QStringLiteral("warning.text"));
        return {};
    }
    default:
        return {};
    }
}

QString RowTable::targetTitle(int column) const {
    const auto& names = data_->info().targetNames;
    if (targets_ == 1) return tr("Target");
    const auto which = static_cast<std::size_t>(column - Target);
    return which < names.size() ? QString::fromStdString(names[which]) : tr("Target %1").arg(which + 1);
}

QVariant RowTable::headerData(int section, Qt::Orientation orientation, int role) const {
    if (!data_) return {};
    if (orientation == Qt::Vertical) return {};
    const std::int64_t feature = featureAt(section);
    const bool isWord = section == Target && !isNumbers();
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignVCenter | (isWord ? Qt::AlignLeft : Qt::AlignRight));
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
    if (section == Number) return tr("Sample");
    if (feature < 0) {
        const QString title = targetTitle(section);
        return role == Qt::ToolTipRole ? plainTip(title) : title;
    }
    const auto& names = data_->info().featureNames;
    const QString name = static_cast<std::size_t>(feature) < names.size()
                             ? QString::fromStdString(names[static_cast<std::size_t>(feature)])
                             : QString::number(feature + 1);
    return role == Qt::ToolTipRole ? plainTip(name) : name;
}

} // namespace burdock
