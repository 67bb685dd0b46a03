#pragma once

#include <QListWidget>

namespace burdock {

/// A list whose rows are widgets. QListView gives them the width that its contents had before it was made
/// narrower, so that what stands at their ends is cut: they are laid out again whenever the list is resized.
class RowList final : public QListWidget {
  public:
    using QListWidget::QListWidget;

  protected:
    void resizeEvent(QResizeEvent* event) override {
        QListWidget::resizeEvent(event);
        scheduleDelayedItemsLayout();
    }
};

} // namespace burdock
