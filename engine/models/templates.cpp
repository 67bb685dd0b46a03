#include "engine/models/templates.h"

#include <map>

namespace burdock {
namespace {

/// Builds a chain: each layer is fed by the one before. Layers are named by their stem and number:
/// "conv 1", "conv 2"; the only one of its kind has no number.
class Chain {
  public:
    Chain(std::string name, Shape input) {
        graph_.name = std::move(name);
        last_ = graph_.add("input",
                           {{"channels", input.channels}, {"height", input.height}, {"width", input.width}},
                           {}, "input");
    }
    Chain& then(std::string stem, std::string type, ParamValues params = {}) {
        Node node;
        node.type = std::move(type);
        node.params = std::move(params);
        return append(std::move(stem), std::move(node));
    }
    /// `body` run `repeat` times in a row, each time with weights of its own.
    Chain& block(std::string stem, Graph body, std::int64_t repeat) {
        Node node;
        node.type = blockType;
        node.block = Block{std::make_shared<const Graph>(std::move(body)), repeat};
        return append(std::move(stem), std::move(node));
    }
    Chain& conv(std::int64_t filters, std::int64_t kernel) {
        return then("conv", "conv2d", {{"filters", filters}, {"kernel", IntPair{kernel, kernel}}});
    }
    Chain& maxPool() { return then("pool", "maxpool2d"); }
    Chain& avgPool() { return then("pool", "avgpool2d"); }
    Chain& flatten() { return then("flatten", "flatten"); }
    Chain& dense(std::int64_t units) { return then("dense", "dense", {{"units", units}}); }
    Chain& relu() { return then("relu", "relu"); }
    Chain& tanh() { return then("tanh", "tanh"); }
    Chain& dropout(double rate) { return then("dropout", "dropout", {{"rate", rate}}); }
    Graph softmax() {
        then("softmax", "softmax");
        return build();
    }
    Graph build() {
        for (const auto& [stem, ids] : named_)
            for (std::size_t i = 0; i < ids.size(); ++i)
                graph_.edit(ids[i])->name = ids.size() == 1 ? stem : stem + " " + std::to_string(i + 1);
        return std::move(graph_);
    }

  private:
    Chain& append(std::string stem, Node node) {
        const NodeId next = graph_.add(std::move(node));
        named_[stem].push_back(next);
        graph_.connect(last_, next);
        last_ = next;
        return *this;
    }

    Graph graph_;
    NodeId last_;
    std::map<std::string, std::vector<NodeId>> named_;
};

constexpr Shape picture{1, 28, 28};

Graph perceptron() {
    return Chain("Perceptron", picture).flatten().dense(10).softmax();
}

Graph mlp() {
    return Chain("MLP", picture).flatten().dense(300).relu().dense(100).relu().dense(10).softmax();
}

/// LeCun et al., 1998, with trainable layers only where the paper's simplified successors have them.
Graph lenet5() {
    return Chain("LeNet-5", picture)
        .conv(6, 5)
        .tanh()
        .avgPool()
        .then("conv", "conv2d",
              {{"filters", std::int64_t{16}}, {"kernel", IntPair{5, 5}}, {"padding", std::string("valid")}})
        .tanh()
        .avgPool()
        .flatten()
        .dense(120)
        .tanh()
        .dense(84)
        .tanh()
        .dense(10)
        .softmax();
}

/// Géron, Hands-On Machine Learning, chapter 14.
Graph lectureCnn() {
    return Chain("Lecture CNN", picture)
        .conv(64, 7)
        .relu()
        .maxPool()
        .conv(128, 3)
        .relu()
        .conv(128, 3)
        .relu()
        .maxPool()
        .conv(256, 3)
        .relu()
        .conv(256, 3)
        .relu()
        .maxPool()
        .flatten()
        .dense(128)
        .relu()
        .dropout(0.5)
        .dense(64)
        .relu()
        .dropout(0.5)
        .dense(10)
        .softmax();
}

/// Two convolutions of 3×3, each normalised, and a pooling that halves the maps.
Graph vggStage(std::int64_t filters, Shape input) {
    Graph group = Chain("Convolution group", input)
                      .then("conv", "conv2d", {{"filters", filters}, {"bias", false}})
                      .then("norm", "batchnorm")
                      .relu()
                      .build();
    return Chain("Stage", input).block("group", std::move(group), 2).maxPool().build();
}

/// After Simonyan and Zisserman, 2014, with batch normalisation, at the size of the picture.
Graph vgg28() {
    return Chain("VGG 28", picture)
        .block("stage", vggStage(32, picture), 1)
        .block("stage", vggStage(64, {32, 14, 14}), 1)
        .block("stage", vggStage(128, {64, 7, 7}), 1)
        .flatten()
        .dense(256)
        .relu()
        .dropout(0.5)
        .dense(10)
        .softmax();
}

} // namespace

const std::vector<ModelTemplate>& modelTemplates() {
    static const std::vector<ModelTemplate> all{
        {"perceptron", "Perceptron",
         "No hidden layer: ten weighted sums of the pixels, one for each class. The baseline for everything "
         "else.",
         "fashion-mnist", perceptron},
        {"mlp", "MLP 784-300-100-10", "Two hidden layers on the pixels as a vector.", "fashion-mnist", mlp},
        {"lenet5", "LeNet-5",
         "The first widely used convolutional network: two convolutions with tanh and average pooling, three "
         "dense layers.",
         "fashion-mnist", lenet5},
        {"lecture-cnn", "The lecture's CNN",
         "Five convolutions that double their filters as pooling halves the maps, then dense layers with "
         "dropout. Passes 92 % on Fashion-MNIST.",
         "fashion-mnist", lectureCnn},
        {"vgg28", "VGG for 28 × 28",
         "Stages of two 3 × 3 convolutions with batch normalisation, kept as repeatable blocks.",
         "fashion-mnist", vgg28},
    };
    return all;
}

const ModelTemplate* findTemplate(std::string_view id) {
    for (const ModelTemplate& t : modelTemplates())
        if (t.id == id) return &t;
    return nullptr;
}

} // namespace burdock
