#pragma once

#include "engine/data/dataset_catalog.h"
#include "engine/graph/graph.h"

#include <chrono>
#include <thread>

namespace burdock::testing {

/// Small pictures of three kinds, told apart by which third of the rows is bright: a perceptron learns them
/// in a few steps. Values follow from the index alone.
class FakeDataset : public Dataset {
  public:
    explicit FakeDataset(std::int64_t train = 240, std::int64_t test = 60) {
        info_.id = "fake";
        info_.title = "Three stripes";
        info_.input = {1, 6, 6};
        info_.targets = 3;
        info_.classNames = {"top", "middle", "bottom"};
        info_.trainSize = train;
        info_.testSize = test;
        info_.sha256 = "00ff";
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part part, std::int64_t index, float* values) const override {
        const auto kind = index % 3;
        auto state = static_cast<std::uint32_t>(index * 2654435761U + (part == Part::Test ? 77U : 5U));
        for (std::int64_t i = 0; i < 36; ++i) {
            state = state * 1664525U + 1013904223U;
            const float noise = static_cast<float>(state >> 8) / static_cast<float>(1 << 24);
            values[i] = (i / 12 == kind ? 0.6F : 0.F) + 0.4F * noise;
        }
    }
    void readTarget(Part, std::int64_t index, float* values) const override {
        values[0] = static_cast<float>(index % 3);
    }

  private:
    DatasetInfo info_;
};

/// A regression on four features.
class FakeTable final : public Dataset {
  public:
    FakeTable() {
        info_.id = "flat";
        info_.title = "A plane";
        info_.task = Task::Regression;
        info_.input = {4, 1, 1};
        info_.targets = 1;
        info_.featureNames = {"a", "b", "c", "d"};
        info_.trainSize = 120;
        info_.testSize = 30;
        info_.sha256 = "11ee";
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part, std::int64_t index, float* values) const override {
        for (int i = 0; i < 4; ++i)
            values[i] = static_cast<float>((index * (i + 3)) % 7) / 7.F;
    }
    void readTarget(Part part, std::int64_t index, float* values) const override {
        float input[4];
        readInput(part, index, input);
        values[0] = input[0] - 2 * input[1] + 0.5F * input[3];
    }

  private:
    DatasetInfo info_;
};

/// "fake", "large" (the same with 60,000 samples), "flat", "slow" to load, and "broken", which refuses.
inline void fillWithFakes(DatasetCatalog& catalog) {
    const auto add = [&catalog](const char* id, auto open) {
        DatasetEntry entry;
        entry.id = id;
        entry.title = id;
        entry.available = true;
        entry.open = [open](const ParamValues&) { return open(); };
        catalog.add(std::move(entry));
    };
    using Opened = Result<std::shared_ptr<const Dataset>>;
    add("fake", []() -> Opened { return std::make_shared<const FakeDataset>(); });
    add("large", []() -> Opened { return std::make_shared<const FakeDataset>(60'000, 6'000); });
    add("flat", []() -> Opened { return std::make_shared<const FakeTable>(); });
    add("slow", []() -> Opened {
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        return std::make_shared<const FakeDataset>();
    });
    add("broken", []() -> Opened {
        Diagnostic why;
        why.code = "data.broken";
        why.what = "The file is cut off.";
        why.where = "broken";
        why.mend = "Fetch it again.";
        return refuse(why);
    });
}

/// Input, Flatten, Dense, Softmax: learns the stripes.
inline Graph fakePerceptron(std::int64_t units = 3) {
    Graph graph;
    graph.name = "Perceptron";
    const NodeId input = graph.add(
        "input", {{"channels", std::int64_t(1)}, {"height", std::int64_t(6)}, {"width", std::int64_t(6)}});
    const NodeId flat = graph.add("flatten");
    const NodeId dense = graph.add("dense", {{"units", units}});
    const NodeId softmax = graph.add("softmax");
    graph.connect(input, flat);
    graph.connect(flat, dense);
    graph.connect(dense, softmax);
    return graph;
}

/// Input and Dense: a linear regression on the plane.
inline Graph fakeRegression() {
    Graph graph;
    graph.name = "Linear regression";
    const NodeId input = graph.add(
        "input", {{"channels", std::int64_t(4)}, {"height", std::int64_t(1)}, {"width", std::int64_t(1)}});
    const NodeId dense = graph.add("dense", {{"units", std::int64_t(1)}});
    graph.connect(input, dense);
    return graph;
}

} // namespace burdock::testing
