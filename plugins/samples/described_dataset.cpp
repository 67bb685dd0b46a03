#include "described_dataset.h"

#include "engine/data/sample_facts.h"
#include "files/problem.h"

namespace burdock {
namespace {

/// New samples in the data set's own scale.
class ScaledSamples final : public NewSamples {
  public:
    ScaledSamples(std::shared_ptr<const NewSamples> samples, std::int64_t values, float scale)
        : samples_(std::move(samples))
        , values_(values)
        , scale_(scale) {}
    std::int64_t size() const override { return samples_->size(); }
    void readInput(std::int64_t index, float* values) const override {
        samples_->readInput(index, values);
        for (std::int64_t i = 0; i < values_; ++i)
            values[i] *= scale_;
    }
    std::string name(std::int64_t index) const override { return samples_->name(index); }
    const std::vector<std::string>& notes() const override { return samples_->notes(); }

  private:
    std::shared_ptr<const NewSamples> samples_;
    std::int64_t values_;
    float scale_;
};

class DescribedDataset final : public Dataset, public SampleFacts {
  public:
    DescribedDataset(std::shared_ptr<const Dataset> data, DatasetInfo info, float inputScale)
        : data_(std::move(data))
        , info_(std::move(info))
        , inputScale_(inputScale) {}

    const DatasetInfo& info() const override { return info_; }
    const Tokenizer* tokenizer() const override { return data_->tokenizer(); }
    void readInput(Part part, std::int64_t index, float* values) const override {
        data_->readInput(part, index, values);
        if (inputScale_ != 1)
            for (std::int64_t i = 0; i < info_.input.size(); ++i)
                values[i] *= inputScale_;
    }
    void readTarget(Part part, std::int64_t index, float* values) const override {
        data_->readTarget(part, index, values);
    }
    Result<std::shared_ptr<const NewSamples>> readNew(const std::filesystem::path& path) const override {
        return scaled(data_->readNew(path));
    }
    /// A table's rows that are taken for pictures are asked about by no column.
    std::vector<InputField> inputFields() const override {
        return info_.input == data_->info().input ? data_->inputFields() : std::vector<InputField>();
    }
    Result<std::shared_ptr<const NewSamples>> readFields(std::span<const std::string> texts) const override {
        if (info_.input != data_->info().input) return Dataset::readFields(texts);
        return scaled(data_->readFields(texts));
    }
    std::int64_t groupOf(Part part, std::int64_t index) const override { return data_->groupOf(part, index); }
    double timeOf(Part part, std::int64_t index) const override { return data_->timeOf(part, index); }
    std::optional<RowSpan> rowsOf(Part part, std::int64_t index) const override {
        return factsOf(*data_).rowsOf(part, index);
    }
    /// Values that are laid out anew have no axes of the data's own.
    PictureAxes axes() const override {
        return info_.input == data_->info().input ? factsOf(*data_).axes() : PictureAxes();
    }

  private:
    Result<std::shared_ptr<const NewSamples>>
    scaled(Result<std::shared_ptr<const NewSamples>> samples) const {
        if (!samples || inputScale_ == 1) return samples;
        return std::make_shared<ScaledSamples>(std::move(*samples), info_.input.size(), inputScale_);
    }
    std::shared_ptr<const Dataset> data_;
    DatasetInfo info_;
    float inputScale_;
};

} // namespace

Result<std::shared_ptr<const Dataset>> describeDataset(std::shared_ptr<const Dataset> data,
                                                       const SampleDescription& description) {
    DatasetInfo info = data->info();
    std::string why;
    if (info.task != description.task)
        why = "Its files are for " + std::string(info.task.id()) + ".";
    else if (description.input && description.input->size() != info.input.size())
        why = "A sample has " + std::to_string(info.input.size()) + " values.";
    else if (!description.classNames.empty() && description.classNames.size() != info.classNames.size())
        why = "Its files have " + std::to_string(info.classNames.size()) + " classes.";
    if (!why.empty())
        return refuseFile(description.path, "manifest",
                          "The files do not fit the description of \"" + description.id + "\".", why,
                          "Install the data set anew.");
    info.id = description.id;
    info.title = description.title;
    info.doc = description.doc + (info.doc.empty() ? "" : " " + info.doc);
    info.licence = description.licence;
    if (!description.classNames.empty()) info.classNames = description.classNames;
    if (description.input) {
        info.input = *description.input;
        info.featureNames.clear();
        info.standardise = false;
    }
    return std::make_shared<DescribedDataset>(std::move(data), std::move(info), description.inputScale);
}

} // namespace burdock
