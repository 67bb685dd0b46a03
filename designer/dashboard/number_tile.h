#pragma once

#include <QWidget>

class QLabel;

namespace burdock {

class ElidedLabel;

/// One current number, big, with its name above and a note below.
class NumberTile : public QWidget {
    Q_OBJECT
  public:
    explicit NumberTile(const QString& name, QWidget* parent = nullptr);
    void setName(const QString& name);
    void setValue(const QString& value, const QString& note = {});
    QString value() const;

  private:
    void restyle();
    ElidedLabel* name_;
    QLabel* value_;
    ElidedLabel* note_;
};

} // namespace burdock
