#pragma once

#include "notebook/run_columns.h"
#include "session/run_evaluator.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;
class QSpinBox;
class QStackedLayout;
class QTableWidget;

namespace burdock {

class AnswersPanel;
class AskBar;
class FeatureForm;
class GeneratePanel;
class MaskView;
class ProbabilityBars;
class SampleGrid;

/// Asks a run about one sample of its data set: a picture, or a row of features, and what the network says.
/// Where the data have fields they are a form, and every change of it is answered at once. A run that was
/// trained on a text writes instead. Files and folders that are dropped, or chosen, are asked about as well.
/// The data set and the weights are loaded when the panel is first seen for a run.
class TryPanel : public QWidget {
    Q_OBJECT
  public:
    TryPanel(std::shared_ptr<storage::Notebook> notebook, const DatasetCatalog& catalog,
             QWidget* parent = nullptr);
    void setRun(storage::RunId run);
    /// Shows what the network says of these files and folders, once the run's data are there.
    void askAbout(const QStringList& paths);
    /// Loads the run's data anew, which could not be loaded.
    void reload();
    AskBar& askBar() const { return *ask_; }
    AnswersPanel& answers() const { return *answers_; }
    ProbabilityBars& bars() const { return *bars_; }
    FeatureForm& form() const { return *form_; }
    MaskView& mask() const { return *mask_; }
    GeneratePanel& generator() const { return *generate_; }
    QComboBox* partField() const { return parts_; }
    QSpinBox* indexField() const { return index_; }
    /// The answer as text: "Ankle boot, 98.2 %".
    QString answer() const;
    QString truth() const; ///< what is said beside it: whether it is right, or what was changed

  signals:
    void findWanted(burdock::storage::RunId run); ///< its data, which are not where they were

  protected:
    void showEvent(QShowEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    QWidget* makeAsked();
    QWidget* makeAnswer();
    void connectAsking();
    void load();
    void showData(const std::shared_ptr<const Dataset>& data, const Split& split);
    void choosePart();
    void ask(qint64 number); ///< from 1, of the share's samples
    void askAsItIs(qint64 number);
    void askByHand();
    void answered();
    void showPrediction(const Prediction& p);
    void showInput(const Prediction& p);
    void showFeatures(const Prediction& p);
    QString changedText() const;

    RunEvaluator evaluator_;
    storage::RunId run_, loaded_;
    std::shared_ptr<const Dataset> data_;
    /// Samples that the run learned from, or held back: of a table it split both off the same rows.
    struct Share {
        QString title;
        Part part = Part::Test;
        std::vector<std::int64_t> samples; ///< of that part
    };
    std::vector<Share> shares_; ///< in the order of parts_
    const Share* share_ = nullptr;

    std::vector<float> target_;           ///< of the sample that the form began with
    std::vector<float> own_;              ///< the answer about it
    bool asking_ = false, again_ = false; ///< an answer is awaited; the form has changed since
    bool begins_ = false;                 ///< the form is to begin with the sample that is asked about

    QString asked_; ///< the name of what is asked about
    QStackedLayout* stack_;
    AskBar* ask_;
    AnswersPanel* answers_;
    QLabel* message_;
    QPushButton* find_;
    QComboBox* parts_;
    QSpinBox* index_;
    QPushButton* random_;
    SampleGrid* grid_;
    QLabel *picture_, *answer_, *truth_;
    MaskView* mask_;
    QTableWidget* features_; ///< of samples that no form asks for
    FeatureForm* form_;
    ProbabilityBars* bars_;
    GeneratePanel* generate_;
};

} // namespace burdock
