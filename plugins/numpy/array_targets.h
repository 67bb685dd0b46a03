#pragma once

#include "array_archive.h"
#include "engine/data/task.h"
#include "numpy_options.h"

#include <map>
#include <string>
#include <vector>

namespace burdock {

/// What an array of targets holds: a text a sample, or a row of numbers.
struct TargetValues {
    std::vector<std::string> texts;
    std::vector<double> numbers; ///< samples × width
    std::int64_t width = 1;
    bool whole = false; ///< of a type of whole numbers, or truth values

    std::int64_t count() const { return texts.empty() ? std::ssize(numbers) / width : std::ssize(texts); }
};

/// N, N × 1 or N × K. Refuses other ranks and values that are no numbers.
Result<TargetValues> readTargets(const ArrayFile& array);

/// The task that the targets of the training part make, and how each value becomes a target.
class ArrayTargets {
  public:
    /// Texts and few different whole numbers are classes, rows with a single one among zeros as well
    /// (one-hot); rows of zeros and ones are labels; others numbers. Refuses a single class.
    static Result<ArrayTargets> make(const ArrayFile& array, const TargetValues& values, ArrayTask task);

    Task task() const { return task_; }
    std::int64_t targets() const { return targets_; } ///< width of the network's output
    const std::vector<std::string>& classNames() const { return classNames_; }
    const std::string& note() const { return note_; }
    /// See DatasetInfo.
    const std::vector<double>& offsets() const { return offsets_; }
    /// A sample's target after the other. Refuses classes that the training part does not have.
    Result<std::vector<float>> targetsOf(const ArrayFile& array, const TargetValues& values) const;

  private:
    enum class Kind { Texts, Classes, OneHot, Labels, Numbers };
    void setClasses(std::vector<std::string> names);
    void setOffsets(const ArrayFile& array, const TargetValues& values);

    Kind kind_ = Kind::Numbers;
    Task task_ = Task::Regression;
    std::int64_t targets_ = 1, width_ = 1;
    std::vector<std::string> classNames_;
    std::map<std::string, std::int64_t> textClasses_;
    std::map<double, std::int64_t> numberClasses_;
    std::vector<double> offsets_; ///< of each number; empty: nothing is taken off
    std::string note_;
};

} // namespace burdock
