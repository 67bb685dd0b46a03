#pragma once

#include "engine/schema/diagnostic.h"
#include "engine/tensor/shape.h"

#include <memory>
#include <string>
#include <vector>

namespace burdock {

enum class Task { Multiclass, Binary, Regression };
enum class Part { Train, Test };

std::string_view taskKey(Task task);

/// What is known of a data set without reading its samples.
struct DatasetInfo {
    std::string id;    ///< "fashion-mnist", or the file's path
    std::string title; ///< "Fashion-MNIST"
    std::string doc;
    std::string licence;
    std::string source; ///< where the values came from: a folder or file
    Task task = Task::Multiclass;
    Shape input;
    std::int64_t targets = 1; ///< width of the network's output: classes, 1 for binary, or numbers to predict
    std::vector<std::string> classNames;   ///< empty for regression
    std::vector<std::string> featureNames; ///< of tabular data
    std::int64_t trainSize = 0;
    std::int64_t testSize = 0; ///< 0: none given, the trainer splits one off
    bool standardise = false;  ///< features of unlike scales: standardise by the training split
    std::string sha256;        ///< hex, over the contents of its files
};

/// Samples with their targets. Constant after it is made, so any thread may read.
class Dataset {
  public:
    virtual ~Dataset() = default;
    virtual const DatasetInfo& info() const = 0;
    /// Writes sample `index` of `part`: info().input.size() values, width fastest; pixels are 0..1.
    virtual void readInput(Part part, std::int64_t index, float* values) const = 0;
    /// Writes its target: a class's number (Multiclass), 0 or 1 (Binary), or info().targets numbers.
    virtual void readTarget(Part part, std::int64_t index, float* values) const = 0;

    std::int64_t size(Part part) const { return part == Part::Train ? info().trainSize : info().testSize; }
    /// How many numbers readTarget writes.
    std::int64_t targetWidth() const { return info().task == Task::Regression ? info().targets : 1; }
};

} // namespace burdock
