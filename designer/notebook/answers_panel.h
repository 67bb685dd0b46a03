#pragma once

#include "notebook/answers_model.h"

#include <QWidget>

class QLabel;
class QTableView;

namespace burdock {

class MaskView;
class ProbabilityBars;

/// What a run's network says of files that are no part of its data: a table of all samples, beside it the
/// chosen one, which stands alone where there is one only.
class AnswersPanel : public QWidget {
    Q_OBJECT
  public:
    explicit AnswersPanel(QWidget* parent = nullptr);
    /// `about`: the name of what was asked about; `info` describes the run's data.
    void setAnswers(std::shared_ptr<const Answers> answers, const DatasetInfo& info, const QString& about);
    bool save(const QString& path); ///< and says so, or why not
    QTableView& table() const { return *table_; }
    ProbabilityBars& bars() const { return *bars_; }
    MaskView& mask() const { return *mask_; }
    QString answer() const;
    QString message() const;

  signals:
    void closed(); ///< the data set's own samples are wanted again

  private:
    QWidget* makeChosen();
    void askWhere();
    void showRow(int row);
    void showNotes(const QString& first = {}, const char* role = "soft");

    AnswersModel* model_;
    QTableView* table_;
    QLabel *title_, *notes_, *picture_, *answer_;
    ProbabilityBars* bars_;
    MaskView* mask_;
    Shape input_;
    std::optional<Shape> labelled_; ///< whose pixels the answers label
};

} // namespace burdock
