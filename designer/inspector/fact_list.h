#pragma once

#include <QWidget>

class QGridLayout;

namespace burdock {

/// Names and values in two columns, to be read: "Parameters  3,200".
class FactList : public QWidget {
    Q_OBJECT
  public:
    explicit FactList(QWidget* parent = nullptr);

    struct Fact {
        QString name;
        QString value;
        QString tip = {};
        friend bool operator==(const Fact&, const Fact&) = default;
    };
    void setFacts(const QVector<Fact>& facts);

  private:
    QGridLayout* grid_;
    QVector<Fact> facts_;
};

} // namespace burdock
