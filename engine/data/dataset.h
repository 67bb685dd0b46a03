#pragma once

#include "engine/data/input_field.h"
#include "engine/data/new_samples.h"
#include "engine/data/task.h"
#include "engine/data/tokenizer.h"
#include "engine/schema/diagnostic.h"
#include "engine/tensor/shape.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace burdock {

enum class Part { Train, Test };

/// What is known of a data set without reading its samples.
struct DatasetInfo {
    std::string id;    ///< "fashion-mnist", or the file's path
    std::string title; ///< "Fashion-MNIST"
    std::string doc;
    std::string licence;
    std::string source; ///< where the values came from: a folder or file
    Task task;
    Shape input;
    std::int64_t targets = 1;            ///< width of the network's output: classes, 1 for binary, numbers to
                                         ///< predict, labels, or tokens of the vocabulary
    std::vector<std::string> classNames; ///< empty for regression
    std::vector<std::string> targetNames; ///< of the numbers to predict, where the data name them
    /// What was taken off each number to predict before it was kept in single precision, which would not tell
    /// two of them apart: to be added wherever they are shown. Empty: nothing.
    std::vector<double> targetOffsets;
    /// Multilabel: the labels are those of a picture's pixels, a map of zeros and ones for each name in
    /// classNames; `targets` is the size of it all.
    std::optional<Shape> mask;
    std::vector<std::string> featureNames; ///< of tabular data
    std::int64_t trainSize = 0;
    std::int64_t testSize = 0; ///< 0: none given, the trainer splits one off
    /// So many of the last samples to train on are given for validation: every run has these, whatever its
    /// validation fraction. 0: none are, the trainer splits them off.
    std::int64_t validationSize = 0;
    bool standardise = false;        ///< features of unlike scales: standardise by the training split
    bool standardiseTargets = false; ///< numbers to predict: learned in units of their deviation
    std::int64_t missingValues = 0;  ///< features that readInput gives as NaN, in all samples
    std::string groupedBy;  ///< what Dataset::groupOf() goes by, such as a column; empty: there are no groups
    std::string orderedBy;  ///< what Dataset::timeOf() goes by, such as a column; empty: the samples' order
    double testShare = 0.2; ///< split off for the test where testSize is 0
    std::string sha256;     ///< hex, over the contents of its files
    /// What was guessed while reading, converted and left out, a whole sentence each, with counts.
    std::vector<std::string> notes;

    /// What a network has to give for a sample.
    Shape outputShape() const;
};

/// Samples with their targets. Constant after it is made, so any thread may read.
class Dataset {
  public:
    virtual ~Dataset() = default;
    virtual const DatasetInfo& info() const = 0;
    /// Writes sample `index` of `part`: info().input.size() values, width fastest; pixels are 0..1.
    virtual void readInput(Part part, std::int64_t index, float* values) const = 0;
    /// Writes its target, targetWidth() numbers of the task's kind: a class's number (Multiclass), 0 or 1
    /// (Binary), info().targets numbers (Regression), info().targets times 0 or 1 (Multilabel), or a token
    /// for each of the input's (NextToken).
    virtual void readTarget(Part part, std::int64_t index, float* values) const = 0;

    /// readTarget into targetWidth() values, with the classes that it writes checked: throws
    /// std::out_of_range for one that the data set does not have. For whoever goes on to count or to index by
    /// them.
    void readCheckedTarget(Part part, std::int64_t index, std::span<float> values) const;

    /// What cuts a text into the tokens of a NextToken data set; null where the data are no text.
    virtual const Tokenizer* tokenizer() const { return nullptr; }

    /// Reads a file or folder of further samples as this data set's own inputs were read: the same features
    /// in the same order, pictures of the same size. Targets need not be there, and are not looked at.
    /// Refuses what lacks an input, and where the data are of a kind that cannot be asked about further
    /// files.
    virtual Result<std::shared_ptr<const NewSamples>> readNew(const std::filesystem::path& path) const;

    /// What a sample can be put together of by hand; empty: it cannot be.
    virtual std::vector<InputField> inputFields() const { return {}; }
    /// One sample put together by hand: a text for each of inputFields(), in their order, as the data would
    /// write it, or empty where it is missing. Refuses a text that is no value of its field, and where there
    /// are no fields.
    virtual Result<std::shared_ptr<const NewSamples>> readFields(std::span<const std::string> texts) const;

    /// The group of a sample, where info().groupedBy names what tells it: a number that is the same for what
    /// must not be parted by a split, such as all samples of one patient, in either part.
    virtual std::int64_t groupOf(Part part, std::int64_t index) const;
    /// When a sample was taken: a number that grows with time, in any unit; NaN where it is not known. Unless
    /// info().orderedBy names what tells it, that is its index.
    virtual double timeOf(Part part, std::int64_t index) const;

    std::int64_t size(Part part) const { return part == Part::Train ? info().trainSize : info().testSize; }
    /// How many numbers readTarget writes.
    std::int64_t targetWidth() const;
};

} // namespace burdock
