#pragma once

#include <QList>
#include <QPointF>

namespace burdock {

/// A curve: points with rising x. Points whose y is not finite are skipped by everything here.
using Points = QList<QPointF>;

struct Range {
    double low = 0;
    double high = 1;
    double span() const { return high - low; }
    bool contains(double v) const { return v >= low && v <= high; }
    friend bool operator==(const Range&, const Range&) = default;
};

/// Exponential moving average with the start's bias taken out, as TensorBoard smooths: `weight` in [0, 1) is
/// the share of the past. The same x values come back.
Points smoothed(const Points& points, double weight);

/// The weight that averages over the same part of a long curve as `weight` does over one of 200 points: of
/// single-sample batches a fixed number of steps says next to nothing.
double spreadWeight(double weight, qsizetype points);

/// At most 2 · buckets + 2 points that draw the same picture in `x`: the lowest and the highest of each
/// bucket in their order, and one point beyond either border so that lines run out of the picture.
Points decimated(const Points& points, Range x, int buckets);

/// The point whose x is nearest; null for an empty curve.
const QPointF* nearest(const Points& points, double x);

/// Round numbers (1, 2, 2.5 or 5 times a power of ten) within the range, about `count` of them; the
/// lowest value alone where the range is too narrow for that.
QList<double> niceTicks(Range range, int count);
/// 1, 2 and 5 times the powers of ten within the range, thinned to about `count`; of a range within one
/// such interval, niceTicks.
QList<double> logTicks(Range range, int count);

} // namespace burdock
