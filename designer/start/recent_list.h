#pragma once

#include <QStringList>
#include <QWidget>

class QVBoxLayout;

namespace burdock {

/// The notebooks that were opened lately, the open one marked; a click opens another.
class RecentList : public QWidget {
    Q_OBJECT
  public:
    explicit RecentList(QWidget* parent = nullptr);

    /// Last one first. `open`: the one that this window shows.
    void setPaths(const QStringList& paths, const QString& open);
    /// Another notebook means another window: not while a run is going on.
    void setIdle(bool idle);

  signals:
    void notebookWanted(const QString& path);

  private:
    void fill();

    QStringList paths_;
    QString open_;
    bool idle_ = true;
    QVBoxLayout* rows_;
};

} // namespace burdock
