#pragma once

#include "engine/schema/param_value.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QVBoxLayout;

namespace burdock {

class DatasetChooser;
class ParamForm;
class Workspace;

/// All that a run needs beside the network: data, settings, the optimizer's own settings.
class TrainingForm : public QWidget {
    Q_OBJECT
  public:
    explicit TrainingForm(Workspace& workspace, QWidget* parent = nullptr);

    void focusField(const QString& key);
    DatasetChooser& datasets() { return *datasets_; }

  private:
    void showSettings();
    void showProblems();
    void takeSetting(const QString& key, const ParamValue& value);

    Workspace& workspace_;
    DatasetChooser* datasets_;
    ParamForm *form_, *optimizer_;
    QLabel *optimizerTitle_, *optimizerDoc_;
    QLineEdit* name_;
    QVBoxLayout* problems_;
    QString shownOptimizer_;
};

} // namespace burdock
