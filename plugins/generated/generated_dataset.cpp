#include "generated_dataset.h"

#include "engine/data/number_fields.h"
#include "engine/data/reading.h"
#include "engine/schema/param_text.h"
#include "files/content_hash.h"

#include <algorithm>

namespace burdock {
namespace {

class GeneratedDataset final : public Dataset {
  public:
    GeneratedDataset(DatasetInfo info, std::vector<float> features, std::vector<float> targets)
        : info_(std::move(info))
        , features_(std::move(features))
        , targets_(std::move(targets))
        , fields_(numberFields(*this)) {}

    const DatasetInfo& info() const override { return info_; }
    void readInput(Part, std::int64_t index, float* values) const override {
        std::copy_n(features_.data() + index * info_.input.size(), info_.input.size(), values);
    }
    void readTarget(Part, std::int64_t index, float* values) const override {
        *values = targets_[static_cast<std::size_t>(index)];
    }
    std::vector<InputField> inputFields() const override { return fields_; }
    Result<std::shared_ptr<const NewSamples>> readFields(std::span<const std::string> texts) const override {
        return readNumbers(fields_, texts);
    }

  private:
    DatasetInfo info_;
    std::vector<float> features_; ///< samples × features
    std::vector<float> targets_;
    std::vector<InputField> fields_; ///< last: it is made of the others
};

std::string_view bytes(const std::vector<float>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

} // namespace

std::shared_ptr<const Dataset> drawPoints(DatasetInfo info, const PointCloud& cloud) {
    std::vector<float> features(static_cast<std::size_t>(cloud.samples * cloud.features));
    std::vector<float> targets(static_cast<std::size_t>(cloud.samples));
    for (std::int64_t i = 0; i < cloud.samples; ++i) {
        if (i % 4096 == 0) continueReading();
        targets[static_cast<std::size_t>(i)] = cloud.draw(i, features.data() + i * cloud.features);
    }
    info.task = cloud.classes == 0 ? Task::Regression : cloud.classes == 2 ? Task::Binary : Task::Multiclass;
    info.targets = cloud.classes > 2 ? cloud.classes : 1;
    for (std::int64_t c = 0; c < cloud.classes; ++c)
        info.classNames.push_back(std::string(1, static_cast<char>('A' + c)));
    info.input = {cloud.features, 1, 1};
    for (std::int64_t f = 0; f < cloud.features; ++f)
        info.featureNames.push_back(cloud.features == 1   ? "x"
                                    : cloud.features == 2 ? std::string(f == 0 ? "x" : "y")
                                                          : "x" + std::to_string(f + 1));
    info.trainSize = cloud.samples;
    info.sha256 = sha256Hex({bytes(features), bytes(targets)});
    return std::make_shared<GeneratedDataset>(std::move(info), std::move(features), std::move(targets));
}

Result<std::shared_ptr<const Dataset>> generate(const Generator& generator, const ParamValues& options) {
    if (const auto problems = checkParams(generator.params, options); !problems.empty())
        return refuse(problems[0]);
    DatasetInfo info;
    info.id = generator.id;
    if (const std::string text = formatParams(generator.params, options); !text.empty())
        info.id += ":" + text;
    info.title = generator.title;
    info.doc = generator.doc;
    info.licence = "none needed";
    info.source = "computed";
    info.task = generator.task;
    return generator.make(std::move(info), options);
}

} // namespace burdock
