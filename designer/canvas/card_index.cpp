#include "canvas/card_index.h"

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

constexpr double stripHeight = 128; // about a row of cards

/// Positions come out of files: any number may stand there.
qint64 stripOf(double y) {
    return static_cast<qint64>(std::floor(std::clamp(y, -1e12, 1e12) / stripHeight));
}

} // namespace

CardIndex::CardIndex(const std::vector<QRectF>& cards) {
    for (const QRectF& card : cards) {
        Strip& strip = strips_[stripOf(card.top())];
        strip.cards.push_back(card);
        strip.widest = std::max(strip.widest, card.width());
        tallest_ = std::max(tallest_, card.height());
        bounds_ |= card;
    }
    for (auto& [row, strip] : strips_)
        std::ranges::sort(strip.cards, {}, &QRectF::left);
}

std::vector<QRectF> CardIndex::within(const QRectF& area, const QRectF& except,
                                      const QRectF& exceptToo) const {
    std::vector<QRectF> found;
    const auto last = strips_.upper_bound(stripOf(area.bottom()));
    for (auto strip = strips_.lower_bound(stripOf(area.top() - tallest_)); strip != last; ++strip) {
        const auto& [cards, widest] = strip->second;
        for (auto card = std::ranges::lower_bound(cards, area.left() - widest, {}, &QRectF::left);
             card != cards.end() && card->left() <= area.right(); ++card)
            if (card->right() >= area.left() && card->bottom() >= area.top() &&
                card->top() <= area.bottom() && *card != except && *card != exceptToo)
                found.push_back(*card);
    }
    return found;
}

} // namespace burdock
