#pragma once

#include "engine/schema/output_kind.h"
#include "engine/schema/registry.h"
#include "engine/tensor/shape.h"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace burdock {

struct DatasetInfo;
struct TaskSchema;
template <class T>
struct Tensor;

/// Names an entry of the registry of tasks. Cheap to copy and to compare; the names are those of the tasks
/// that come with the engine, for readers of data.
class Task {
  public:
    static const Task Multiclass, Binary, Regression, Multilabel;
    /// A sample is a sequence of T token ids and its targets are the T ids that follow each; the network
    /// gives targets (the vocabulary's size) numbers a position.
    static const Task NextToken;

    constexpr Task()
        : id_("multiclass") {}
    /// `id` must outlive it, as that of an entry or of a literal does.
    constexpr explicit Task(std::string_view id)
        : id_(id) {}
    constexpr std::string_view id() const { return id_; }
    /// Its entry. Throws std::invalid_argument where there is none of that id.
    const TaskSchema& schema() const;
    const TaskSchema* operator->() const { return &schema(); }
    friend constexpr bool operator==(Task, Task) = default;

  private:
    std::string_view id_;
};
inline constexpr Task Task::Multiclass{"multiclass"};
inline constexpr Task Task::Binary{"binary"};
inline constexpr Task Task::Regression{"regression"};
inline constexpr Task Task::Multilabel{"multilabel"};
inline constexpr Task Task::NextToken{"next-token"};

/// What the numbers of a target stand for: what losses and metrics go by.
enum class TargetKind {
    Class, ///< the number of one class out of several, each of which has an output
    YesNo, ///< 0 or 1 for each output
    Number ///< a number for each output
};

/// How numbers are written where an answer is shown: "3.142", and "92.3 %" for 0.923.
struct NumberText {
    std::function<std::string(double)> number, share;
};

/// An answer beside the truth, as it is shown to people.
struct ShownAnswer {
    std::string answer; ///< "ankle boot, 92.3 %"
    std::string truth;  ///< "Wrong: it is shirt."
    enum class Verdict { None, Right, Wrong, Partly };
    Verdict verdict = Verdict::None;
    struct Bar {
        std::string name;
        double share = 0; ///< 0..1
        bool isTrue = false;
    };
    std::vector<Bar> bars; ///< by class or label; empty where there are none
};

/// What a network gave for one sample, with what it takes to read it.
struct RawOutput {
    std::vector<float> values;
    std::int64_t width = 1;                              ///< of a column (see columnsOf)
    bool isDistribution = false;                         ///< of classes, as they stand
    std::function<float(float)> chance;                  ///< of "yes", from one output
    std::function<void(std::span<float>)> toUnitsOfData; ///< undoes the scaling of targets
};

/// What data can ask of a network: what targets mean, what usually suits, and how answers are shown.
struct TaskSchema {
    static constexpr std::string_view kind = "task", plural = "tasks";
    std::string id;   ///< "multiclass"; stored with runs
    std::string name; ///< for people: "Multiclass classification"
    std::string doc;
    TargetKind targetKind = TargetKind::Number;
    bool positions = false; ///< each position of a sequence has a target and outputs of its own
    bool generates = false; ///< the outputs are the vocabulary of the inputs: the network can write on

    // What suits it: the last rows of the usual tables for regression and for classification networks
    // (Géron: Hands-on machine learning, chapter 10).
    std::string outputs; ///< "1 per class"
    OutputFunction outputFunction = OutputFunction::None;
    std::string outputActivation{};   ///< where no function of these does: a layer's id; empty: none
    std::string loss;                 ///< a LossSchema's id
    std::vector<std::string> metrics; ///< ids of what tells most, the first of all

    /// How many numbers Dataset::readTarget writes, and what a network has to give for a sample.
    std::function<std::int64_t(const DatasetInfo&)> targetWidth;
    std::function<Shape(const DatasetInfo&)> outputShape;
    std::function<std::string(const DatasetInfo&)> asks;  ///< of data: "10 classes"
    std::function<std::string(const DatasetInfo&)> wants; ///< of a network: "10 outputs, one for each class"
    /// The share of answers (of labels: of each yes and no) that is right; null where answers are not right
    /// or wrong. One sample a column; what is not a number is never right. `yesAbove`: where an output says
    /// yes.
    std::function<double(const Tensor<float>& outputs, const Tensor<float>& targets, float yesAbove)>
        accuracy;
    /// The answer that Predictor gives: probabilities, or numbers in the data's units.
    std::function<std::vector<float>(RawOutput)> answer;
    std::function<std::string(const DatasetInfo&, std::span<const float> target, const NumberText&)>
        showTarget;
    std::function<ShownAnswer(const DatasetInfo&, std::span<const float> answer,
                              std::span<const float> target, const NumberText&)>
        showAnswer;

    /// What each number of `answer` stands for, one sample's after the other: classes, labels, or what is
    /// predicted. Empty where they are too many to have names, as the pixels of a mask.
    std::function<std::vector<std::string>(const DatasetInfo&)> answerNames;
    /// The answer in words, without shares: a class, the labels that are there; empty where the numbers are
    /// the answer, or are none.
    std::function<std::string(const DatasetInfo&, std::span<const float> answer)> verdict;

    bool hasAccuracy() const { return accuracy != nullptr; }
    std::string_view lacks() const;
};

/// All tasks of the program; plugins add to it at start, before any thread is running.
Registry<TaskSchema>& tasks();

/// The class with the largest of n outputs, the first of equal ones; -1 if one of them is not a number.
std::int64_t largestOf(const float* outputs, std::int64_t n);
/// The class that a target names among n; -1 if it names none.
std::int64_t classOf(float target, std::int64_t n);

} // namespace burdock
