#pragma once

#include "session/answers.h"

#include <QAbstractTableModel>
#include <QStyledItemDelegate>

namespace burdock {

/// Answers as a table: a row a sample, its name, the verdict where there is one, and each number.
class AnswersModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    static constexpr int ShareRole = Qt::UserRole; ///< 0..1: a probability; below: none

    using QAbstractTableModel::QAbstractTableModel;
    void setAnswers(std::shared_ptr<const Answers> answers);
    const Answers* answers() const { return answers_.get(); }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    int firstNumber() const;
    QString text(const QModelIndex& index) const;

    std::shared_ptr<const Answers> answers_;
};

/// Paints a probability as a bar below its percentage.
class AnswerCell : public QStyledItemDelegate {
    Q_OBJECT
  public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
};

} // namespace burdock
