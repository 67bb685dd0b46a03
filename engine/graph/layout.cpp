#include "engine/graph/layout.h"

#include "engine/schema/layer_registry.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

// Layered drawing after Sugiyama, Tagawa and Toda (1981): ranks by longest path, placeholders where an edge
// passes a rank, orders by barycentres. Heights within a rank are a least-squares problem with separation
// constraints, which the pool-adjacent-violators algorithm solves exactly.

namespace burdock {
namespace {

constexpr double columnGap = 44;
constexpr double cardSeparation = 28;
constexpr double rowSeparation = 60;
constexpr double laneHeight = 16;

/// A node's place in a rank, or the place that a passing edge keeps free.
struct Cell {
    NodeId node; ///< none for a passing edge
    CardSize size{0, laneHeight};
    double y = 0;
    std::vector<int> before, after; ///< cells of the neighbouring ranks
    std::vector<double> enters;     ///< for each of `before`: where on this cell, 0 top to 1 bottom
    double center() const { return y + size.height / 2; }
};

using Rank = std::vector<int>; ///< cells from top to bottom

/// Tops that are nearest to `wanted` (weighted squares) while cells keep their order and separation.
std::vector<double> separate(const std::vector<double>& wanted, const std::vector<double>& weights,
                             const std::vector<double>& heights) {
    struct Pool {
        double mean, weight;
        std::size_t count;
    };
    std::vector<Pool> pools;
    std::vector<double> offsets(wanted.size(), 0);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (i > 0) offsets[i] = offsets[i - 1] + heights[i - 1] + cardSeparation;
        pools.push_back({wanted[i] - offsets[i], weights[i], 1});
        while (pools.size() > 1 && pools[pools.size() - 2].mean > pools.back().mean) {
            const Pool last = pools.back();
            pools.pop_back();
            Pool& into = pools.back();
            into.mean = (into.mean * into.weight + last.mean * last.weight) / (into.weight + last.weight);
            into.weight += last.weight;
            into.count += last.count;
        }
    }
    std::vector<double> tops;
    for (const Pool& pool : pools)
        for (std::size_t i = 0; i < pool.count; ++i)
            tops.push_back(pool.mean + offsets[tops.size()]);
    return tops;
}

class Layout {
  public:
    Layout(Graph& graph, const std::function<CardSize(const Node&)>& sizeOf, double rowWidth)
        : graph_(graph)
        , sizeOf_(sizeOf)
        , rowWidth_(rowWidth) {}

    void run() {
        rankNodes();
        double top = 0;
        const std::vector<int> starts = breakRows();
        for (std::size_t i = 0; i < starts.size(); ++i) {
            const int end = i + 1 < starts.size() ? starts[i + 1] : static_cast<int>(ranks_.size());
            top = placeRow(starts[i], end, top) + rowSeparation;
        }
        placeLoose(top);
    }

  private:
    // Ranks
    void rankNodes() {
        std::map<NodeId, int> rank;
        std::vector<NodeId> order = topologicalOrder(graph_);
        int last = 0;
        for (const NodeId id : order) {
            int r = 0;
            for (const Edge& e : graph_.inputsOf(id))
                r = std::max(r, rank[e.from] + 1);
            rank[id] = r;
            last = std::max(last, r);
        }
        for (const Node& node : graph_.nodes()) // what lies on a cycle has no longest path
            if (!rank.contains(node.id)) {
                rank[node.id] = ++last;
                order.push_back(node.id);
            }
        // A side branch starts just before it is needed.
        for (auto it = order.rbegin(); it != order.rend(); ++it) {
            const auto fed = graph_.outputsOf(*it);
            if (fed.empty() || !graph_.inputsOf(*it).empty()) continue;
            int next = std::numeric_limits<int>::max();
            for (const Edge& e : fed)
                next = std::min(next, rank[e.to]);
            rank[*it] = std::max(0, next - 1);
        }
        for (const NodeId id : order) {
            if (graph_.inputsOf(id).empty() && graph_.outputsOf(id).empty() && order.size() > 1) {
                loose_.push_back(id);
                continue;
            }
            rank_[id] = rank[id];
            ranks_.resize(std::max(ranks_.size(), static_cast<std::size_t>(rank[id]) + 1));
            ranks_[static_cast<std::size_t>(rank[id])].push_back(id);
        }
        std::erase_if(ranks_, [](const auto& r) { return r.empty(); });
        for (std::size_t r = 0; r < ranks_.size(); ++r)
            for (const NodeId id : ranks_[r])
                rank_[id] = static_cast<int>(r);
    }

    double rankWidth(int r) const {
        double width = 0;
        for (const NodeId id : ranks_[static_cast<std::size_t>(r)])
            width = std::max(width, sizeOf_(*graph_.find(id)).width);
        return width;
    }

    /// What it costs the reader when a row ends after rank r.
    double breakCost(int r) const {
        int crossing = 0;
        for (const Edge& e : graph_.edges())
            if (rank_.contains(e.from) && rank_.contains(e.to) && rank_.at(e.from) <= r && rank_.at(e.to) > r)
                ++crossing;
        if (crossing > 1) return 4.0 * (crossing - 1);
        const auto& rank = ranks_[static_cast<std::size_t>(r)];
        if (rank.size() != 1) return 4;
        const LayerSchema* schema = layerRegistry().find(graph_.find(rank.front())->type);
        const Category category = schema ? schema->category : Category::Reshape;
        const LayerSchema* next =
            layerRegistry().find(graph_.find(ranks_[static_cast<std::size_t>(r) + 1].front())->type);
        // What belongs to the layer before it should not begin a line.
        const bool clings =
            next && (next->category == Category::Activation || next->category == Category::Normalization ||
                     next->category == Category::Pooling || next->category == Category::Regularization);
        if (clings) return 0.5;
        return category == Category::Pooling ? 0 : 0.15;
    }

    /// Where rows start: the cheapest of all ways to break the lines.
    std::vector<int> breakRows() const {
        const int n = static_cast<int>(ranks_.size());
        std::vector<double> cost(static_cast<std::size_t>(n) + 1, std::numeric_limits<double>::infinity());
        std::vector<int> from(static_cast<std::size_t>(n) + 1, 0);
        cost[0] = 0;
        for (int end = 1; end <= n; ++end) {
            const double after = end == n ? 0 : breakCost(end - 1);
            double width = -columnGap;
            for (int start = end - 1; start >= 0; --start) {
                width += rankWidth(start) + columnGap;
                if (width > rowWidth_ && start < end - 1) break;
                const double slack = std::max(0.0, 1 - width / rowWidth_);
                // The last line of a paragraph may be short.
                const double c = cost[static_cast<std::size_t>(start)] + after +
                                 (end == n ? 0.2 : 1.0) * slack * slack + 0.02;
                if (c < cost[static_cast<std::size_t>(end)]) {
                    cost[static_cast<std::size_t>(end)] = c;
                    from[static_cast<std::size_t>(end)] = start;
                }
            }
        }
        std::vector<int> starts;
        for (int end = n; end > 0; end = from[static_cast<std::size_t>(end)])
            starts.push_back(from[static_cast<std::size_t>(end)]);
        std::reverse(starts.begin(), starts.end());
        return starts;
    }

    // One row
    double placeRow(int start, int end, double top) {
        buildCells(start, end);
        orderCells();
        alignCells();
        double x = 0, highest = std::numeric_limits<double>::infinity(), lowest = -highest;
        for (const Cell& cell : cells_) {
            highest = std::min(highest, cell.y);
            lowest = std::max(lowest, cell.y + cell.size.height);
        }
        for (std::size_t r = 0; r < row_.size(); ++r) {
            const double width = rankWidth(start + static_cast<int>(r));
            for (const int c : row_[r])
                if (const Cell& cell = cells_[static_cast<std::size_t>(c)]; cell.node)
                    graph_.edit(cell.node)->position = {x + std::round((width - cell.size.width) / 2),
                                                        std::round(top + cell.y - highest)};
            x += width + columnGap;
        }
        return top + (lowest - highest);
    }

    void buildCells(int start, int end) {
        cells_.clear();
        row_.assign(static_cast<std::size_t>(end - start), {});
        std::map<NodeId, int> cellOf;
        const auto add = [&](int rank, NodeId id, CardSize size) {
            const int index = static_cast<int>(cells_.size());
            Cell cell;
            cell.node = id;
            cell.size = size;
            cells_.push_back(cell);
            row_[static_cast<std::size_t>(rank - start)].push_back(index);
            return index;
        };
        const auto join = [&](int a, int b, double where) {
            cells_[static_cast<std::size_t>(a)].after.push_back(b);
            cells_[static_cast<std::size_t>(b)].before.push_back(a);
            cells_[static_cast<std::size_t>(b)].enters.push_back(where);
        };
        for (int r = start; r < end; ++r)
            for (const NodeId id : ranks_[static_cast<std::size_t>(r)])
                cellOf[id] = add(r, id, sizeOf_(*graph_.find(id)));
        for (int r = start; r < end; ++r)
            for (const NodeId id : ranks_[static_cast<std::size_t>(r)]) {
                const auto edges = graph_.inputsOf(id);
                for (const Edge& e : edges) {
                    if (!cellOf.contains(e.from) || rank_.at(e.from) >= r) continue;
                    int at = cellOf[e.from];
                    for (int between = rank_.at(e.from) + 1; between < r; ++between) {
                        const int lane = add(between, {}, {0, laneHeight});
                        join(at, lane, 0.5);
                        at = lane;
                    }
                    join(at, cellOf[id], (e.port + 1.0) / (edges.back().port + 2.0));
                }
            }
    }

    std::vector<double> positions() const {
        std::vector<double> position(cells_.size());
        for (const Rank& rank : row_)
            for (std::size_t i = 0; i < rank.size(); ++i)
                position[static_cast<std::size_t>(rank[i])] = static_cast<double>(i);
        return position;
    }

    int crossings() const {
        const auto position = positions();
        int count = 0;
        for (std::size_t r = 1; r < row_.size(); ++r) {
            std::vector<std::pair<double, double>> lines;
            for (const int c : row_[r]) {
                const Cell& cell = cells_[static_cast<std::size_t>(c)];
                for (std::size_t i = 0; i < cell.before.size(); ++i)
                    lines.emplace_back(position[static_cast<std::size_t>(cell.before[i])],
                                       position[static_cast<std::size_t>(c)] + cell.enters[i]);
            }
            for (std::size_t i = 0; i < lines.size(); ++i)
                for (std::size_t j = i + 1; j < lines.size(); ++j)
                    if ((lines[i].first - lines[j].first) * (lines[i].second - lines[j].second) < 0) ++count;
        }
        return count;
    }

    void sortRank(Rank& rank, bool byBefore, const std::vector<double>& position) const {
        std::map<int, double> key;
        for (const int c : rank) {
            const Cell& cell = cells_[static_cast<std::size_t>(c)];
            double sum = 0;
            const auto& neighbours = byBefore ? cell.before : cell.after;
            for (const int n : neighbours) {
                sum += position[static_cast<std::size_t>(n)];
                if (byBefore) continue;
                const Cell& target = cells_[static_cast<std::size_t>(n)];
                const auto at = std::find(target.before.begin(), target.before.end(), c);
                sum += target.enters[static_cast<std::size_t>(at - target.before.begin())];
            }
            key[c] = neighbours.empty() ? position[static_cast<std::size_t>(c)]
                                        : sum / static_cast<double>(neighbours.size());
        }
        std::stable_sort(rank.begin(), rank.end(), [&](int a, int b) { return key[a] < key[b]; });
    }

    void orderCells() {
        std::vector<Rank> best = row_;
        int fewest = crossings();
        for (int sweep = 0; sweep < 12 && fewest > 0; ++sweep) {
            const std::size_t n = row_.size();
            for (std::size_t i = 1; i < n; ++i) {
                const bool forward = sweep % 2 == 1;
                sortRank(row_[forward ? i : n - 1 - i], forward, positions());
            }
            if (const int now = crossings(); now < fewest) {
                fewest = now;
                best = row_;
            }
        }
        row_ = best;
    }

    void alignCells() {
        for (Rank& rank : row_) { // a first guess: one below another
            double y = 0;
            for (const int c : rank) {
                cells_[static_cast<std::size_t>(c)].y = y;
                y += cells_[static_cast<std::size_t>(c)].size.height + cardSeparation;
            }
        }
        const std::size_t n = row_.size();
        for (int sweep = 0; sweep < 10; ++sweep)
            for (std::size_t i = 0; i < n; ++i) {
                const bool forward = sweep % 2 == 0;
                alignRank(row_[forward ? i : n - 1 - i], forward);
            }
    }

    void alignRank(const Rank& rank, bool byBefore) {
        std::vector<double> wanted, weights, heights;
        for (const int c : rank) {
            const Cell& cell = cells_[static_cast<std::size_t>(c)];
            double sum = 0, total = 0;
            for (const int n : byBefore ? cell.before : cell.after) {
                const Cell& other = cells_[static_cast<std::size_t>(n)];
                // Chains of cards stay straight; it is the passing edges that bend.
                const double w = cell.node && other.node ? 4 : (cell.node || other.node ? 0.001 : 1);
                sum += w * other.center();
                total += w;
            }
            wanted.push_back(total > 0 ? sum / total - cell.size.height / 2 : cell.y);
            weights.push_back(cell.node ? 1 : 1e-5);
            heights.push_back(cell.size.height);
        }
        const auto tops = separate(wanted, weights, heights);
        for (std::size_t i = 0; i < rank.size(); ++i)
            cells_[static_cast<std::size_t>(rank[i])].y = tops[i];
    }

    // Nodes without edges
    void placeLoose(double top) {
        double x = 0, height = 0;
        for (const NodeId id : loose_) {
            const CardSize size = sizeOf_(*graph_.find(id));
            if (x > 0 && x + size.width > rowWidth_) {
                x = 0;
                top += height + cardSeparation;
                height = 0;
            }
            graph_.edit(id)->position = {x, top};
            x += size.width + columnGap;
            height = std::max(height, size.height);
        }
    }

    Graph& graph_;
    const std::function<CardSize(const Node&)>& sizeOf_;
    double rowWidth_;
    std::map<NodeId, int> rank_;
    std::vector<std::vector<NodeId>> ranks_;
    std::vector<NodeId> loose_;
    std::vector<Cell> cells_;
    std::vector<Rank> row_;
};

/// Calls `change` with every node, those within blocks as well.
void changeNodes(Graph& graph, const std::function<void(Node&)>& change) {
    for (const Node& each : graph.nodes()) {
        Node& node = *graph.edit(each.id);
        change(node);
        if (!node.block || !node.block->body) continue;
        Graph body = *node.block->body;
        changeNodes(body, change);
        node.block->body = std::make_shared<const Graph>(std::move(body));
    }
}

} // namespace

void layOut(Graph& graph, const std::function<CardSize(const Node&)>& sizeOf, double rowWidth) {
    Layout(graph, sizeOf, rowWidth).run();
}

Graph unplaced(Graph graph) {
    changeNodes(graph, [](Node& node) { node.position = {}; });
    return graph;
}

Graph unnamed(Graph graph) {
    graph.name.clear();
    changeNodes(graph, [](Node& node) {
        node.position = {};
        node.name.clear();
    });
    return graph;
}

} // namespace burdock
