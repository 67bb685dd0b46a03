#include "engine/models/templates.h"

#include "engine/models/gpt.h"
#include "engine/models/networks.h"

#include <array>

namespace burdock {
namespace {

using enum TemplateGroup;

struct GroupText {
    TemplateGroup group;
    std::string_view key, label;
};
constexpr std::array groupTexts{
    GroupText{Neurons, "neurons", "Neurons"},
    GroupText{Mlp, "mlp", "Multilayer perceptrons"},
    GroupText{Cnn, "cnn", "Convolutional networks"},
    GroupText{Residual, "residual", "Residual networks"},
    GroupText{Segmentation, "segmentation", "Segmentation"},
    GroupText{Text, "text", "Text"},
    GroupText{Tables, "tables", "Tables"},
};

constexpr const char *fashion = "fashion-mnist", *fashionTrial = "fashion-mnist-small";
/// Grey patches in three classes: few, and hard enough for networks that were made for ImageNet.
constexpr const char* smallPictures = "textures";

/// So deep and without normalisation, it stays at chance at Adam's usual rate.
TrainConfig vggSettings() {
    TrainConfig settings;
    settings.learningRate = 1e-4;
    return settings;
}

ModelTemplate vggTemplate(int layers, std::array<std::int64_t, 5> convolutions) {
    const std::string number = std::to_string(layers);
    return {"vgg" + number,
            "VGG-" + number,
            Cnn,
            "Five stages of 3 × 3 convolutions and three wide dense layers, " + number +
                " layers with weights (Simonyan and Zisserman, 2014). For ImageNet's pictures of 224 × 224.",
            "",
            smallPictures,
            [=] { return vgg("VGG-" + number, convolutions); },
            vggSettings()};
}

ModelTemplate resNetTemplate(int layers, std::array<std::int64_t, 4> blocks, bool bottleneck) {
    const std::string number = std::to_string(layers);
    return {
        "resnet" + number,
        "ResNet-" + number,
        Residual,
        "Four stages of residual blocks" + std::string(bottleneck ? " with bottlenecks, " : ", ") + number +
            " layers deep: shortcuts let the gradient reach all of them (He et al., 2015). For ImageNet's "
            "pictures of 224 × 224.",
        "",
        smallPictures,
        [=] { return resNet("ResNet-" + number, {.blocks = blocks, .bottleneck = bottleneck}); }};
}

ModelTemplate logicTemplate(const std::string& id, const std::string& title, std::string doc,
                            Graph (*build)()) {
    return {"mcculloch-pitts-" + id, "McCulloch–Pitts " + title, Neurons, std::move(doc), "", "", build};
}

/// For convolutional networks on small pictures, which otherwise learn the training split by heart.
TrainConfig augmented(const std::string& transforms) {
    TrainConfig settings;
    settings.augmentation = *parseAugmentation(transforms);
    return settings;
}

/// Without normalisation between its layers it learns best at a lower rate.
TrainConfig lectureCnnSettings() {
    TrainConfig settings = augmented("shift:pixels=1");
    settings.learningRate = 5e-4;
    return settings;
}

TrainConfig leNetSettings() {
    TrainConfig settings = augmented("shift:pixels=2");
    settings.normalise = Normalise::Channels; // as the paper does, for its tanh
    return settings;
}

TrainConfig fashionNetSettings() {
    TrainConfig settings = augmented("shift:pixels=2;flip");
    settings.epochs = 20;
    settings.schedule = "one-cycle";
    settings.learningRate = 2e-3; // at its highest
    settings.loss = "softmax-cross-entropy";
    settings.lossParams = {{"label_smoothing", 0.1}};
    return settings;
}

/// Few pixels carry a label: unweighted, it learns to mark none.
TrainConfig maskSettings() {
    TrainConfig settings;
    settings.loss = "binary-cross-entropy";
    settings.lossParams = {{"class_weights", std::string("balanced")}};
    return settings;
}

/// One picture at a time, as the paper trains it: 32 of its size take 27 GB.
TrainConfig uNetSettings() {
    TrainConfig settings = maskSettings();
    settings.batch = 1;
    settings.epochs = 5;
    return settings;
}

/// One sample at a time, as Rosenblatt's rule goes.
TrainConfig perceptronRuleSettings() {
    TrainConfig settings;
    settings.optimizer = "sgd";
    settings.learningRate = 0.01;
    settings.loss = "perceptron";
    settings.batch = 1;
    return settings;
}

} // namespace

const std::vector<ModelTemplate>& modelTemplates() {
    static const std::vector<ModelTemplate> all{
        {"perceptron", "Perceptron", Neurons,
         "No hidden layer: ten weighted sums of the pixels, one for each class. The baseline for everything "
         "else.",
         fashion, fashionTrial, perceptron},
        {"mlp", "MLP 784-300-100-10", Mlp, "Two hidden layers on the pixels as a vector.", fashion,
         fashionTrial, mlp},
        {"lenet5", "LeNet-5", Cnn,
         "The first widely used convolutional network: two convolutions with tanh and average pooling, three "
         "dense layers.",
         fashion, fashionTrial, lenet5, leNetSettings()},
        {"lecture-cnn", "The lecture's CNN", Cnn,
         "Five convolutions that double their filters as pooling halves the maps, then dense layers with "
         "dropout. Passes 92 % on Fashion-MNIST.",
         fashion, fashionTrial, [] { return lectureCnn(); }, lectureCnnSettings()},
        {"vgg28", "VGG for 28 × 28", Cnn,
         "Stages of two 3 × 3 convolutions with batch normalisation, kept as repeatable blocks.", fashion,
         fashionTrial, vgg28, augmented("shift:pixels=1")},
        {"resnet28", "ResNet for 28 × 28", Residual,
         "Three stages of three residual blocks, 20 layers deep and narrow: the ResNet for small pictures.",
         fashion, fashionTrial, resNet28, augmented("shift:pixels=1")},
        {"fashion-net", "Fashion net", Residual,
         "A wide and shallow residual network that learns fast: trained with augmentation, one-cycle "
         "schedule and label smoothing.",
         fashion, fashionTrial, fashionNet, fashionNetSettings()},
        {"regression-mlp", "Regression MLP", Tables,
         "The usual architecture for predicting numbers: hidden layers of ReLUs, one linear output for each "
         "number, mean squared error.",
         "concrete", "", regressionMlp},
        {"classification-mlp", "Classification MLP", Tables,
         "The usual architecture for telling classes apart: hidden layers of ReLUs and cross-entropy; a "
         "softmax over one output for each class, or a single output for yes or no.",
         "wine", "", classificationMlp},
        {"perceptron-rule", "Perceptron with its own rule", Neurons,
         "Rosenblatt's threshold unit, which learns from its mistakes alone: w ← w + η(y − ŷ)x. Trained with "
         "the perceptron rule as the loss, SGD and a batch of 1.",
         "breast-cancer", "", perceptronRule, perceptronRuleSettings()},
        vggTemplate(11, {1, 1, 2, 2, 2}),
        vggTemplate(13, {2, 2, 2, 2, 2}),
        vggTemplate(16, {2, 2, 3, 3, 3}),
        vggTemplate(19, {2, 2, 4, 4, 4}),
        resNetTemplate(18, {2, 2, 2, 2}, false),
        resNetTemplate(34, {3, 4, 6, 3}, false),
        resNetTemplate(50, {3, 4, 6, 3}, true),
        resNetTemplate(101, {3, 4, 23, 3}, true),
        resNetTemplate(152, {3, 8, 36, 3}, true),
        {"mobilenet", "MobileNet", Cnn,
         "Convolutions split into one within each channel and one across channels: an eighth of the work "
         "(Howard et al., 2017). For ImageNet's pictures of 224 × 224.",
         "", smallPictures, mobileNet},
        {"unet", "U-Net", Segmentation,
         "Goes down to small maps and back up, and joins each level to the one it came from: labels for each "
         "pixel (Ronneberger et al., 2015). The original, with unpadded convolutions: 572 × 572 in, 388 × "
         "388 "
         "out.",
         "shapes:samples=40,size=572,mask=388", "", uNet, uNetSettings()},
        {"unet64", "U-Net for 64 × 64", Segmentation,
         "A small U-Net with padded convolutions: labels for each pixel of the picture.", "shapes", "",
         uNet64, maskSettings()},
        logicTemplate("identity", "identity", "One neuron that says what its input says.",
                      mccullochPittsIdentity),
        logicTemplate("not", "NOT", "One neuron that an active input keeps from firing.", mccullochPittsNot),
        logicTemplate("and", "AND", "One neuron that fires when both inputs are active.", mccullochPittsAnd),
        logicTemplate("or", "OR", "One neuron that fires when any input is active.", mccullochPittsOr),
        logicTemplate("xor", "XOR",
                      "Two layers: no single neuron can tell whether exactly one of two inputs is active.",
                      mccullochPittsXor),
        {"gpt-nano", "GPT, nano", Text,
         "A transformer that writes: four blocks that look back over 64 characters. Small enough to learn a "
         "novel "
         "in minutes.",
         "pride-and-prejudice", "", [] { return gpt("GPT nano", {.tied = false}); }},
        {"gpt2", "GPT-2", Text,
         "Twelve transformer blocks over a context of 1,024 byte-pair tokens (Radford and others, 2019).", "",
         "",
         [] {
             return gpt("GPT-2", {12, 12, 768, 1024, 50257});
         }},
        {"gpt2-medium", "GPT-2 medium", Text, "24 blocks, 1,024 features.", "", "",
         [] {
             return gpt("GPT-2 medium", {24, 16, 1024, 1024, 50257});
         }},
        {"gpt2-large", "GPT-2 large", Text, "36 blocks, 1,280 features.", "", "",
         [] {
             return gpt("GPT-2 large", {36, 20, 1280, 1024, 50257});
         }},
        {"gpt2-xl", "GPT-2 XL", Text, "48 blocks, 1,600 features.", "", "",
         [] {
             return gpt("GPT-2 XL", {48, 25, 1600, 1024, 50257});
         }},
        {"gpt3", "GPT-3 175B", Text,
         "96 blocks, 12,288 features, 175 billion parameters (Brown and others, 2020): to look at, too large "
         "to "
         "train here.",
         "", "",
         [] {
             return gpt("GPT-3", {96, 96, 12288, 2048, 50257});
         }},
    };
    return all;
}

std::string_view templateGroupKey(TemplateGroup group) {
    return groupTexts[static_cast<std::size_t>(group)].key;
}

std::string_view templateGroupLabel(TemplateGroup group) {
    return groupTexts[static_cast<std::size_t>(group)].label;
}

std::span<const TemplateGroup> allTemplateGroups() {
    static constexpr auto all = [] {
        std::array<TemplateGroup, groupTexts.size()> groups{};
        for (std::size_t i = 0; i < groups.size(); ++i)
            groups[i] = groupTexts[i].group;
        return groups;
    }();
    return all;
}

const ModelTemplate* findTemplate(std::string_view id) {
    for (const ModelTemplate& t : modelTemplates())
        if (t.id == id) return &t;
    return nullptr;
}

} // namespace burdock
