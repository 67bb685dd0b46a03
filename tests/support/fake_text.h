#pragma once

#include "engine/data/dataset_catalog.h"
#include "engine/data/tokenizer.h"
#include "engine/models/gpt.h"

namespace burdock::testing {

/// "abcé" over and over, a token for each byte: a token need not be a whole character.
class FakeText final : public Dataset, public Tokenizer {
  public:
    FakeText() {
        info_.id = info_.title = "letters";
        info_.task = Task::NextToken;
        info_.input = {8, 1, 1};
        info_.targets = 5;
        info_.trainSize = 200;
        info_.testSize = 20;
        info_.sha256 = "22dd";
    }
    const DatasetInfo& info() const override { return info_; }
    const Tokenizer* tokenizer() const override { return this; }
    void readInput(Part, std::int64_t index, float* values) const override { write(index, values); }
    void readTarget(Part, std::int64_t index, float* values) const override { write(index + 1, values); }

    std::int64_t size() const override { return 5; }
    std::vector<std::int64_t> encode(std::string_view text) const override {
        std::vector<std::int64_t> all;
        for (const char c : text)
            if (c >= 'a' && c <= 'c') all.push_back(c - 'a');
        return all;
    }
    std::string_view text(std::int64_t token) const override {
        return std::string_view("abc\xc3\xa9").substr(static_cast<std::size_t>(token), 1);
    }

  private:
    void write(std::int64_t first, float* values) const {
        for (std::int64_t t = 0; t < info_.input.channels; ++t)
            values[t] = static_cast<float>((first + t) % size());
    }
    DatasetInfo info_;
};

/// Adds "letters" to the catalog.
inline void addFakeText(DatasetCatalog& catalog) {
    DatasetEntry entry;
    entry.id = entry.title = "letters";
    entry.available = true;
    entry.open = [](const ParamValues&) -> Result<std::shared_ptr<const Dataset>> {
        return std::make_shared<const FakeText>();
    };
    (void)catalog.add(std::move(entry));
}

/// Learns the row of letters in a few epochs.
inline Graph fakeWriter() {
    return gpt("writer", {.blocks = 1, .heads = 2, .width = 16, .context = 8, .vocabulary = 5});
}

} // namespace burdock::testing
