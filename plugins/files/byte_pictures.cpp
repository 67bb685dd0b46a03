#include "files/byte_pictures.h"

#include "engine/tensor/per_processor.h"

namespace burdock {
namespace {

BURDOCK_PER_PROCESSOR void scaleBytes(const std::uint8_t* from, float* to, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i)
        to[i] = static_cast<float>(from[i]) / 255.0f;
}

class ByteDataset final : public Dataset {
  public:
    ByteDataset(DatasetInfo info, ByteSamples train, ByteSamples test)
        : info_(std::move(info))
        , train_(std::move(train))
        , test_(std::move(test)) {
        info_.trainSize = train_.count();
        info_.testSize = test_.count();
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part part, std::int64_t index, float* values) const override {
        const std::int64_t size = info_.input.size();
        scaleBytes(samples(part).values.data() + index * size, values, size);
    }
    void readTarget(Part part, std::int64_t index, float* values) const override {
        *values = static_cast<float>(samples(part).classes[static_cast<std::size_t>(index)]);
    }

  private:
    const ByteSamples& samples(Part part) const { return part == Part::Train ? train_ : test_; }
    DatasetInfo info_;
    ByteSamples train_, test_;
};

} // namespace

std::shared_ptr<const Dataset> makeByteDataset(DatasetInfo info, ByteSamples train, ByteSamples test) {
    return std::make_shared<ByteDataset>(std::move(info), std::move(train), std::move(test));
}

} // namespace burdock
