#pragma once

#include "engine/schema/diagnostic.h"

#include <QFrame>

namespace burdock {

/// What is wrong, why, how to mend it, and a button that mends it where one click can.
class ProblemCard : public QFrame {
    Q_OBJECT
  public:
    explicit ProblemCard(const Diagnostic& problem, QWidget* parent = nullptr);

  signals:
    void fixRequested(const burdock::Fix& fix);

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    bool isError_;
};

} // namespace burdock
