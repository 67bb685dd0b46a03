#pragma once

#include "start/training_times.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QPushButton;
class QScrollArea;

namespace burdock {

class Gallery;
class RecentList;

/// Where a newcomer begins: one click to a moving curve, or to data of his own; all templates, to be searched
/// and looked at; and the notebooks opened lately. A file or folder may be dropped on it.
class StartPage : public QWidget {
    Q_OBJECT
  public:
    StartPage(std::shared_ptr<storage::Notebook> notebook, const DatasetCatalog& catalog,
              QWidget* parent = nullptr);

    TrainingTimes& times() { return *times_; }
    Gallery& gallery() { return *gallery_; }
    RecentList& recent() { return *recent_; }
    /// The template of the first button.
    static constexpr const char* first = "lecture-cnn";

  signals:
    void openWanted(const std::string& templateId);
    void trainWanted(const std::string& templateId, const std::string& data); ///< at once, on these data
    void fileWanted(); ///< a file with data is to be chosen
    void folderWanted();
    void dropped(const QString& path);

  protected:
    void showEvent(QShowEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    QWidget* makeHeader();
    QWidget* makeSearch();
    void showFirst();
    void train(const std::string& templateId);

    const DatasetCatalog& catalog_;
    TrainingTimes* times_;
    Gallery* gallery_;
    RecentList* recent_;
    QScrollArea* area_;
    QPushButton* train_;
    QLabel* firstResult_; ///< what the first button does, and when its result is there
    QLineEdit* search_;
    QLabel* dropHint_;
};

} // namespace burdock
