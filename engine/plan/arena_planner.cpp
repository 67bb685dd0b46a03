#include "engine/plan/arena_planner.h"

#include "engine/tensor/saturated.h"

#include <algorithm>
#include <numeric>

namespace burdock {
namespace {

/// Parts of the arena that are taken; those that touch are one.
class TakenParts {
  public:
    void add(std::int64_t begin, std::int64_t end) {
        const auto first = std::ranges::lower_bound(parts_, begin, {}, &Part::end);
        auto last = first;
        for (; last != parts_.end() && last->begin <= end; ++last) {
            begin = std::min(begin, last->begin);
            end = std::max(end, last->end);
        }
        if (first == last) {
            parts_.insert(first, {begin, end});
            return;
        }
        *first = {begin, end};
        parts_.erase(first + 1, last);
    }
    /// The lowest offset from `offset` on with so many free floats behind it.
    std::int64_t fit(std::int64_t offset, std::int64_t floats) const {
        for (auto part = std::ranges::upper_bound(parts_, offset, {}, &Part::end);
             part != parts_.end() && part->begin < saturatedSum(offset, floats); ++part)
            offset = part->end;
        return offset;
    }

  private:
    struct Part {
        std::int64_t begin, end;
    };
    std::vector<Part> parts_; ///< by begin, and so by end
};

/// What is taken at each time: a tree whose nodes stand for stretches of time, each half of its parent's. A
/// span consists of few of them, and what lies side by side at many times becomes one part there, so that
/// neither a search nor an entry looks at all buffers that have their place.
class TakenTimes {
  public:
    explicit TakenTimes(int end) {
        while (leaves_ < end)
            leaves_ *= 2;
        nodes_.resize(2 * static_cast<std::size_t>(leaves_));
    }
    void add(TimeSpan span, std::int64_t begin, std::int64_t end) {
        visit(
            span, [&](Node& above) { above.sometimes.add(begin, end); },
            [&](Node& whole) {
                whole.sometimes.add(begin, end);
                whole.always.add(begin, end);
            });
    }
    /// Appends all that may be in the way of a buffer in that span.
    void find(TimeSpan span, std::vector<const TakenParts*>& inTheWay) {
        visit(
            span, [&](Node& above) { inTheWay.push_back(&above.always); },
            [&](Node& whole) { inTheWay.push_back(&whole.sometimes); });
    }

  private:
    struct Node {
        TakenParts always;    ///< by buffers whose span has this stretch as one of its pieces
        TakenParts sometimes; ///< by those and by buffers whose span has pieces within it
    };
    /// Calls whole(node) for the stretches that the span consists of, and above(node) for those around them.
    template <class Above, class Whole>
    void visit(TimeSpan span, const Above& above, const Whole& whole) {
        if (!span.isEmpty()) visit(1, 0, leaves_ - 1, span, above, whole);
    }
    template <class Above, class Whole>
    void visit(std::size_t node, int first, int last, TimeSpan span, const Above& above, const Whole& whole) {
        if (span.first <= first && last <= span.last) return whole(nodes_[node]);
        above(nodes_[node]);
        const int middle = first + (last - first) / 2;
        if (span.first <= middle) visit(2 * node, first, middle, span, above, whole);
        if (span.last > middle) visit(2 * node + 1, middle + 1, last, span, above, whole);
    }

    int leaves_ = 1;
    std::vector<Node> nodes_; ///< the root is 1, the halves of i are 2i and 2i + 1
};

} // namespace

ArenaPlan planArena(const std::vector<BufferUse>& buffers) {
    constexpr std::int64_t line = 16;
    const auto rounded = [](std::int64_t floats) { return saturatedSum(floats, line - 1) / line * line; };
    std::vector<std::size_t> order(buffers.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return buffers[a].floats > buffers[b].floats; });
    int end = 0;
    for (const BufferUse& buffer : buffers)
        end = std::max({end, buffer.span.last + 1, buffer.again.last + 1});

    ArenaPlan plan;
    plan.offsets.assign(buffers.size(), 0);
    TakenTimes taken(end);
    std::vector<const TakenParts*> inTheWay;
    for (const std::size_t index : order) {
        const BufferUse& buffer = buffers[index];
        const std::int64_t floats = rounded(buffer.floats);
        inTheWay.clear();
        taken.find(buffer.span, inTheWay);
        taken.find(buffer.again, inTheWay);
        std::int64_t offset = 0, tried = -1;
        while (tried != offset) {
            tried = offset;
            for (const TakenParts* parts : inTheWay)
                offset = parts->fit(offset, floats);
        }
        plan.offsets[index] = offset;
        if (floats == 0) continue;
        const std::int64_t behind = saturatedSum(offset, floats);
        plan.floats = std::max(plan.floats, behind);
        taken.add(buffer.span, offset, behind);
        taken.add(buffer.again, offset, behind);
    }
    return plan;
}

} // namespace burdock
