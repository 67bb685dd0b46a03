#pragma once

#include "engine/data/dataset.h"

#include <algorithm>
#include <atomic>

namespace burdock::testing {

/// Samples that are written down, and how often they were read.
class ListedDataset final : public Dataset {
  public:
    struct Row {
        std::vector<float> input;
        float target;
        std::vector<float> further = {}; ///< targets, after the first
    };
    ListedDataset(DatasetInfo info, std::vector<Row> train, std::vector<Row> test)
        : info_(std::move(info))
        , train_(std::move(train))
        , test_(std::move(test)) {
        info_.trainSize = std::ssize(train_);
        info_.testSize = std::ssize(test_);
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part part, std::int64_t index, float* values) const override {
        ++reads;
        std::ranges::copy(rows(part)[static_cast<std::size_t>(index)].input, values);
    }
    void readTarget(Part part, std::int64_t index, float* values) const override {
        const Row& row = rows(part)[static_cast<std::size_t>(index)];
        *values = row.target;
        std::ranges::copy(row.further, values + 1);
    }
    std::vector<InputField> inputFields() const override { return fields; }
    mutable std::atomic<std::int64_t> reads = 0;
    std::vector<InputField> fields; ///< what inputFields() gives

  private:
    const std::vector<Row>& rows(Part part) const { return part == Part::Train ? train_ : test_; }
    DatasetInfo info_;
    std::vector<Row> train_, test_;
};

inline DatasetInfo tableInfo(std::vector<std::string> features) {
    DatasetInfo info;
    info.id = info.title = "listed";
    info.input = {std::ssize(features), 1, 1};
    info.featureNames = std::move(features);
    return info;
}

/// A million rows that are computed.
class LongDataset final : public Dataset {
  public:
    LongDataset() {
        info_ = tableInfo({"a", "b", "c"});
        info_.title = "long";
        info_.task = Task::Regression;
        info_.trainSize = 1'000'000;
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part, std::int64_t index, float* values) const override {
        ++reads;
        for (int i = 0; i < 3; ++i)
            values[i] = static_cast<float>(index + i);
    }
    void readTarget(Part, std::int64_t index, float* values) const override {
        *values = static_cast<float>(index);
    }
    mutable std::atomic<std::int64_t> reads = 0;

  private:
    DatasetInfo info_;
};

} // namespace burdock::testing
