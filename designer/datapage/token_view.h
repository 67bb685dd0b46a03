#pragma once

#include "engine/data/dataset.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QSpinBox;
class QTextEdit;

namespace burdock {

/// The samples of a text, cut into their tokens.
class TokenView : public QWidget {
    Q_OBJECT
  public:
    explicit TokenView(QWidget* parent = nullptr);
    void setData(std::shared_ptr<const Dataset> data); ///< a text, or null

  private:
    void showSample();

    std::shared_ptr<const Dataset> data_;
    QComboBox* part_;
    QSpinBox* index_;
    QLabel* facts_;
    QTextEdit* text_;
};

} // namespace burdock
