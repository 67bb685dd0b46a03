#pragma once

#include "engine/data/dataset.h"
#include "engine/data/picture.h"

#include <optional>
#include <span>

namespace burdock {

/// What is done to pictures that are not as large as the network wants them.
enum class Fit {
    Off,    ///< nothing: data and network must agree
    Resize, ///< they are drawn larger or smaller
    Pad     ///< black is put around them, or their borders are cut off
};

/// Brings samples of one shape to another: pictures of other sizes, grey to colour (three times the same),
/// colour to grey, and values that are only ordered otherwise (784 to 1 × 28 × 28).
class PictureFit {
  public:
    /// Whether it can be done at all. Pictures whose pixels are labelled keep their size.
    static bool isPossible(const DatasetInfo& from, const Shape& to);
    /// It must be possible, and `fit` not Off.
    PictureFit(const Shape& from, const Shape& to, Fit fit);

    /// Thread-safe; `from` and `to` are as large as the shapes say.
    void apply(const float* from, float* to) const;

  private:
    Shape from_, to_;
    bool copy_ = false;
    std::optional<Resizer> resizer_; ///< nothing: pads
};

/// The data as a network with this input sees them; the data themselves where they are so already, or where
/// nothing is to be or can be done.
std::shared_ptr<const Dataset> fitted(std::shared_ptr<const Dataset> data, const Shape& input, Fit fit);

} // namespace burdock
