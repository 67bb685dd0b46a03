#include "dashboard/curve_math.h"

#include <algorithm>
#include <cmath>

namespace burdock {

Points smoothed(const Points& points, double weight) {
    if (weight <= 0) return points;
    Points result;
    result.reserve(points.size());
    double mean = 0;
    double bias = 1;
    for (const QPointF& p : points) {
        if (!std::isfinite(p.y())) continue;
        mean = weight * mean + (1 - weight) * p.y();
        bias *= weight;
        result.append({p.x(), mean / (1 - bias)});
    }
    return result;
}

double spreadWeight(double weight, qsizetype points) {
    constexpr double usual = 200;
    const double times = static_cast<double>(points) / usual;
    const double past = weight / (1 - weight); // how many points of the past count
    return times <= 1 ? weight : past * times / (1 + past * times);
}

Points decimated(const Points& points, Range x, int buckets) {
    const auto byX = [](const QPointF& p, double v) { return p.x() < v; };
    auto first = std::lower_bound(points.begin(), points.end(), x.low, byX);
    auto last = std::lower_bound(points.begin(), points.end(), x.high, byX);
    while (last != points.end() && last->x() <= x.high)
        ++last;
    if (first != points.begin()) --first;
    if (last != points.end()) ++last;

    Points result;
    if (last - first <= 2 * buckets || x.span() <= 0) {
        for (auto p = first; p != last; ++p)
            if (std::isfinite(p->y())) result.append(*p);
        if (result.size() <= 2 * buckets + 2) return result;
        result.clear();
    }
    result.reserve(2 * buckets + 2);
    const double width = x.span() > 0 ? x.span() / buckets : 1;
    const auto bucketOf = [&](const QPointF& p) {
        if (p.x() < x.low) return -1;
        if (p.x() > x.high) return buckets;
        return std::min(buckets - 1, static_cast<int>((p.x() - x.low) / width));
    };
    for (auto p = first; p != last;) {
        const int bucket = bucketOf(*p);
        const QPointF* low = nullptr;
        const QPointF* high = nullptr;
        for (; p != last && bucketOf(*p) == bucket; ++p) {
            if (!std::isfinite(p->y())) continue;
            if (!low || p->y() < low->y()) low = &*p;
            if (!high || p->y() >= high->y()) high = &*p;
        }
        if (!low) continue;
        if (low == high || bucket < 0 || bucket == buckets) {
            result.append(*low);
        } else {
            result.append(low < high ? *low : *high);
            result.append(low < high ? *high : *low);
        }
    }
    return result;
}

const QPointF* nearest(const Points& points, double x) {
    if (points.isEmpty()) return nullptr;
    auto after = std::lower_bound(points.begin(), points.end(), x,
                                  [](const QPointF& p, double v) { return p.x() < v; });
    if (after == points.end()) --after;
    if (after != points.begin() && x - (after - 1)->x() < after->x() - x) --after;
    return &*after;
}

QList<double> niceTicks(Range range, int count) {
    // Between numbers that all but agree, multiples of a step cannot be told apart.
    const double largest = std::max(std::abs(range.low), std::abs(range.high));
    if (!(range.span() > 1e-12 * largest) || count < 1) return {range.low};
    const double rough = range.span() / count;
    const double power = std::pow(10, std::floor(std::log10(rough)));
    double step = 10 * power;
    for (const double m : {1.0, 2.0, 2.5, 5.0})
        if (m * power >= rough * 0.999) {
            step = m * power;
            break;
        }
    QList<double> ticks;
    const double from = std::ceil(range.low / step - 1e-9);
    for (double i = from; i * step <= range.high + step * 1e-9; ++i)
        ticks.append(i == 0 ? 0 : i * step);
    return ticks;
}

QList<double> logTicks(Range range, int count) {
    QList<double> ticks;
    if (!(range.low > 0) || !(range.span() > 0)) return ticks;
    const int from = static_cast<int>(std::floor(std::log10(range.low)));
    const int to = static_cast<int>(std::ceil(std::log10(range.high)));
    for (int power = from; power <= to; ++power)
        for (const double m : {1.0, 2.0, 5.0})
            if (const double v = m * std::pow(10, power);
                v >= range.low * (1 - 1e-9) && v <= range.high * (1 + 1e-9))
                ticks.append(v);
    if (ticks.size() < 3) return niceTicks(range, count);
    if (ticks.size() <= 2 * count) return ticks;
    QList<double> powers;
    const int every = std::max(1, (to - from) / count);
    for (int power = from; power <= to; power += every)
        if (const double v = std::pow(10, power); range.contains(v)) powers.append(v);
    return powers;
}

} // namespace burdock
