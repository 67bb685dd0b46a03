#pragma once

#include "engine/train/predictor.h"
#include "surface/surface_scene.h"

namespace burdock {

/// A sample as it lies over a surface.
struct SurfacePoint {
    double x = 0, y = 0;
    float target = 0; ///< its class, or the number that was to be predicted
    bool validation = false;
    bool wrong = false; ///< the network says another class
};

/// What a network answers over a grid of two values of its input, or along one.
struct Surface {
    std::shared_ptr<const SurfaceScene> scene;
    SurfaceChoice choice;
    Range x, y;                 ///< in the data's units; of a curve, y is the answer's
    int columns = 0, rows = 0;  ///< one row: a curve
    int width = 1;              ///< numbers of a cell: a share for each class, or the number itself
    std::vector<float> answers; ///< cell by cell along x, row by row from the lowest y; NaN: no answer
    std::vector<SurfacePoint> points;
    std::int64_t epoch = 0; ///< whose weights these are

    bool isCurve() const { return rows == 1; }
    std::span<const float> cell(int column, int row) const {
        return std::span(answers).subspan(static_cast<std::size_t>((row * columns + column) * width),
                                          static_cast<std::size_t>(width));
    }
    double xOf(int column) const; ///< of a cell's middle
    double yOf(int row) const;
    std::span<const float> at(double x, double y) const; ///< the cell there, or the nearest
    std::ptrdiff_t wrong() const;
};

/// The class with the largest share; -1 where one is no number.
int classIn(std::span<const float> shares);

/// Asks the network over a grid of so many cells each way; of a curve, four times as many points.
Surface makeSurface(Predictor& network, std::shared_ptr<const SurfaceScene> scene,
                    const SurfaceChoice& choice, int side);

} // namespace burdock
