#pragma once

#include "engine/data/dataset.h"
#include "engine/graph/check_graph.h"
#include "engine/plan/transfer.h"
#include "engine/train/train_config.h"
#include "engine/train/train_event.h"

namespace burdock {

/// Whether this network can learn this data with these settings: graph errors, input and output
/// shapes against the data, settings. Empty: it can. The report's own diagnostics come first.
std::vector<Diagnostic> checkTraining(const GraphReport& report, const DatasetInfo& data,
                                      const TrainConfig& config);
std::vector<Diagnostic> checkTraining(const Graph& graph, const DatasetInfo& data, const TrainConfig& config);

/// The network that the graph stands for, or the first error of checkTraining.
Result<CheckedNetwork> trainableNetwork(const Graph& graph, const DatasetInfo& data,
                                        const TrainConfig& config);

/// The refusal of data whose training split is empty.
Diagnostic nothingToTrainOn(const DatasetInfo& data);

/// The settings with what belongs to data of another kind taken back: a loss that does not fit the task, with
/// its own settings, becomes "auto", and only pictures are augmented.
TrainConfig adapted(TrainConfig config, const DatasetInfo& data);
/// The graph with its input, its last layer with weights and its embedding given the sizes that the data
/// need, and without a softmax at its end that does not fit their task, as far as the fixes of checkTraining
/// go. Where the settings fit the data to the network's input, that stays. See also adaptedTo(), which goes
/// further. `changes`: what was done, a few words each.
Graph adapted(Graph graph, const DatasetInfo& data, const TrainConfig& config,
              std::vector<std::string>* changes = nullptr);

/// The data as the network sees them: fitted to its input where the settings say so.
std::shared_ptr<const Dataset> fittedData(const CheckedNetwork& network, std::shared_ptr<const Dataset> data,
                                          const TrainConfig& config);

/// Where a run in memory goes on from: its last checkpoint, and the best weights so far if there were any.
struct ResumePoint {
    std::shared_ptr<const WeightSet> weights;
    std::shared_ptr<const TrainState> state;
    std::shared_ptr<const WeightSet> best;
};

/// Trains one network on one data set, on the thread that calls run().
class Trainer {
  public:
    /// Refuses with the first problem of checkTraining, or when `initial` does not fit the network.
    /// `initial` may be empty: then weights are drawn by the seed.
    static Result<std::unique_ptr<Trainer>> make(Graph graph, std::shared_ptr<const Dataset> data,
                                                 TrainConfig config,
                                                 std::shared_ptr<const WeightSet> initial = nullptr);
    static Result<std::unique_ptr<Trainer>> make(Graph graph, std::shared_ptr<const Dataset> data,
                                                 TrainConfig config, const TensorSource& initial);
    /// With as many of the weights as fit this network, and the others drawn by the seed; `report` tells
    /// which. Refuses weights of which none fits.
    static Result<std::unique_ptr<Trainer>> makeFrom(Graph graph, std::shared_ptr<const Dataset> data,
                                                     TrainConfig config, const TensorSource& weights,
                                                     TransferReport& report);
    /// The same run from a checkpoint on, with the graph, the data and the settings it was begun with: its
    /// weights become the very ones of a run that was never stopped (on the same machine with as many
    /// threads).
    static Result<std::unique_ptr<Trainer>> resume(Graph graph, std::shared_ptr<const Dataset> data,
                                                   TrainConfig config, const ResumePoint& from);
    /// `state` is without the optimizer's arrays.
    static Result<std::unique_ptr<Trainer>> resume(Graph graph, std::shared_ptr<const Dataset> data,
                                                   TrainConfig config, const TensorSource& weights,
                                                   const TensorSource& optimizer, const TrainState& state);
    ~Trainer();

    /// As given, but with the precision that `auto` has come to mean here.
    const TrainConfig& config() const;
    std::int64_t stepsPerEpoch() const;
    std::int64_t batch() const; ///< samples of a full step: never more than there are
    std::int64_t parameters() const;
    /// What the best epoch is chosen by: "loss", or a metric's id.
    const std::string& bestMetric() const;
    /// What checkTraining() says beside errors, without what the graph alone says: with these data and
    /// settings it may learn badly.
    const std::vector<Diagnostic>& warnings() const;
    /// Runs to the end, or until control says stop. Never throws; what fails is in the FinishRecord, which
    /// is also given to the observer last.
    FinishRecord run(TrainObserver& observer, TrainControl& control);

  private:
    struct Impl;
    static Result<std::unique_ptr<Trainer>> makeWith(Graph graph, std::shared_ptr<const Dataset> data,
                                                     TrainConfig config,
                                                     const std::function<Status(Impl&)>& begin);
    explicit Trainer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace burdock
