#include "start/network_picture.h"

#include "engine/schema/layer_registry.h"

#include <algorithm>
#include <map>
#include <optional>

namespace burdock {
namespace {

/// What is told by the layers around it: drawn as nothing.
bool isPassedOver(const LayerSchema& layer) {
    switch (layer.category) {
    case Category::Activation:
    case Category::Normalization:
    case Category::Regularization:
    case Category::Reshape:
        return true;
    default:
        return false;
    }
}

class Sketch {
  public:
    /// Adds what the graph holds; gives the cells that stand for its ends. `inflow`: those for its inputs.
    std::vector<int> add(const Graph& graph, const GraphReport& report, const std::vector<int>& inflow) {
        std::map<NodeId, int> ends; // the cell that a node's output comes from
        for (const NodeId id : report.order) {
            const Node* node = graph.find(id);
            const NodeReport* known = report.find(id);
            if (!node || !known) continue;
            std::vector<int> from;
            for (const Edge& edge : graph.inputsOf(id))
                if (const auto it = ends.find(edge.from); it != ends.end()) from.push_back(it->second);
            const auto inner = std::ranges::find(report.inflows, id);
            if (inner != report.inflows.end() && !inflow.empty()) {
                const auto port = static_cast<std::size_t>(inner - report.inflows.begin());
                ends[id] = inflow[std::min(port, inflow.size() - 1)];
            } else if (node->block) {
                if (const auto end = addBlock(*node->block, *known, from)) ends[id] = *end;
            } else if (const auto end = addLayer(*node, *known, std::move(from))) {
                ends[id] = *end;
            }
        }
        std::vector<int> out;
        for (const NodeId id : report.outflows)
            if (const auto it = ends.find(id); it != ends.end()) out.push_back(it->second);
        return out;
    }

    NetworkPicture take() {
        std::map<int, int> lanes; // how many stand in a column
        for (NetworkPicture::Cell& cell : picture_.cells)
            cell.lane = lanes[cell.column]++;
        return std::move(picture_);
    }

  private:
    std::optional<int> addLayer(const Node& node, const NodeReport& known, std::vector<int> from) {
        const LayerSchema* layer = layerRegistry().find(node.type);
        const bool passed = node.bypassed || (layer && isPassedOver(*layer));
        if (passed && !from.empty()) return from.front();
        NetworkPicture::Cell cell;
        cell.category = layer ? layer->category : Category::Reshape;
        if (known.output) cell.shape = *known.output;
        for (const int before : from)
            cell.column = std::max(cell.column, picture_.cells[static_cast<std::size_t>(before)].column + 1);
        cell.from = std::move(from);
        picture_.cells.push_back(std::move(cell));
        return static_cast<int>(picture_.cells.size()) - 1;
    }

    std::optional<int> addBlock(const Block& block, const NodeReport& known, const std::vector<int>& from) {
        if (known.repetitions.empty() || !known.repetitions.front()) return {};
        const std::size_t before = picture_.cells.size();
        const std::vector<int> out = add(*block.body, *known.repetitions.front(), from);
        if (block.repeat > 1 && picture_.cells.size() > before) {
            NetworkPicture::Frame frame{picture_.cells[before].column, picture_.cells[before].column,
                                        block.repeat};
            for (std::size_t i = before; i < picture_.cells.size(); ++i) {
                frame.first = std::min(frame.first, picture_.cells[i].column);
                frame.last = std::max(frame.last, picture_.cells[i].column);
            }
            picture_.frames.push_back(frame);
        }
        return out.empty() ? std::optional<int>() : out.front();
    }

    NetworkPicture picture_;
};

} // namespace

int NetworkPicture::columns() const {
    int last = -1;
    for (const Cell& cell : cells)
        last = std::max(last, cell.column);
    return last + 1;
}

NetworkPicture pictureOf(const Graph& graph, const GraphReport& report) {
    Sketch sketch;
    sketch.add(graph, report, {});
    return sketch.take();
}

} // namespace burdock
