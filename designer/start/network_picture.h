#pragma once

#include "engine/graph/check_graph.h"
#include "engine/schema/layer_schema.h"

#include <vector>

class QPainter;
class QRectF;

namespace burdock {

/// A network in little, as architectures are drawn in papers: maps are bars as high as they are, and the
/// wider the more channels they have; features are columns of neurons; what is joined again goes around in an
/// arc. Repetitions of a block are drawn once. Made on any thread, and painted in any size and theme.
struct NetworkPicture {
    struct Cell {
        Category category = Category::Input;
        Shape shape;           ///< of its output
        int column = 0;        ///< from the left
        int lane = 0;          ///< 0: the main line; further ones stand beside it
        std::vector<int> from; ///< the cells that feed it
    };
    struct Frame {
        int first = 0, last = 0; ///< columns
        std::int64_t repeat = 1;
    };
    std::vector<Cell>
        cells; ///< each after those that feed it; layers without a size of their own are left out
    std::vector<Frame> frames;

    bool isEmpty() const { return cells.empty(); }
    int columns() const;
};

NetworkPicture pictureOf(const Graph& graph, const GraphReport& report);

/// Fills `box` in one direction at least, and stays in its middle.
void paintNetwork(QPainter& painter, const NetworkPicture& picture, const QRectF& box);

} // namespace burdock
