#include "engine/data/adapt.h"

#include "engine/data/sample_facts.h"

#include <algorithm>

namespace burdock {
namespace {

class FittedDataset final : public Dataset, public SampleFacts {
  public:
    FittedDataset(std::shared_ptr<const Dataset> data, const Shape& input, Fit fit)
        : data_(std::move(data))
        , info_(data_->info())
        , fit_(info_.input, input, fit) {
        info_.input = input;
        if (isPicture(input)) info_.featureNames.clear();
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part part, std::int64_t index, float* values) const override {
        thread_local std::vector<float> original;
        original.resize(static_cast<std::size_t>(data_->info().input.size()));
        data_->readInput(part, index, original.data());
        fit_.apply(original.data(), values);
    }
    void readTarget(Part part, std::int64_t index, float* values) const override {
        data_->readTarget(part, index, values);
    }
    std::int64_t groupOf(Part part, std::int64_t index) const override { return data_->groupOf(part, index); }
    double timeOf(Part part, std::int64_t index) const override { return data_->timeOf(part, index); }
    std::optional<RowSpan> rowsOf(Part part, std::int64_t index) const override {
        return factsOf(*data_).rowsOf(part, index);
    }
    PictureAxes axes() const override { return factsOf(*data_).axes(); }

  private:
    std::shared_ptr<const Dataset> data_;
    DatasetInfo info_;
    PictureFit fit_;
};

/// Lays one plane on another, centre on centre; 0 around it.
void pad(const float* from, const Shape& old, float* to, const Shape& wanted) {
    std::fill_n(to, wanted.height * wanted.width, 0.0f);
    const std::int64_t top = (wanted.height - old.height) / 2, left = (wanted.width - old.width) / 2;
    const std::int64_t first = std::max<std::int64_t>(left, 0),
                       last = std::min(left + old.width, wanted.width);
    for (std::int64_t y = std::max<std::int64_t>(top, 0); y < std::min(top + old.height, wanted.height); ++y)
        std::copy(from + (y - top) * old.width + (first - left), from + (y - top) * old.width + (last - left),
                  to + y * wanted.width + first);
}

} // namespace

bool PictureFit::isPossible(const DatasetInfo& from, const Shape& to) {
    if (from.input.size() == to.size()) return true;
    if (from.mask && (from.input.height != to.height || from.input.width != to.width)) return false;
    return isPicture(from.input) && isPicture(to);
}

PictureFit::PictureFit(const Shape& from, const Shape& to, Fit fit)
    : from_(from)
    , to_(to)
    , copy_(from.size() == to.size()) {
    if (!copy_ && fit == Fit::Resize)
        resizer_.emplace(Shape{std::min(from.channels, to.channels), from.height, from.width}, to.height,
                         to.width);
}

void PictureFit::apply(const float* from, float* to) const {
    if (copy_) {
        std::copy_n(from, from_.size(), to);
        return;
    }
    thread_local std::vector<float> grey, scratch;
    const std::int64_t channels = std::min(from_.channels, to_.channels);
    const std::int64_t oldPlane = from_.height * from_.width, newPlane = to_.height * to_.width;
    if (from_.channels > channels) {
        grey.resize(static_cast<std::size_t>(oldPlane));
        toGrey(from_, from, grey.data());
        from = grey.data();
    }
    if (resizer_)
        resizer_->apply(from, to, scratch);
    else
        for (std::int64_t c = 0; c < channels; ++c)
            pad(from + c * oldPlane, from_, to + c * newPlane, to_);
    for (std::int64_t c = channels; c < to_.channels; ++c)
        std::copy_n(to, newPlane, to + c * newPlane);
}

std::shared_ptr<const Dataset> fitted(std::shared_ptr<const Dataset> data, const Shape& input, Fit fit) {
    const DatasetInfo& info = data->info();
    if (fit == Fit::Off || info.input == input || !PictureFit::isPossible(info, input)) return data;
    return std::make_shared<FittedDataset>(std::move(data), input, fit);
}

} // namespace burdock
