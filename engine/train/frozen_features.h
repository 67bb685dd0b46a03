#pragma once

#include "engine/plan/plan.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace burdock {

/// What the frozen layers at the beginning of a network give for each sample, kept from its first pass on, so
/// that later passes over it run the head alone. The results have the very bits that whole passes have: the
/// first pass of each plan with kept features is a whole one as well, and where its own features differ, as
/// they may where kernels are chosen by the batch, that plan goes on with whole passes.
class FrozenFeatures {
  public:
    /// For plans of the same network that share their memory for values, the first being that whose features
    /// are kept, and for these samples of one part. They are parted at the latest of their cuts whose
    /// features fit `budget` bytes. Null where there is none, or no memory. `alwaysAlike`: a sample always
    /// comes at the same place of the same batch, so that nothing need be compared.
    static std::unique_ptr<FrozenFeatures> make(std::vector<Plan*> plans,
                                                std::span<const std::int64_t> samples, std::int64_t budget,
                                                bool alwaysAlike);

    ~FrozenFeatures();
    std::int64_t bytes() const; ///< of all samples
    /// Whether the first plan has come to take what is kept.
    bool areUsed() const { return parted_.front()->trust == Trust::Alike; }
    /// Whether the plan takes what is kept for these samples, and needs no inputs. On any thread.
    bool serves(const Plan& plan, std::span<const std::int64_t> samples) const;
    /// plan.forward(seed) for these samples, which may be fewer than its batch: the rest of it is then the
    /// last one over and over. `inputs`: theirs, one after the other; not read where serves().
    void forward(Plan& plan, const float* inputs, std::span<const std::int64_t> samples, std::uint64_t seed);
    /// The same with a look at every value: see Plan::watchedForward().
    std::optional<std::string> watchedForward(Plan& plan, const float* inputs,
                                              std::span<const std::int64_t> samples);

  private:
    enum class Trust : std::uint8_t { Unknown, Alike, Different };
    struct Parted {
        Plan* plan = nullptr;
        bool isParted = false; ///< at the same place as the first
        std::atomic<Trust> trust = Trust::Unknown;
    };
    FrozenFeatures() = default;
    Parted& partedOf(const Plan& plan) const;
    bool holdsAll(std::span<const std::int64_t> samples) const;
    void keep(std::span<const std::int64_t> samples);
    void giveBack(Plan& plan, std::span<const std::int64_t> samples) const;
    bool areKept(const Plan& plan, std::span<const std::int64_t> samples) const;
    /// Calls f(place of the features, index) for each sample.
    void forEach(std::span<const std::int64_t> samples, const auto& f) const;

    std::vector<std::unique_ptr<Parted>> parted_;
    std::vector<std::int32_t> rows_; ///< by sample; -1: not one of these
    std::size_t floats_ = 0;         ///< of a sample
    bool halves_ = false;            ///< the upper halves of floats are all there is to them
    std::unique_ptr<std::uint16_t[]> kept_;
    std::unique_ptr<std::atomic<bool>[]> isKept_; ///< by row
    std::size_t count_ = 0;
    std::int64_t toCome_ = 0; ///< bytes that are not filled yet, and so still look free
};

/// For features, in bytes: half of what is free beside a training that takes `training` bytes, and beside
/// the features that other runs of this program are still to keep. To be asked before that training's plans
/// are made.
std::int64_t featuresBudget(std::int64_t training);

/// What a run tells once it takes kept features.
Diagnostic featuresKept(std::string network, std::int64_t bytes);

} // namespace burdock
