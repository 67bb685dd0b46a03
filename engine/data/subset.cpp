#include "engine/data/subset.h"

#include "engine/data/partition.h"
#include "engine/data/sample_facts.h"
#include "engine/schema/number_text.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace burdock {
namespace {

constexpr std::uint64_t shareSeed = 1, shareOfTrain = 11, shareOfGiven = 12;

Samples someOf(std::int64_t from, std::int64_t count, double share, std::uint64_t stream) {
    if (count == 0) return {};
    Samples all(static_cast<std::size_t>(count));
    std::iota(all.begin(), all.end(), from);
    const auto wanted = std::llround(share * static_cast<double>(count));
    return takeRandomly(all, std::clamp<std::int64_t>(wanted, 1, count), shareSeed, stream);
}

class Subset final : public Dataset, public SampleFacts {
  public:
    Subset(std::shared_ptr<const Dataset> data, double share)
        : data_(std::move(data))
        , info_(data_->info()) {
        const std::int64_t given = std::clamp<std::int64_t>(info_.validationSize, 0, info_.trainSize);
        samples_ = someOf(0, info_.trainSize - given, share, shareOfTrain);
        const Samples validation = someOf(info_.trainSize - given, given, share, shareOfGiven);
        samples_.insert(samples_.end(), validation.begin(), validation.end());
        constexpr double least = 1e-4; // what is less would be told by a power of ten
        const std::string whole = std::to_string(info_.trainSize),
                          percent = share < least ? "less than 0.01 %"
                                                  : shortestText(static_cast<float>(share * 100)) + " %";
        info_.trainSize = std::ssize(samples_);
        info_.validationSize = std::ssize(validation);
        info_.title += " (" + percent + ")";
        info_.notes.push_back("Of the " + whole + " samples to train on " + std::to_string(info_.trainSize) +
                              " are taken, drawn at random (share).");
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part part, std::int64_t index, float* values) const override {
        data_->readInput(part, at(part, index), values);
    }
    void readTarget(Part part, std::int64_t index, float* values) const override {
        data_->readTarget(part, at(part, index), values);
    }
    const Tokenizer* tokenizer() const override { return data_->tokenizer(); }
    Result<std::shared_ptr<const NewSamples>> readNew(const std::filesystem::path& path) const override {
        return data_->readNew(path);
    }
    std::vector<InputField> inputFields() const override { return data_->inputFields(); }
    Result<std::shared_ptr<const NewSamples>> readFields(std::span<const std::string> texts) const override {
        return data_->readFields(texts);
    }
    std::int64_t groupOf(Part part, std::int64_t index) const override {
        return data_->groupOf(part, at(part, index));
    }
    double timeOf(Part part, std::int64_t index) const override {
        return data_->timeOf(part, at(part, index));
    }
    std::optional<RowSpan> rowsOf(Part part, std::int64_t index) const override {
        return factsOf(*data_).rowsOf(part, at(part, index));
    }
    PictureAxes axes() const override { return factsOf(*data_).axes(); }

  private:
    std::int64_t at(Part part, std::int64_t index) const {
        return part == Part::Train ? samples_[static_cast<std::size_t>(index)] : index;
    }

    std::shared_ptr<const Dataset> data_;
    DatasetInfo info_;
    Samples samples_; ///< of Part::Train
};

} // namespace

ParamSpec shareOption() {
    return {.key = "share",
            .label = "Share to train on",
            .type = ParamType::Real,
            .defaultValue = 1.0,
            .minimum = 0,
            .maximum = 1,
            .minimumExcluded = true,
            .doc =
                "So many of the samples to train on, drawn at random: for a first look where all take long. "
                "The test stays whole where the data bring one.",
            .advanced = true};
}

std::shared_ptr<const Dataset> shareOf(std::shared_ptr<const Dataset> data, double share) {
    if (share >= 1) return data;
    return std::make_shared<const Subset>(std::move(data), share);
}

} // namespace burdock
