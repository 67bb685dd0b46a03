#pragma once

#include "datapage/latest_work.h"
#include "datapage/survey.h"

#include <QObject>
#include <QTimer>

namespace burdock {

/// Surveys the data that are shown, beside the window; begins anew whenever they change.
class Surveyor : public QObject {
    Q_OBJECT
  public:
    explicit Surveyor(QObject* parent = nullptr);

    /// Null: there are none now.
    void setData(std::shared_ptr<const Dataset> data);
    const std::shared_ptr<const Dataset>& data() const { return data_; }
    /// Null until it is made.
    const std::shared_ptr<const DataSurvey>& survey() const { return survey_; }
    const std::optional<Diagnostic>& problem() const { return problem_; }
    bool isWorking() const { return tick_.isActive(); }
    double share() const; ///< 0..1 of the samples that are read

  signals:
    void changed(); ///< of data, survey or problem
    void progressed();

  private:
    std::shared_ptr<const Dataset> data_;
    std::shared_ptr<const DataSurvey> survey_;
    std::optional<Diagnostic> problem_;
    std::shared_ptr<SurveyProgress> progress_;
    QTimer tick_;
    LatestWork work_;
};

} // namespace burdock
