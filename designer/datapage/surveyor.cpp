#include "datapage/surveyor.h"

namespace burdock {

Surveyor::Surveyor(QObject* parent)
    : QObject(parent) {
    tick_.setInterval(200);
    connect(&tick_, &QTimer::timeout, this, &Surveyor::progressed);
}

double Surveyor::share() const {
    if (!progress_ || progress_->of == 0) return 0;
    return static_cast<double>(progress_->done) / static_cast<double>(progress_->of);
}

void Surveyor::setData(std::shared_ptr<const Dataset> data) {
    if (data == data_) return;
    data_ = std::move(data);
    survey_.reset();
    problem_.reset();
    work_.drop();
    tick_.stop();
    if (data_) {
        progress_ = std::make_shared<SurveyProgress>();
        tick_.start();
        using Made = std::shared_ptr<const DataSurvey>;
        work_.start(
            this,
            [data = data_, progress = progress_]() -> Result<Made> {
                return std::make_shared<const DataSurvey>(surveyOf(*data, progress.get()));
            },
            [this](Result<Made> survey) {
                tick_.stop();
                if (survey)
                    survey_ = std::move(*survey);
                else
                    problem_ = survey.error();
                emit changed();
            });
    }
    emit changed();
}

} // namespace burdock
