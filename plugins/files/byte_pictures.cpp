#include "files/byte_pictures.h"

#include "engine/tensor/per_processor.h"

namespace burdock {
namespace {

BURDOCK_INLINE void scaleBytes(const std::uint8_t* from, float* to, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i)
        to[i] = static_cast<float>(from[i]) / 255.0f;
}

class ByteDataset final : public Dataset, public SampleFacts {
  public:
    ByteDataset(DatasetInfo info, ByteSamples train, ByteSamples test, NewReader reader, PictureAxes axes)
        : info_(std::move(info))
        , train_(std::move(train))
        , test_(std::move(test))
        , reader_(std::move(reader))
        , axes_(std::move(axes)) {
        info_.trainSize = train_.count();
        info_.testSize = test_.count();
    }
    const DatasetInfo& info() const override { return info_; }
    PictureAxes axes() const override { return axes_; }
    void readInput(Part part, std::int64_t index, float* values) const override {
        const std::int64_t size = info_.input.size();
        toShares(samples(part).values.data() + index * size, values, size);
    }
    void readTarget(Part part, std::int64_t index, float* values) const override {
        *values = static_cast<float>(samples(part).classes[static_cast<std::size_t>(index)]);
    }
    NewSamplesResult readNew(const std::filesystem::path& path) const override {
        return reader_ ? reader_(path) : Dataset::readNew(path);
    }

  private:
    const ByteSamples& samples(Part part) const { return part == Part::Train ? train_ : test_; }
    DatasetInfo info_;
    ByteSamples train_, test_;
    NewReader reader_;
    PictureAxes axes_;
};

class NewBytes final : public NewSamples {
  public:
    NewBytes(std::vector<std::uint8_t> values, std::int64_t each, std::vector<std::string> names,
             std::vector<std::string> notes)
        : values_(std::move(values))
        , each_(each)
        , names_(std::move(names))
        , notes_(std::move(notes)) {}
    std::int64_t size() const override { return std::ssize(names_); }
    void readInput(std::int64_t index, float* values) const override {
        toShares(values_.data() + index * each_, values, each_);
    }
    std::string name(std::int64_t index) const override { return names_[static_cast<std::size_t>(index)]; }
    const std::vector<std::string>& notes() const override { return notes_; }

  private:
    std::vector<std::uint8_t> values_;
    std::int64_t each_;
    std::vector<std::string> names_, notes_;
};

} // namespace

void toShares(const std::uint8_t* from, float* to, std::int64_t count) {
    perProcessor<scaleBytes>(from, to, count);
}

std::shared_ptr<const Dataset> makeByteDataset(DatasetInfo info, ByteSamples train, ByteSamples test,
                                               NewReader reader, PictureAxes axes) {
    return std::make_shared<ByteDataset>(std::move(info), std::move(train), std::move(test),
                                         std::move(reader), std::move(axes));
}

std::shared_ptr<const NewSamples> makeNewBytes(std::vector<std::uint8_t> values, std::int64_t each,
                                               std::vector<std::string> names,
                                               std::vector<std::string> notes) {
    return std::make_shared<NewBytes>(std::move(values), each, std::move(names), std::move(notes));
}

} // namespace burdock
