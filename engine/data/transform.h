#pragma once

#include "engine/schema/registry.h"
#include "engine/tensor/random.h"
#include "engine/tensor/shape.h"

#include <functional>
#include <span>
#include <vector>

namespace burdock {

/// The random numbers of one transform on one sample, in the order they are asked for. They follow from the
/// key alone.
class Draws {
  public:
    explicit Draws(std::uint64_t key)
        : key_(key) {}
    double uniform(double from, double to) { return from + (to - from) * randomUniform(key_, next_++); }
    /// A whole number from … to, both of them possible.
    std::int64_t whole(std::int64_t from, std::int64_t to) {
        return from + static_cast<std::int64_t>(
                          randomBelow(key_, next_++, static_cast<std::uint64_t>(to - from + 1)));
    }
    bool chance(double probability) { return randomUniform(key_, next_++) < probability; }
    /// Standard normal; `index` tells apart those of one sample.
    float normal(std::int64_t index) const {
        return static_cast<float>(randomNormal(deriveKey(key_, "normal"), static_cast<std::uint64_t>(index)));
    }

  private:
    std::uint64_t key_, next_ = 0;
};

/// Changes one picture in place: `pixels` are shape.size() values of 0..1 before and after. A function of its
/// arguments; `scratch` is memory for it.
using PictureFunction =
    std::function<void(const Shape& shape, float* pixels, Draws& draws, std::vector<float>& scratch)>;

/// One way to change pictures so that a network sees more of them than there are.
struct TransformSchema {
    static constexpr std::string_view kind = "transform", plural = "transforms";
    std::string id, name, doc;
    std::vector<ParamSpec> params; ///< its own, then "probability": how often it is applied
    std::function<PictureFunction(const ParamValues&)> make;
    bool movesPixels = false; ///< what a pixel shows is somewhere else afterwards
    /// Whether nothing may be left of pictures of a shape; empty: never.
    std::function<bool(const ParamValues&, const Shape&)> canEmpty{};
    std::string_view lacks() const { return make ? "" : "make"; }
};

/// The lecture's shift, rotate, darken, lighten and shear; then flip, zoom, crop, noise, cutout.
Registry<TransformSchema>& transforms();
const TransformSchema* findTransform(std::string_view id);

/// A transform with its settings, as a run's settings hold it.
struct TransformUse {
    std::string id;
    ParamValues params; ///< missing: defaults
    friend bool operator==(const TransformUse&, const TransformUse&) = default;
};

/// Ids and settings against the registry.
std::vector<Diagnostic> checkAugmentation(const std::vector<TransformUse>& uses);
/// Reads "shift:pixels=2;flip;rotate:degrees=10", or "none".
Result<std::vector<TransformUse>> parseAugmentation(std::string_view text);
std::string formatAugmentation(const std::vector<TransformUse>& uses);

/// Transforms applied to every sample one after the other, in the order given.
class Augmentation {
  public:
    Augmentation() = default;
    /// The uses must have passed checkAugmentation.
    explicit Augmentation(const std::vector<TransformUse>& uses);

    bool isEmpty() const { return steps_.empty(); }
    /// Thread-safe. The same key does the same to the same pixels.
    void apply(const Shape& shape, float* pixels, std::uint64_t key, std::vector<float>& scratch) const;
    /// Moves the labels of a picture's pixels as apply() with the same key moves the pixels. `shape` has the
    /// picture's height and width, and a channel for each label.
    void applyToMask(const Shape& shape, float* labels, std::uint64_t key, std::vector<float>& scratch) const;

  private:
    struct Step {
        double probability;
        PictureFunction function;
        bool movesPixels;
    };
    template <class Wanted>
    void run(const Shape& shape, float* pixels, std::uint64_t key, std::vector<float>& scratch,
             Wanted wanted) const;
    std::vector<Step> steps_;
};

} // namespace burdock
