#include "numpy_dataset.h"

#include "array_inputs.h"
#include "array_roles.h"
#include "array_targets.h"
#include "engine/data/number_fields.h"
#include "engine/tensor/dims_text.h"
#include "engine/tensor/saturated.h"
#include "engine/train/free_memory.h"
#include "files/content_hash.h"
#include "files/count_text.h"
#include "files/file_reader.h"
#include "files/problem.h"

#include <algorithm>

namespace burdock {
namespace fs = std::filesystem;
namespace {

struct ArraySamples {
    InputValues inputs;
    std::vector<float> targets;
    std::int64_t count = 0;
};

/// Writes sample `index`, each value divided.
void copySample(const InputValues& inputs, std::int64_t index, std::int64_t size, float divisor,
                float* values) {
    const auto divided = [divisor](auto value) { return static_cast<float>(value) / divisor; };
    if (inputs.isBytes())
        std::transform(inputs.bytes.data() + index * size, inputs.bytes.data() + (index + 1) * size, values,
                       divided);
    else
        std::transform(inputs.floats.data() + index * size, inputs.floats.data() + (index + 1) * size, values,
                       divided);
}

class NewArray final : public NewSamples {
  public:
    NewArray(InputValues inputs, std::int64_t count, std::int64_t each, float divisor,
             std::vector<std::string> notes)
        : inputs_(std::move(inputs))
        , count_(count)
        , each_(each)
        , divisor_(divisor)
        , notes_(std::move(notes)) {}
    std::int64_t size() const override { return count_; }
    void readInput(std::int64_t index, float* values) const override {
        copySample(inputs_, index, each_, divisor_, values);
    }
    /// As Python counts them.
    std::string name(std::int64_t index) const override { return "[" + std::to_string(index) + "]"; }
    const std::vector<std::string>& notes() const override { return notes_; }

  private:
    InputValues inputs_;
    std::int64_t count_, each_;
    float divisor_;
    std::vector<std::string> notes_;
};

/// How the inputs were read that a network has learned from.
struct InputRecipe {
    std::vector<std::string> names; ///< of the arrays: of the training part, and of the test
    ArrayLayout layout = ArrayLayout::Auto;
    float divisor = 1;
    std::vector<double> offsets{}; ///< taken off the channels' values; or none
};

class ArrayDataset final : public Dataset {
  public:
    ArrayDataset(DatasetInfo info, ArraySamples train, ArraySamples test, InputRecipe recipe)
        : info_(std::move(info))
        , recipe_(std::move(recipe))
        , parts_{std::move(train), std::move(test)}
        , fields_(numberFields(*this, units())) {}

    const DatasetInfo& info() const override { return info_; }
    void readInput(Part part, std::int64_t index, float* values) const override {
        copySample(of(part).inputs, index, info_.input.size(), recipe_.divisor, values);
    }
    void readTarget(Part part, std::int64_t index, float* values) const override {
        const std::int64_t width = targetWidth();
        std::copy_n(of(part).targets.data() + index * width, width, values);
    }
    Result<std::shared_ptr<const NewSamples>> readNew(const fs::path& path) const override;
    std::vector<InputField> inputFields() const override { return fields_; }
    Result<std::shared_ptr<const NewSamples>> readFields(std::span<const std::string> texts) const override {
        return fields_.empty() ? Dataset::readFields(texts) : readNumbers(fields_, texts, units());
    }

  private:
    InputUnits units() const { return {recipe_.offsets, static_cast<double>(recipe_.divisor)}; }
    const ArraySamples& of(Part part) const { return parts_[part == Part::Train ? 0 : 1]; }
    DatasetInfo info_;
    InputRecipe recipe_;
    ArraySamples parts_[2];
    std::vector<InputField> fields_; ///< last: it is made of the others
};

/// The array of the name that the run's inputs have, or the only one there is; of a .npy file, its own.
Result<ArrayFile> newInput(const fs::path& path, const std::vector<std::string>& names) {
    std::error_code error;
    if (!fs::exists(path, error)) return refuseFile(path, "missing", "There is no such file.", "", "");
    auto arrays = listArrays(path);
    if (!arrays) return refuse(arrays.error());
    const bool alone = hasEnding(path, ".npy");
    for (const std::string& name : alone ? std::vector<std::string>{nameWithoutEnding(path)} : names)
        if (const auto at = std::ranges::find(*arrays, name, &ArrayFile::name); at != arrays->end())
            return std::move(*at);
    if (arrays->size() == 1) return std::move(arrays->front());
    std::string there;
    for (const ArrayFile& array : *arrays)
        there += (there.empty() ? "" : ", ") + array.name;
    return refuseFile(path, "npz.input", "None of the arrays has the name of the input.",
                      "It was " + names.front() + "; there are " + there + ".",
                      "Save it under that name, or as a .npy file of its own.");
}

/// N samples, or one without an axis for them: `count` is their number then.
Result<InputPlan> planNew(const ArrayFile& array, const DatasetInfo& info, ArrayLayout layout,
                          std::int64_t& count) {
    if (!array.header) return refuse(array.header.error());
    const auto& shape = array.header->shape;
    count = shape.empty() ? 0 : shape.front();
    auto plan = planInput(array, layout);
    if (plan && plan->shape == info.input) return plan;
    ArrayFile one = array;
    one.header->shape.insert(one.header->shape.begin(), 1);
    auto single = planInput(one, layout);
    if (single && single->shape == info.input) {
        count = 1;
        single->strides.erase(single->strides.begin());
        return single;
    }
    if (!plan) return plan;
    return refuseFile(array.where, "npz.shape", "Its samples differ from those trained on in shape.",
                      "They are " + toString(plan->shape) + ", not " + toString(info.input) + ".",
                      "Give an array of samples of that shape.");
}

Result<std::shared_ptr<const NewSamples>> ArrayDataset::readNew(const fs::path& path) const {
    const auto array = newInput(path, recipe_.names);
    if (!array) return refuse(array.error());
    std::int64_t count = 0;
    const auto plan = planNew(*array, info_, recipe_.layout, count);
    if (!plan) return refuse(plan.error());
    auto inputs = readInputs(*array, *plan, recipe_.offsets);
    if (!inputs) return refuse(inputs.error());
    std::vector<std::string> notes;
    if (inputs->missing > 0)
        notes.push_back(countText(inputs->missing, "missing value is", "missing values are") +
                        " replaced by the mean of their feature in the training split.");
    return std::make_shared<NewArray>(std::move(*inputs), count, info_.input.size(), recipe_.divisor,
                                      std::move(notes));
}

/// An input and its target, as they lie in the files.
struct Pair {
    const ArrayFile *input, *target;
};

Status checkCounts(const Pair& pair) {
    if (!pair.input->header) return refuse(pair.input->header.error());
    if (!pair.target->header) return refuse(pair.target->header.error());
    const auto samples = [](const ArrayFile& array) {
        return array.header->shape.empty() ? 1 : array.header->shape.front();
    };
    if (samples(*pair.input) == samples(*pair.target)) return {};
    return refuseFile(pair.target->where, "npz.count", "The targets do not fit the inputs.",
                      "There are " + std::to_string(samples(*pair.input)) + " inputs (" + pair.input->name +
                          ") and " + std::to_string(samples(*pair.target)) + " targets (" +
                          pair.target->name + ").",
                      "Give arrays that belong together: the options input=NAME,target=NAME.");
}

/// A folder's name, also of "data/".
std::string titleOf(const fs::path& folder) {
    return (folder.has_filename() ? folder : folder.parent_path()).filename().string();
}

class Reader {
  public:
    Reader(const fs::path& path, const NumpyOptions& options)
        : path_(path)
        , options_(options) {}

    Result<std::shared_ptr<const Dataset>> read() {
        const auto arrays = listArrays(path_);
        if (!arrays) return refuse(arrays.error());
        const auto roles = findArrayRoles(path_, *arrays, options_.input, options_.target);
        if (!roles) return refuse(roles.error());
        info_.notes = roles->notes;
        recipe_.layout = options_.layout;
        recipe_.names.push_back(roles->input->name);
        if (roles->testInput) recipe_.names.push_back(roles->testInput->name);
        std::vector<Pair> train{{roles->input, roles->target}}, test;
        if (roles->validationInput) train.push_back({roles->validationInput, roles->validationTarget});
        if (roles->testInput) test.push_back({roles->testInput, roles->testTarget});
        if (auto done = check(train, test); !done) return refuse(done.error());
        ArraySamples trained, tested;
        if (auto done = readAll(train, trained); !done) return refuse(done.error());
        if (roles->validationInput) validation_ = roles->validationInput->header->shape.front();
        if (auto done = readAll(test, tested); !done) return refuse(done.error());
        return finish(std::move(trained), std::move(tested));
    }

  private:
    Status check(const std::vector<Pair>& train, const std::vector<Pair>& test) {
        std::int64_t bytes = 0;
        for (const auto& pairs : {train, test})
            for (const Pair& pair : pairs) {
                if (auto done = checkCounts(pair); !done) return done;
                const NpyHeader& header = *pair.input->header;
                const std::int64_t each =
                    header.itemBytes == 1 ? 1 : static_cast<std::int64_t>(sizeof(float));
                const std::int64_t inputs = saturatedProduct(header.count(), each);
                if (static_cast<std::uint64_t>(inputs) <= mostOfArrays()) bytes = saturatedSum(bytes, inputs);
                constexpr std::int64_t eachTarget = sizeof(double) + sizeof(float);
                bytes = saturatedSum(bytes, saturatedProduct(pair.target->header->count(), eachTarget));
            }
        if (const auto free = availableMemory(); free && bytes > *free)
            return refuseFile(path_, "memory", "The arrays do not fit into memory.",
                              "They take " + std::to_string(bytes >> 20) + " MB, and " +
                                  std::to_string(*free >> 20) + " MB are free.",
                              "Close other programs, or save fewer samples.");
        return {};
    }

    Status readAll(const std::vector<Pair>& pairs, ArraySamples& samples) {
        for (const Pair& pair : pairs)
            if (auto done = readPair(pair, samples); !done) return done;
        return {};
    }

    /// Those of the training part; values that are to be kept or divided are as they are.
    Status findOffsets(const ArrayFile& input, const InputPlan& plan) {
        if (options_.scale != ArrayScale::Auto && options_.scale != ArrayScale::Standardise) return {};
        auto offsets = findInputOffsets(input, plan);
        if (!offsets) return refuse(offsets.error());
        recipe_.offsets = std::move(*offsets);
        const auto shifted =
            std::ranges::count_if(recipe_.offsets, [](double offset) { return offset != 0; });
        if (shifted > 0)
            info_.notes.push_back(
                countText(shifted, "feature changes", "features change") + " little beside " +
                (shifted == 1 ? "its" : "their") +
                " size: the smallest value is taken off before it is standardised (scale).");
        return {};
    }

    Status readPair(const Pair& pair, ArraySamples& samples) {
        const auto plan = planInput(*pair.input, options_.layout);
        if (!plan) return refuse(plan.error());
        if (!targets_) {
            info_.input = plan->shape;
            if (!plan->note.empty()) info_.notes.push_back(plan->note);
        } else if (plan->shape != info_.input) {
            return refuseFile(pair.input->where, "npz.shape",
                              "Its samples differ from those trained on in shape.",
                              "They are " + toString(plan->shape) + ", not " + toString(info_.input) + ".",
                              "Give arrays that belong together.");
        }
        auto values = readTargets(*pair.target);
        if (!values) return refuse(values.error());
        if (!targets_) {
            auto made = ArrayTargets::make(*pair.target, *values, options_.task);
            if (!made) return refuse(made.error());
            targets_ = std::move(*made);
            if (!targets_->note().empty()) info_.notes.push_back(targets_->note());
            if (auto found = findOffsets(*pair.input, *plan); !found) return found;
        }
        const auto targets = targets_->targetsOf(*pair.target, *values);
        if (!targets) return refuse(targets.error());
        auto inputs = readInputs(*pair.input, *plan, recipe_.offsets);
        if (!inputs) return refuse(inputs.error());
        samples.count += values->count();
        samples.targets.insert(samples.targets.end(), targets->begin(), targets->end());
        return samples.inputs.append(path_, std::move(*inputs));
    }

    /// What is done to the values, and told. Pixels that are told as such reach the upper half of a byte.
    float divisorOf(const ArraySamples& train) {
        constexpr float darkest = 127, white = 255;
        const InputValues& inputs = train.inputs;
        const bool features = info_.input.isFlat() && info_.input.channels < 16;
        const bool pixels =
            inputs.isBytes() && inputs.most > darkest && !features && !info_.input.isSequence();
        const bool within = inputs.least >= 0 && inputs.most <= 1 && recipe_.offsets.empty();
        if (options_.scale == ArrayScale::Pixels || (options_.scale == ArrayScale::Auto && pixels)) {
            info_.notes.push_back("Values from 0 to 255 are scaled to 0 to 1 (scale).");
            return white;
        }
        info_.standardise =
            options_.scale == ArrayScale::Standardise || (options_.scale == ArrayScale::Auto && !within);
        if (options_.scale == ArrayScale::Auto && !within)
            info_.notes.push_back("Values beyond 0 to 1 are standardised by the training split (scale).");
        return 1;
    }

    Result<std::shared_ptr<const Dataset>> finish(ArraySamples train, ArraySamples test) {
        if (recipe_.offsets.empty() && !info_.input.isFlat() && !train.inputs.isBytes())
            for (ArraySamples* part : {&train, &test})
                if (auto done = part->inputs.narrow(path_); !done) return refuse(done.error());
        recipe_.divisor = divisorOf(train);
        info_.missingValues = train.inputs.missing + test.inputs.missing;
        if (info_.missingValues > 0)
            info_.notes.push_back(countText(info_.missingValues, "missing value") +
                                  (info_.missingValues == 1 ? " is" : " are") +
                                  " replaced by the mean of their feature in the training split.");
        std::error_code error;
        const fs::path absolute = fs::absolute(path_, error);
        const bool archive = arrayFilesOf(path_).empty();
        const fs::path folder = fs::is_directory(path_, error) ? absolute / "" : absolute;
        info_.id = path_.string();
        info_.title = archive ? nameWithoutEnding(path_) : titleOf(folder.parent_path());
        info_.doc = "NumPy arrays.";
        info_.source = absolute.string();
        info_.testShare = options_.testShare;
        info_.validationSize = validation_;
        info_.trainSize = train.count;
        info_.testSize = test.count;
        info_.task = targets_->task();
        info_.targets = targets_->targets();
        info_.targetOffsets = targets_->offsets();
        info_.classNames = targets_->classNames();
        info_.standardiseTargets = info_.task == Task::Regression;
        const auto view = [](const auto& values) {
            return std::string_view(reinterpret_cast<const char*>(values.data()),
                                    values.size() * sizeof(values[0]));
        };
        const auto letGo = [&] {
            for (const ArraySamples* part : {&train, &test}) {
                part->inputs.bytes.release();
                part->inputs.floats.release();
            }
        };
        info_.sha256 = sha256Hex({view(train.inputs.bytes), view(train.inputs.floats), view(train.targets),
                                  view(test.inputs.bytes), view(test.inputs.floats), view(test.targets),
                                  view(recipe_.offsets), view(info_.targetOffsets)},
                                 letGo);
        const std::int64_t kept = std::ssize(train.inputs.bytes) + std::ssize(test.inputs.bytes) +
                                  static_cast<std::int64_t>(sizeof(float)) *
                                      (std::ssize(train.inputs.floats) + std::ssize(test.inputs.floats));
        const bool onDisk = train.inputs.onDisk() || test.inputs.onDisk();
        info_.notes.push_back(
            "The values take " + std::to_string((kept + (1 << 20) - 1) >> 20) +
            (onDisk ? " MB, more than memory should hold: they stand in a file in the cache folder as "
                      "long as the data set is open."
                    : " MB of memory."));
        return std::make_shared<ArrayDataset>(std::move(info_), std::move(train), std::move(test),
                                              std::move(recipe_));
    }

    const fs::path& path_;
    const NumpyOptions& options_;
    DatasetInfo info_;
    InputRecipe recipe_;
    std::int64_t validation_ = 0; ///< of the samples to train on, the last
    std::optional<ArrayTargets> targets_;
};

} // namespace

Result<std::shared_ptr<const Dataset>> openNumpy(const fs::path& fileOrFolder, const ParamValues& values) {
    const NumpyOptions options = NumpyOptions::table().read(values);
    return Reader(fileOrFolder, options).read();
}

const std::vector<ParamSpec>& numpyParams() {
    return NumpyOptions::table().specs();
}

} // namespace burdock
