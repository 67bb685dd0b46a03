#pragma once

#include "datapage/latest_work.h"
#include "datapage/seen_samples.h"

#include <QWidget>

#include <memory>

class QLabel;
class QPushButton;
class QStackedWidget;
class QTableWidget;

namespace burdock {

class SeenPictures;

/// Some samples beside what the network is given of them with the settings as they are now.
class SeenView : public QWidget {
    Q_OBJECT
  public:
    explicit SeenView(QWidget* parent = nullptr);
    ~SeenView() override;

    /// `input`: what the network takes, where that is known.
    void setSeen(std::shared_ptr<const Dataset> data, const std::optional<Shape>& input,
                 const TrainConfig& config);
    /// What is shown; null while there is nothing.
    const SeenSamples* shown() const { return shown_.get(); }

  signals:
    void changed();

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    void workOut();
    void take(Result<SeenSamples> seen);
    void fillTable();

    std::shared_ptr<const Dataset> data_;
    std::optional<Shape> input_;
    TrainConfig config_;
    std::uint64_t turn_ = 1;
    bool outdated_ = false; ///< worked out when it is looked at
    std::unique_ptr<const SeenSamples> shown_;
    std::shared_ptr<KeptScaling> scaling_; ///< used on the worker's thread alone
    QLabel* facts_;
    QPushButton* others_;
    QStackedWidget* stack_;
    SeenPictures* pictures_;
    QTableWidget* table_;
    LatestWork work_;
};

} // namespace burdock
