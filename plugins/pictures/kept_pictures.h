#pragma once

#include "files/byte_pictures.h"
#include "files/content_hash.h"
#include "picture_samples.h"

#include <memory>
#include <string>
#include <vector>

namespace burdock {

/// The pictures of one part. As many as a budget of memory holds are kept decoded, a byte a value; the
/// others, spread evenly among them, are decoded whenever they are read. Constant after it is made, so any
/// thread may read.
class KeptPictures {
  public:
    explicit KeptPictures(Decoding how)
        : how_(std::move(how)) {}

    /// Decodes all files, and keeps what fits `budget` bytes, or less where the system gives less; what they
    /// are is added to `hash`, in their order. Those that are left out are taken out of `files`.
    Status add(std::vector<PictureFile>& files, std::int64_t budget, const LeaveOut& damaged, Sha256& hash,
               RemarkCounts& counts, std::vector<std::string>& left);

    std::int64_t count() const { return std::ssize(pictures_); }
    std::int64_t kept() const { return kept_; }
    std::int64_t bytes() const { return kept_ * how_.shape.size(); } ///< of those that are kept
    const std::vector<std::int64_t>& classes() const { return classes_; }
    /// Writes a picture, its values brought to 0..1. Throws where its file can no longer be read, or is
    /// another one.
    void read(std::int64_t index, float* values) const;

  private:
    struct Picture {
        const std::uint8_t* pixels = nullptr; ///< null: not kept
        std::filesystem::path path{};         ///< where not kept
        std::uint64_t stamp = 0;              ///< of the file as it was
    };
    std::uint8_t* placeForOne();

    Decoding how_;
    std::vector<Picture> pictures_;
    std::vector<std::int64_t> classes_;
    std::vector<std::unique_ptr<std::uint8_t[]>> blocks_;
    std::int64_t kept_ = 0, room_ = 0; ///< room: pictures that the last block still takes
    bool isFull_ = false;              ///< the system gives no more
};

/// A data set of them, each with its class. The numbers of samples are put into `info`.
std::shared_ptr<const Dataset> makePictureDataset(DatasetInfo info, KeptPictures train, KeptPictures test,
                                                  NewReader reader);

} // namespace burdock
