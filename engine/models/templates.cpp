#include "engine/models/templates.h"

namespace burdock {
namespace {

/// Builds a chain: each layer is fed by the one before.
class Chain {
  public:
    Chain(std::string name, Shape input) {
        graph_.name = std::move(name);
        last_ = graph_.add("input",
                           {{"channels", input.channels}, {"height", input.height}, {"width", input.width}});
    }
    Chain& then(std::string type, ParamValues params = {}) {
        const NodeId next = graph_.add(std::move(type), std::move(params));
        graph_.connect(last_, next);
        last_ = next;
        return *this;
    }
    Chain& dense(std::int64_t units) { return then("dense", {{"units", units}}); }
    Graph build() { return std::move(graph_); }

  private:
    Graph graph_;
    NodeId last_;
};

Graph mlp() {
    return Chain("MLP", {1, 28, 28})
        .then("flatten")
        .dense(300)
        .then("relu")
        .dense(100)
        .then("relu")
        .dense(10)
        .then("softmax")
        .build();
}

} // namespace

const std::vector<ModelTemplate>& modelTemplates() {
    static const std::vector<ModelTemplate> all{
        {"mlp", "MLP 784-300-100-10", "Two hidden layers on the pixels as a vector.", "fashion-mnist", mlp},
    };
    return all;
}

const ModelTemplate* findTemplate(std::string_view id) {
    for (const ModelTemplate& t : modelTemplates())
        if (t.id == id) return &t;
    return nullptr;
}

} // namespace burdock
