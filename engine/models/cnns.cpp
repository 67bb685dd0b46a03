#include "engine/models/chain.h"
#include "engine/models/networks.h"

#include <algorithm>

namespace burdock {
namespace {

const ParamValues heNormal{{"initializer", std::string("he_normal")}};

/// A 3×3 convolution, normalised or with a bias, and its ReLU.
Graph convGroup(std::int64_t filters, Shape input, bool normalised) {
    Chain chain("Convolution group", input);
    if (normalised)
        chain.convNorm(filters, 3);
    else
        chain.conv(filters, 3, heNormal); // so deep a chain of ReLUs does not learn from smaller weights
    return chain.relu().build();
}

/// Convolutions of 3×3, and a pooling that halves the maps.
Graph vggStage(std::int64_t filters, std::int64_t convolutions, Shape input, bool normalised) {
    return Chain("Stage", input)
        .block("group", convGroup(filters, input, normalised), convolutions)
        .maxPool()
        .build();
}

/// A 3×3 convolution within each channel, then one of 1×1 across them, both normalised.
Graph separable(std::int64_t filters, std::int64_t stride, Shape input) {
    return Chain("Separable convolution", input)
        .then("depthwise", "conv2d",
              {{"filters", input.channels},
               {"groups", input.channels},
               {"stride", IntPair{stride, stride}},
               {"bias", false}})
        .then("norm", "batchnorm")
        .relu()
        .then("pointwise", "conv2d", {{"filters", filters}, {"kernel", IntPair{1, 1}}, {"bias", false}})
        .then("norm", "batchnorm")
        .relu()
        .build();
}

/// Two convolutions of 3×3; with "valid" padding each makes the maps two pixels smaller.
Graph convPair(std::int64_t filters, Shape input, const std::string& padding) {
    ParamValues params = heNormal; // as the paper draws them
    params["padding"] = padding;
    return Chain("Two convolutions", input)
        .conv(filters, 3, params)
        .relu()
        .conv(filters, 3, params)
        .relu()
        .build();
}

/// A level of the U: two convolutions; half the size, the next level, twice the size again; joined to what
/// the level began with, cropped to what is left; two convolutions more. `input` is its size, a square.
Graph uNetLevel(std::int64_t filters, std::int64_t levelsBelow, Shape input, const std::string& padding) {
    const std::int64_t lost = padding == "valid" ? 4 : 0; // by a pair of convolutions
    const Shape wide{filters, input.height - lost, input.width - lost};
    const Shape half{filters, wide.height / 2, wide.width / 2};
    Chain chain("Level of " + std::to_string(filters), input);
    chain.block("down", convPair(filters, input, padding));
    const NodeId early = chain.end();
    chain.maxPool();
    std::int64_t below = half.height; // size that comes back from below
    if (levelsBelow > 1) {
        chain.block("level", uNetLevel(2 * filters, levelsBelow - 1, half, padding));
        for (std::int64_t i = 1; i < levelsBelow; ++i)
            below = (below - lost) / 2;
        below -= lost;
        for (std::int64_t i = 1; i < levelsBelow; ++i)
            below = 2 * below - lost;
    } else {
        chain.block("bottom", convPair(2 * filters, half, padding)).dropout(0.5);
        below -= lost;
    }
    chain.then("up", "conv_transpose2d", {{"filters", filters}}).relu();
    const NodeId late = chain.end();
    chain.from(early);
    if (const std::int64_t cut = (wide.height - 2 * below) / 2; cut > 0)
        chain.then("crop", "crop2d", {{"top", cut}, {"bottom", cut}, {"left", cut}, {"right", cut}});
    chain.join("join", "concat", late);
    return chain.block("merge", convPair(filters, {2 * filters, 2 * below, 2 * below}, padding)).build();
}

/// Ronneberger et al., 2015, whose convolutions are unpadded, so that the output is smaller than the picture.
/// A pixel may have any of the two labels, so sigmoids stand where the paper has a softmax over its two
/// classes.
Graph uNetOf(std::string name, std::int64_t side, std::int64_t filters, std::int64_t levels,
             const std::string& padding) {
    const Shape input{1, side, side};
    return Chain(std::move(name), input)
        .block("level", uNetLevel(filters, levels, input, padding))
        .conv(2, 1)
        .then("sigmoid", "sigmoid")
        .build();
}

} // namespace

/// LeCun et al., 1998, with trainable layers only where the paper's simplified successors have them.
Graph lenet5() {
    return Chain("LeNet-5", fashionPicture)
        .conv(6, 5)
        .tanh()
        .avgPool()
        .conv(16, 5, {{"padding", std::string("valid")}})
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
Graph lectureCnn(Shape input, std::int64_t narrower) {
    return Chain("Lecture CNN", input)
        .conv(64 / narrower, 7, heNormal)
        .relu()
        .maxPool()
        .conv(128 / narrower, 3, heNormal)
        .relu()
        .conv(128 / narrower, 3, heNormal)
        .relu()
        .maxPool()
        .conv(256 / narrower, 3, heNormal)
        .relu()
        .conv(256 / narrower, 3, heNormal)
        .relu()
        .maxPool()
        .flatten()
        .dense(128 / narrower, heNormal)
        .relu()
        .dropout(0.5)
        .dense(64 / narrower, heNormal)
        .relu()
        .dropout(0.5)
        .dense(10, heNormal)
        .softmax();
}

/// After Simonyan and Zisserman, 2014, with batch normalisation, at the size of the picture.
Graph vgg28() {
    return Chain("VGG 28", fashionPicture)
        .block("stage", vggStage(32, 2, fashionPicture, true))
        .block("stage", vggStage(64, 2, {32, 14, 14}, true))
        .block("stage", vggStage(128, 2, {64, 7, 7}, true))
        .flatten()
        .dense(256)
        .relu()
        .dropout(0.5)
        .dense(10)
        .softmax();
}

/// Simonyan and Zisserman, 2014: configurations A, B, D and E, without batch normalisation.
Graph vgg(std::string name, std::array<std::int64_t, 5> convolutions) {
    Shape maps{3, 224, 224};
    Chain chain(std::move(name), maps);
    std::int64_t filters = 64;
    for (const std::int64_t count : convolutions) {
        chain.block("stage", vggStage(filters, count, maps, false));
        maps = {filters, maps.height / 2, maps.width / 2};
        filters = std::min<std::int64_t>(2 * filters, 512);
    }
    return chain.flatten()
        .dense(4096, heNormal)
        .relu()
        .dropout(0.5)
        .dense(4096, heNormal)
        .relu()
        .dropout(0.5)
        .dense(1000)
        .softmax();
}

/// Howard et al., 2017: MobileNet 1.0 at 224 × 224, with the "same" padding of its authors' program.
Graph mobileNet() {
    struct Part {
        std::int64_t filters, stride, repeat;
    };
    static constexpr Part parts[] = {{64, 1, 1},  {128, 2, 1}, {128, 1, 1},  {256, 2, 1}, {256, 1, 1},
                                     {512, 2, 1}, {512, 1, 5}, {1024, 2, 1}, {1024, 1, 1}};
    Chain chain("MobileNet", {3, 224, 224});
    chain.conv(32, 3, {{"stride", IntPair{2, 2}}, {"bias", false}}).then("norm", "batchnorm").relu();
    Shape maps{32, 112, 112};
    for (const Part& p : parts) {
        chain.block("separable", separable(p.filters, p.stride, maps), p.repeat);
        maps = {p.filters, maps.height / p.stride, maps.width / p.stride};
    }
    return chain.then("average", "global_avgpool").dropout(0.001).dense(1000).softmax();
}

Graph uNet() {
    return uNetOf("U-Net", 572, 64, 4, "valid");
}

Graph uNetPadded(std::string name, std::int64_t side, std::int64_t filters, std::int64_t levels) {
    return uNetOf(std::move(name), side, filters, levels, "same");
}

Graph uNet64() {
    return uNetPadded("U-Net 64", 64, 16, 3);
}

} // namespace burdock
