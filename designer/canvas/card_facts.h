#pragma once

#include "engine/graph/check_graph.h"

#include <QPolygonF>
#include <QString>
#include <QStringList>

#include <map>
#include <optional>
#include <vector>

namespace burdock {

/// What is drawn beside a card's name.
enum class Emblem {
    None,
    Curve,
    Kernel,
    Pool,
    Bars,
    Repeat,
    Picture,
    Fan,
    Dots,
    Bell,
    Join,
    Line,
    Beads,
    Vector
};

/// All that a node's card shows, worked out once per change of the graph: painting only reads it.
struct CardFacts {
    QString name;
    QString summary;
    QString shape;      ///< of the output: "28×28×64"; empty while it is unknown
    QString parameters; ///< "3.2 k"; empty for a layer without weights
    Category category = Category::Reshape;
    bool known = true; ///< false: the layer's plugin is missing
    bool bypassed = false;
    bool frozen = false;
    int repeat = 1;          ///< of a block
    int inputs = 1;          ///< ports to be drawn
    int outputs = 1;         ///< ports to be drawn
    QStringList outputNames; ///< of a node with several
    Emblem emblem = Emblem::None;
    QPolygonF curve;      ///< of an activation, in a square of side 1 with y downwards
    double curveZero = 1; ///< where its zero lies in that square
    IntPair kernel{0, 0};
    std::optional<Severity> worst;
    QString trouble; ///< rich text of the badge's tooltip

    friend bool operator==(const CardFacts&, const CardFacts&) = default;
};

/// What is wrong with each node, or within it.
using Troubles = std::map<NodeId, std::vector<const Diagnostic*>>;
Troubles troublesOf(const GraphReport& report);

/// `troubles` are those of the report, which need not be looked through for every node.
CardFacts cardFacts(const Graph& graph, const GraphReport& report, const Troubles& troubles,
                    const Node& node);

} // namespace burdock
