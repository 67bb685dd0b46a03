#pragma once

#include <QWidget>

class QLabel;

namespace burdock {

/// One current number, big, with its name above and a note below.
class NumberTile : public QWidget {
    Q_OBJECT
  public:
    explicit NumberTile(const QString& name, QWidget* parent = nullptr);
    void setValue(const QString& value, const QString& note = {});
    QString value() const;

  private:
    void restyle();
    QLabel* name_;
    QLabel* value_;
    QLabel* note_;
};

} // namespace burdock
