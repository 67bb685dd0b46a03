#include "app/truth_rows.h"

#include "theme/plain_text.h"
#include "theme/theme.h"

#include <cmath>

namespace burdock {
namespace {

constexpr std::size_t mostTerms = 5;   // of a sum that is written out
constexpr std::size_t mostInCell = 16; // values of a layer

/// With a minus sign, not a hyphen.
QString signedText(double value) {
    const QString magnitude = truthText(std::abs(value));
    return value < 0 ? QStringLiteral("−") + magnitude : magnitude;
}

} // namespace

QString truthText(double value) {
    if (value == std::round(value) && std::abs(value) < 1e6)
        return (value < 0 ? QStringLiteral("−") : QString()) + QString::number(std::abs(value), 'f', 0);
    return humanNumber(value);
}

QString sumText(const UnitSum& sum, double value) {
    QString text;
    const auto add = [&](double sign, const QString& term) {
        if (text.isEmpty())
            text = (sign < 0 ? QStringLiteral("−") : QString()) + term;
        else
            text += (sign < 0 ? QStringLiteral(" − ") : QStringLiteral(" + ")) + term;
    };
    if (sum.weights.size() > mostTerms) {
        text = QStringLiteral("w·x");
    } else {
        for (std::size_t i = 0; i < sum.weights.size(); ++i)
            add(sum.weights[i],
                QStringLiteral("%1·%2").arg(truthText(std::abs(sum.weights[i])), signedText(sum.inputs[i])));
    }
    if (sum.bias != 0) add(sum.bias, truthText(std::abs(sum.bias)));
    if (!text.isEmpty()) text += QStringLiteral(" = ");
    text += signedText(sum.sum);
    if (!sum.threshold) return text;
    // As the layer decided it: a sum that lies within rounding of the threshold reads no other way.
    return text + (value != 0 ? QStringLiteral(" ≥ ") : QStringLiteral(" < ")) + signedText(*sum.threshold) +
           QStringLiteral(" → ") + truthText(value);
}

void TruthRows::setTruth(std::optional<TracedTruth> truth) {
    beginResetModel();
    truth_ = std::move(truth);
    endResetModel();
}

std::vector<bool> TruthRows::bits(int row) const {
    std::vector<bool> all;
    for (std::int64_t i = 0; truth_ && i < truth_->table.inputs; ++i)
        all.push_back(truth_->table.input(row, i));
    return all;
}

int TruthRows::rowOf(const std::vector<bool>& bits) const {
    int row = 0;
    for (const bool bit : bits)
        row = 2 * row + (bit ? 1 : 0);
    return row;
}

int TruthRows::rowCount(const QModelIndex& parent) const {
    return truth_ && !parent.isValid() ? static_cast<int>(truth_->table.rows()) : 0;
}

int TruthRows::columnCount(const QModelIndex& parent) const {
    if (!truth_ || parent.isValid()) return 0;
    return static_cast<int>(truth_->table.inputs) + static_cast<int>(truth_->steps.size()) - 1;
}

QString TruthRows::title(int column) const {
    const int inputs = static_cast<int>(truth_->table.inputs);
    if (column < inputs) return QStringLiteral("x%1").arg(column + 1);
    const TruthStep& step = truth_->steps[static_cast<std::size_t>(column - inputs + 1)];
    return QString::fromStdString(truth_->network.steps()[step.step].name);
}

QString TruthRows::cell(const QModelIndex& index) const {
    const int inputs = static_cast<int>(truth_->table.inputs);
    if (index.column() < inputs) return truth_->table.input(index.row(), index.column()) ? "1" : "0";
    const auto values = truth_->steps[static_cast<std::size_t>(index.column() - inputs + 1)].row(index.row());
    QStringList texts;
    for (std::size_t i = 0; i < std::min(values.size(), mostInCell); ++i)
        texts << truthText(static_cast<double>(values[i]));
    if (values.size() > mostInCell) texts << QStringLiteral("…");
    return texts.join(u' ');
}

QVariant TruthRows::data(const QModelIndex& index, int role) const {
    if (!truth_) return {};
    const bool answers = index.column() == columnCount() - 1;
    switch (role) {
    case Qt::DisplayRole:
        return cell(index);
    case Qt::ToolTipRole:
        return plainTip(QStringLiteral("%1: %2").arg(title(index.column()), cell(index)));
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1: %2").arg(title(index.column()), cell(index));
    case Qt::TextAlignmentRole:
        return static_cast<int>(Qt::AlignCenter);
    case Qt::FontRole:
        return Theme::instance().font(QStringLiteral("mono"));
    case Qt::ForegroundRole:
        return answers || index.column() < truth_->table.inputs
                   ? QVariant()
                   : QVariant(Theme::instance().color(QStringLiteral("ink.soft")));
    default:
        return {};
    }
}

QVariant TruthRows::headerData(int section, Qt::Orientation orientation, int role) const {
    if (!truth_ || orientation != Qt::Horizontal) return {};
    if (role == Qt::DisplayRole) return title(section);
    if (role == Qt::ToolTipRole)
        return plainTip(section < truth_->table.inputs ? tr("Input %1").arg(section + 1)
                                                       : tr("What “%1” gives").arg(title(section)));
    if (role == Qt::TextAlignmentRole) return static_cast<int>(Qt::AlignCenter);
    return {};
}

} // namespace burdock
