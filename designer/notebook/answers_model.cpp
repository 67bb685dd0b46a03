#include "notebook/answers_model.h"

#include "theme/plain_text.h"
#include "theme/theme.h"

#include <QPainter>

#include <algorithm>

namespace burdock {

void AnswersModel::setAnswers(std::shared_ptr<const Answers> answers) {
    beginResetModel();
    answers_ = std::move(answers);
    endResetModel();
}

int AnswersModel::rowCount(const QModelIndex& parent) const {
    return answers_ && !parent.isValid() ? static_cast<int>(answers_->rows()) : 0;
}

/// A network that gives no named numbers, as for each pixel of a mask, is told of in words alone.
int AnswersModel::firstNumber() const {
    return answers_->decides || answers_->columns.empty() ? 2 : 1;
}

int AnswersModel::columnCount(const QModelIndex& parent) const {
    if (!answers_ || parent.isValid()) return 0;
    return firstNumber() + static_cast<int>(answers_->columns.size());
}

QString AnswersModel::text(const QModelIndex& index) const {
    const auto row = static_cast<std::size_t>(index.row());
    if (index.column() == 0) return QString::fromStdString(answers_->samples[row]);
    if (index.column() < firstNumber()) return QString::fromStdString(answers_->verdicts[row]);
    const double value = answers_->value(row, static_cast<std::size_t>(index.column() - firstNumber()));
    return answers_->decides ? humanPercent(value) : humanNumber(value);
}

QVariant AnswersModel::data(const QModelIndex& index, int role) const {
    if (!answers_ || !index.isValid()) return {};
    const bool number = index.column() >= firstNumber();
    switch (role) {
    case Qt::DisplayRole:
        return text(index);
    case Qt::ToolTipRole:
        return plainTip(text(index));
    case Qt::TextAlignmentRole:
        return QVariant::fromValue<Qt::Alignment>((number ? Qt::AlignRight : Qt::AlignLeft) |
                                                  Qt::AlignVCenter);
    case ShareRole:
        return number && answers_->decides
                   ? answers_->value(static_cast<std::size_t>(index.row()),
                                     static_cast<std::size_t>(index.column() - firstNumber()))
                   : -1.0;
    default:
        return {};
    }
}

QVariant AnswersModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (!answers_ || orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    if (section == 0) return tr("Sample");
    if (section < firstNumber()) return tr("Answer");
    return QString::fromStdString(answers_->columns[static_cast<std::size_t>(section - firstNumber())]);
}

void AnswerCell::paint(QPainter* painter, const QStyleOptionViewItem& option,
                       const QModelIndex& index) const {
    QStyledItemDelegate::paint(painter, option, index);
    const double share = index.data(AnswersModel::ShareRole).toDouble();
    if (!(share >= 0)) return;
    const Theme& theme = Theme::instance();
    const QRectF groove(option.rect.left() + 6, option.rect.bottom() - 4, option.rect.width() - 12, 3);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme.color(QStringLiteral("line")));
    painter->drawRoundedRect(groove, 1.5, 1.5);
    painter->setBrush(theme.color(QStringLiteral("accent")));
    painter->drawRoundedRect(
        QRectF(groove.topLeft(), QSizeF(groove.width() * std::min(share, 1.0), groove.height())), 1.5, 1.5);
    painter->restore();
}

} // namespace burdock
