#pragma once

#include "storage/notebook/records.h"

#include <QWidget>

class QPlainTextEdit;
class QPushButton;
class QStackedLayout;
class QStandardItemModel;
class QTableView;

namespace burdock {

/// A run's exact architecture: a list of its layers, or the JSON that was kept.
class ArchitectureView : public QWidget {
    Q_OBJECT
  public:
    explicit ArchitectureView(QWidget* parent = nullptr);
    void setRun(const storage::RunSummary& run);

  private:
    QByteArray shown_;
    QStandardItemModel* layers_;
    QTableView* table_;
    QPlainTextEdit* json_;
    QPushButton* asJson_;
    QStackedLayout* stack_;
};

} // namespace burdock
