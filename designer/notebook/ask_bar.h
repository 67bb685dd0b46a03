#pragma once

#include <QWidget>

class QLabel;
class QMimeData;
class QProgressBar;
class QPushButton;

namespace burdock {

/// The local files and folders of what is dragged; none where there are others among it.
QStringList droppedPaths(const QMimeData& dragged);

/// Chooses files or a folder to ask a network about, and tells how far that is.
class AskBar : public QWidget {
    Q_OBJECT
  public:
    explicit AskBar(QWidget* parent = nullptr);
    void offerFolders(bool may);   ///< data that lie in many files
    void setProgress(double done); ///< below zero: nothing is going on
    void setMessage(const QString& why);
    QString message() const;

  signals:
    void chosen(const QStringList& paths);
    void stopWanted();

  private:
    void choose(bool folder);

    QPushButton *file_, *folder_, *stop_;
    QLabel *hint_, *message_;
    QProgressBar* progress_;
};

} // namespace burdock
