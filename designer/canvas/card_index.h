#pragma once

#include <QRectF>

#include <map>
#include <vector>

namespace burdock {

/// The cards of a canvas by their place: what stands within an area is found without asking all of them.
class CardIndex {
  public:
    CardIndex() = default;
    explicit CardIndex(const std::vector<QRectF>& cards);

    /// Those that touch `area`, but for `except` and `exceptToo`.
    std::vector<QRectF> within(const QRectF& area, const QRectF& except = {},
                               const QRectF& exceptToo = {}) const;
    /// All cards and the room between them.
    const QRectF& bounds() const { return bounds_; }

  private:
    /// Cards that begin in one strip of the canvas, from left to right.
    struct Strip {
        std::vector<QRectF> cards;
        double widest = 0;
    };
    std::map<qint64, Strip> strips_;
    double tallest_ = 0;
    QRectF bounds_;
};

} // namespace burdock
