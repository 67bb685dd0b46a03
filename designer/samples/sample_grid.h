#pragma once

#include "engine/data/dataset.h"

#include <QAbstractScrollArea>

namespace burdock {

/// Pictures of a data set, small, in rows; only those in sight are read and drawn. One is chosen by mouse or
/// arrow keys. They are counted from 0 in the order in which they are given.
class SampleGrid : public QAbstractScrollArea {
    Q_OBJECT
  public:
    explicit SampleGrid(QWidget* parent = nullptr);
    /// `samples`: which of the part.
    void setData(std::shared_ptr<const Dataset> data, Part part, std::vector<std::int64_t> samples);
    void setCurrent(std::int64_t index);
    std::int64_t current() const { return current_; }
    QSize sizeHint() const override { return {cell * 8, cell * 4}; }

  signals:
    void chosen(qint64 index);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    static constexpr int cell = 44;
    std::int64_t count() const { return std::ssize(samples_); }
    int columns() const;
    QRect rectOf(std::int64_t index) const;
    void updateRange();
    void choose(std::int64_t index);

    std::shared_ptr<const Dataset> data_;
    Part part_ = Part::Test;
    std::vector<std::int64_t> samples_;
    std::int64_t current_ = 0;
};

} // namespace burdock
