#pragma once

#include <QWidget>

namespace burdock {

/// What an empty canvas says: what to do next.
class EmptyHint final : public QWidget {
    Q_OBJECT
  public:
    explicit EmptyHint(QWidget* parent);

  signals:
    void inputWanted();
    void searchWanted();
};

} // namespace burdock
