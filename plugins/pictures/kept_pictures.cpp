#include "kept_pictures.h"

#include "engine/tensor/address_space.h"
#include "engine/tensor/random.h"

#include <algorithm>
#include <stdexcept>
#include <sys/stat.h>

namespace burdock {
namespace fs = std::filesystem;
namespace {

/// A number that changes when a file is written again, even where its time is set back.
std::uint64_t stampOf(const fs::path& path) {
    struct stat is = {};
    if (::stat(path.c_str(), &is) != 0) return 0;
    std::uint64_t stamp =
        deriveKey(static_cast<std::uint64_t>(is.st_ino), static_cast<std::uint64_t>(is.st_size));
    for (const auto part : {is.st_ctim.tv_sec, is.st_ctim.tv_nsec})
        stamp = deriveKey(stamp, static_cast<std::uint64_t>(part));
    return stamp;
}

/// So many pictures are decoded at once, on all cores.
std::size_t atOnce(std::size_t size) {
    constexpr std::size_t bytes = 64u << 20;
    return std::clamp<std::size_t>(bytes / std::max<std::size_t>(1, size), 16, 4096);
}

class PictureDataset final : public Dataset {
  public:
    PictureDataset(DatasetInfo info, KeptPictures train, KeptPictures test, NewReader reader)
        : info_(std::move(info))
        , train_(std::move(train))
        , test_(std::move(test))
        , reader_(std::move(reader)) {
        info_.trainSize = train_.count();
        info_.testSize = test_.count();
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part part, std::int64_t index, float* values) const override {
        of(part).read(index, values);
    }
    void readTarget(Part part, std::int64_t index, float* values) const override {
        *values = static_cast<float>(of(part).classes()[static_cast<std::size_t>(index)]);
    }
    NewSamplesResult readNew(const fs::path& path) const override { return reader_(path); }

  private:
    const KeptPictures& of(Part part) const { return part == Part::Train ? train_ : test_; }

    DatasetInfo info_;
    KeptPictures train_, test_;
    NewReader reader_;
};

} // namespace

std::uint8_t* KeptPictures::placeForOne() {
    constexpr std::int64_t blockBytes = 16 << 20, leftForWork = 256 << 20;
    const std::int64_t size = how_.shape.size();
    const std::int64_t most = std::max<std::int64_t>(1, blockBytes / size);
    if (room_ == 0) {
        isFull_ = !canReserve(most * size + leftForWork);
        if (isFull_) return nullptr;
        blocks_.push_back(
            std::make_unique_for_overwrite<std::uint8_t[]>(static_cast<std::size_t>(most * size)));
        room_ = most;
    }
    ++kept_;
    return blocks_.back().get() + (most - room_--) * size;
}

Status KeptPictures::add(std::vector<PictureFile>& files, std::int64_t budget, const LeaveOut& damaged,
                         Sha256& hash, RemarkCounts& counts, std::vector<std::string>& left) {
    const auto size = static_cast<std::size_t>(how_.shape.size());
    const auto all = std::ssize(files);
    const std::int64_t most = std::min<std::int64_t>(all, budget / how_.shape.size());
    const std::size_t step = std::min(files.size(), atOnce(size));
    std::vector<std::uint8_t> pixels(step * size), remarks(files.size());
    std::vector<std::uint64_t> stamps(step);
    Refusals refused;
    for (std::size_t first = 0; first < files.size(); first += step) {
        const std::size_t count = std::min(step, files.size() - first);
        const auto decodeOne = [&](std::size_t i) -> Status {
            const fs::path& path = files[first + i].path;
            stamps[i] = stampOf(path);
            const auto decoded = decode(path, how_);
            if (!decoded) return refuse(decoded.error());
            copyPixels(decoded->image, how_.shape, pixels.data() + i * size);
            remarks[first + i] = decoded->remarks;
            return {};
        };
        const std::span piece(files.data() + first, count);
        Refusals now = forEachPicture(piece, decodeOne);
        for (std::size_t i = 0; i < count; ++i) {
            if (now.contains(i)) continue;
            const std::uint8_t* const own = pixels.data() + i * size;
            hash.add({reinterpret_cast<const char*>(own), size});
            const auto at = static_cast<std::int64_t>(first + i);
            const bool fits = (at + 1) * most / all > at * most / all; // evenly spread
            std::uint8_t* const place = fits && !isFull_ ? placeForOne() : nullptr;
            if (place)
                pictures_.push_back({std::copy_n(own, size, place) - size});
            else
                pictures_.push_back({nullptr, piece[i].path, stamps[i]});
            classes_.push_back(piece[i].kind);
        }
        for (auto& [i, why] : now)
            refused.emplace(first + i, std::move(why));
    }
    for (const std::uint8_t bits : remarks)
        for (std::size_t bit = 0; bit < counts.size(); ++bit)
            counts[bit] += bits >> bit & 1;
    return leaveOut(files, refused, damaged, left);
}

void KeptPictures::read(std::int64_t index, float* values) const {
    const Picture& picture = pictures_[static_cast<std::size_t>(index)];
    const std::int64_t size = how_.shape.size();
    if (picture.pixels) return toShares(picture.pixels, values, size);
    thread_local std::vector<std::uint8_t> pixels;
    const auto decoded = decode(picture.path, how_);
    if (!decoded) throw std::runtime_error(oneLine(decoded.error()));
    if (stampOf(picture.path) != picture.stamp)
        throw std::runtime_error(picture.path.string() + " was changed after its folder was read");
    pixels.resize(static_cast<std::size_t>(size));
    copyPixels(decoded->image, how_.shape, pixels.data());
    toShares(pixels.data(), values, size);
}

std::shared_ptr<const Dataset> makePictureDataset(DatasetInfo info, KeptPictures train, KeptPictures test,
                                                  NewReader reader) {
    return std::make_shared<PictureDataset>(std::move(info), std::move(train), std::move(test),
                                            std::move(reader));
}

} // namespace burdock
