#pragma once

#include "engine/schema/diagnostic.h"
#include "engine/schema/param_value.h"
#include "engine/train/train_config.h"
#include "session/estimate.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QPushButton;

namespace burdock {

class AugmentationList;
class DatasetChooser;
class ParamForm;
class StartWeightsButton;
class Workspace;

/// All that a run needs beside the network: data, settings, the own settings of
/// optimizer, schedule and loss.
class TrainingForm : public QWidget {
    Q_OBJECT
  public:
    explicit TrainingForm(Workspace& workspace, QWidget* parent = nullptr);

    void focusField(const QString& key);
    void showProblems(); ///< tells problemsFound too
    DatasetChooser& datasets() { return *datasets_; }
    AugmentationList& augmentation() { return *augmentation_; }
    QPushButton& findRateButton() { return *findRate_; }
    StartWeightsButton& startWeights() { return *startWeights_; }
    QLabel& memory() { return *memory_; }
    QLabel& expected() { return *expected_; } ///< how long a run takes
    QPushButton& smallerButton() { return *smaller_; }

  signals:
    /// What is wrong and stands in no field.
    void problemsFound(const std::vector<burdock::Diagnostic>& problems);

  private:
    /// The own settings of what a choice names, with its description.
    struct EntryForm {
        const EntrySetting& setting;
        QString shown; ///< the entry whose settings the form has
        QLabel* title;
        ParamForm* form;
        QLabel* doc;
    };
    void showSettings();
    void showMemory();
    void estimate();
    void showExpected();
    void showWhetherReady();
    void takeSetting(const QString& key, const ParamValue& value);

    Workspace& workspace_;
    DatasetChooser* datasets_;
    ParamForm* form_;
    AugmentationList* augmentation_;
    StartWeightsButton* startWeights_;
    QPushButton* findRate_;
    QLabel *memory_, *expected_, *augmentationTitle_;
    QPushButton* smaller_;           ///< takes fewer samples, where a run is long
    std::vector<EntryForm> entries_; ///< of optimizer, schedule, loss
    QLineEdit* name_;
    Estimate memorySoon_;
};

} // namespace burdock
