#include "engine/models/chain.h"
#include "engine/models/networks.h"

namespace burdock {
namespace {

/// What a residual block is asked for.
struct Residual {
    std::int64_t channels; ///< of its output
    std::int64_t stride = 1;
    bool bottleneck = false;
};

/// Two convolutions of 3×3, or a bottleneck of 1×1, 3×3 and 1×1, and a shortcut around them. Where the shape
/// changes, the shortcut is a 1×1 convolution. The stride lies in the 3×3 convolution, as in torchvision.
Graph residual(const Residual& r, Shape input) {
    Chain chain("Residual block", input);
    const NodeId start = chain.end();
    if (r.bottleneck)
        chain.convNorm(r.channels / 4, 1)
            .relu()
            .convNorm(r.channels / 4, 3, r.stride)
            .relu()
            .convNorm(r.channels, 1);
    else
        chain.convNorm(r.channels, 3, r.stride).relu().convNorm(r.channels, 3);
    const NodeId body = chain.end();
    NodeId shortcut = start;
    if (r.stride != 1 || r.channels != input.channels) {
        ParamValues params{{"filters", r.channels}, {"kernel", IntPair{1, 1}}, {"bias", false}};
        if (r.stride != 1) {
            params["stride"] = IntPair{r.stride, r.stride};
            params["padding"] = std::string("valid");
        }
        chain.from(start).then("shortcut", "conv2d", std::move(params)).then("shortcut norm", "batchnorm");
        shortcut = chain.end();
    }
    return chain.from(body).join("add", "add", shortcut).relu().build();
}

/// Residual blocks of one width; the first one changes the shape, if any does.
Graph stage(const Residual& first, std::int64_t blocks, Shape input) {
    const Shape inner{first.channels, (input.height - 1) / first.stride + 1,
                      (input.width - 1) / first.stride + 1};
    Residual rest = first;
    rest.stride = 1;
    Chain chain("Stage", input);
    if (inner == input) return chain.block("residual", residual(rest, input), blocks).build();
    return chain.block("first", residual(first, input))
        .block("residual", residual(rest, inner), blocks - 1)
        .build();
}

Shape halved(const Shape& s, std::int64_t channels) {
    return {channels, (s.height - 1) / 2 + 1, (s.width - 1) / 2 + 1};
}

} // namespace

Graph resNet(std::string name, const ResNetPlan& plan) {
    Chain chain(std::move(name), plan.input);
    chain.convNorm(plan.width, 7, 2).relu();
    Shape maps = halved(halved(plan.input, plan.width), plan.width);
    chain.then("pool", "maxpool2d",
               {{"kernel", IntPair{3, 3}},
                {"stride", IntPair{2, 2}},
                {"padding", std::string("explicit")},
                {"pad", IntPair{1, 1}}});
    std::int64_t channels = plan.bottleneck ? 4 * plan.width : plan.width;
    for (std::size_t i = 0; i < plan.blocks.size(); ++i, channels *= 2) {
        const std::int64_t stride = i == 0 ? 1 : 2;
        chain.block("stage", stage({channels, stride, plan.bottleneck}, plan.blocks[i], maps));
        maps = stride == 1 ? Shape{channels, maps.height, maps.width} : halved(maps, channels);
    }
    return chain.then("average", "global_avgpool").dense(plan.classes).softmax();
}

/// He et al., 2015, section 4.2, with n = 3 (20 layers), for grey pictures of 28 × 28.
Graph resNet28() {
    return Chain("ResNet 28", fashionPicture)
        .convNorm(16, 3)
        .relu()
        .block("stage", stage({16}, 3, {16, 28, 28}))
        .block("stage", stage({32, 2}, 3, {16, 28, 28}))
        .block("stage", stage({64, 2}, 3, {32, 14, 14}))
        .then("average", "global_avgpool")
        .dense(10)
        .softmax();
}

/// After the ResNet-9 with which the DAWNBench contest for short training times was won (Page, 2018):
/// wide and shallow, most of it at low resolution.
Graph fashionNet() {
    return Chain("Fashion net", {1, 28, 28})
        .convNorm(32, 3)
        .relu()
        .convNorm(64, 3)
        .relu()
        .maxPool()
        .block("residual", residual({64}, {64, 14, 14}))
        .convNorm(128, 3)
        .relu()
        .maxPool()
        .block("residual", residual({128}, {128, 7, 7}), 2)
        .convNorm(256, 3)
        .relu()
        .then("average", "global_avgpool")
        .dropout(0.2)
        .dense(10)
        .softmax();
}

} // namespace burdock
