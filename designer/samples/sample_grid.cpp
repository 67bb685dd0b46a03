#include "samples/sample_grid.h"

#include "samples/sample_picture.h"
#include "theme/theme.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>

namespace burdock {

SampleGrid::SampleGrid(QWidget* parent)
    : QAbstractScrollArea(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Samples"));
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    connect(&Theme::instance(), &Theme::changed, viewport(), qOverload<>(&QWidget::update));
}

void SampleGrid::setData(std::shared_ptr<const Dataset> data, Part part, std::vector<std::int64_t> samples) {
    data_ = std::move(data);
    part_ = part;
    samples_ = std::move(samples);
    current_ = 0;
    updateRange();
    verticalScrollBar()->setValue(0);
    viewport()->update();
}

void SampleGrid::setCurrent(std::int64_t index) {
    if (index < 0 || index >= count()) return;
    current_ = index;
    const QRect rect = rectOf(index);
    QScrollBar* bar = verticalScrollBar();
    if (rect.top() < 0) bar->setValue(bar->value() + rect.top());
    if (rect.bottom() > viewport()->height())
        bar->setValue(bar->value() + rect.bottom() - viewport()->height() + 1);
    viewport()->update();
}

int SampleGrid::columns() const {
    return std::max(1, viewport()->width() / cell);
}

QRect SampleGrid::rectOf(std::int64_t index) const {
    const auto row = static_cast<int>(index / columns()), column = static_cast<int>(index % columns());
    return {column * cell, row * cell - verticalScrollBar()->value(), cell, cell};
}

void SampleGrid::updateRange() {
    const auto rows = static_cast<int>((count() + columns() - 1) / columns());
    verticalScrollBar()->setRange(0, std::max(0, rows * cell - viewport()->height()));
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(cell);
}

void SampleGrid::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    if (!data_) return;
    const burdock::Shape shape = data_->info().input;
    std::vector<float> values(static_cast<std::size_t>(shape.size()));
    const std::int64_t first = verticalScrollBar()->value() / cell * columns();
    for (std::int64_t i = first; i < count(); ++i) {
        const QRect rect = rectOf(i);
        if (rect.top() > viewport()->height()) break;
        try {
            data_->readInput(part_, samples_[static_cast<std::size_t>(i)], values.data());
        } catch (const std::exception&) { // a file that went away
            continue;
        }
        painter.drawImage(fittedInto(rect.adjusted(2, 2, -2, -2), shape),
                          samplePicture(shape, values.data()));
        if (i != current_) continue;
        painter.setPen(QPen(
            Theme::instance().color(hasFocus() ? QStringLiteral("focus") : QStringLiteral("accent")), 3));
        painter.drawRect(rect.adjusted(1, 1, -2, -2));
    }
}

void SampleGrid::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    updateRange();
}

void SampleGrid::choose(std::int64_t index) {
    if (index < 0 || index >= count() || index == current_) return;
    setCurrent(index);
    emit chosen(index);
}

void SampleGrid::mousePressEvent(QMouseEvent* event) {
    const QPoint at = event->position().toPoint();
    if (event->button() != Qt::LeftButton || at.x() >= columns() * cell) return;
    choose((at.y() + verticalScrollBar()->value()) / cell * std::int64_t(columns()) + at.x() / cell);
}

void SampleGrid::keyPressEvent(QKeyEvent* event) {
    const std::int64_t page = std::int64_t(std::max(1, viewport()->height() / cell)) * columns();
    switch (event->key()) {
    case Qt::Key_Left:
        choose(current_ - 1);
        break;
    case Qt::Key_Right:
        choose(current_ + 1);
        break;
    case Qt::Key_Up:
        choose(current_ - columns());
        break;
    case Qt::Key_Down:
        choose(current_ + columns());
        break;
    case Qt::Key_PageUp:
        choose(std::max<std::int64_t>(0, current_ - page));
        break;
    case Qt::Key_PageDown:
        choose(std::min(count() - 1, current_ + page));
        break;
    case Qt::Key_Home:
        choose(0);
        break;
    case Qt::Key_End:
        choose(count() - 1);
        break;
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

} // namespace burdock
