#pragma once

#include "datapage/column_use.h"
#include "datapage/surveyor.h"
#include "engine/train/train_config.h"

#include <QWidget>

class QLabel;
class QStackedWidget;
class QTabWidget;

namespace burdock {

class ClassView;
class FindingsList;
class SeenView;
class TableView;
class TokenView;

/// Shows a data set: its columns and rows, its classes with pictures of them, or its tokens; and samples as
/// the network is given them.
class DataPage : public QWidget {
    Q_OBJECT
  public:
    explicit DataPage(QWidget* parent = nullptr);

    /// Null: `state` says why nothing is shown.
    void setData(std::shared_ptr<const Dataset> data, const std::optional<DatasetRef>& reference,
                 const QString& state = {});
    void setSeen(const std::optional<burdock::Shape>& input, const TrainConfig& config);

    /// What was found in the data: a widget of its own, to be placed by whoever shows the page.
    FindingsList& findings() { return *findings_; }
    Surveyor& surveyor() { return *surveyor_; }
    TableView& table() { return *table_; }
    ClassView& classes() { return *classes_; }
    SeenView& seen() { return *seen_; }
    QTabWidget& tabs() { return *tabs_; }

  signals:
    /// Options of the data set are to have these values, the others stay.
    void optionsWanted(const burdock::ParamValues& options);

  private:
    void showTabs();
    void refresh();
    void showProgress();

    Surveyor* surveyor_;
    ColumnUse use_;
    std::optional<burdock::Shape> input_;
    TrainConfig config_;
    QLabel *title_, *facts_, *progress_, *state_;
    QStackedWidget* stack_;
    QTabWidget* tabs_;
    TableView* table_;
    ClassView* classes_;
    TokenView* tokens_;
    SeenView* seen_;
    FindingsList* findings_;
};

} // namespace burdock
