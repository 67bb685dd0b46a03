#include "engine/data/adapt.h"
#include "engine/data/picture.h"
#include "engine/data/transform.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

using namespace burdock;

namespace {

using Values = std::vector<float>;

Values noisyPicture(const Shape& shape) {
    Values values(static_cast<std::size_t>(shape.size()));
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<float>(randomUniform(3, i));
    return values;
}

Values augmented(const char* text, const Shape& shape, Values picture, std::uint64_t key) {
    const auto uses = parseAugmentation(text);
    if (!uses) qFatal("%s", oneLine(uses.error()).c_str());
    std::vector<float> scratch;
    Augmentation(*uses).apply(shape, picture.data(), key, scratch);
    return picture;
}

/// One bright pixel in a dark picture of 9 × 9.
const Shape nine{1, 9, 9};
Values dot(int row, int column) {
    Values picture(81);
    picture[static_cast<std::size_t>(9 * row + column)] = 1;
    return picture;
}
int brightest(const Values& picture) {
    return static_cast<int>(std::max_element(picture.begin(), picture.end()) - picture.begin());
}

Values fit(const Shape& from, const Values& values, const Shape& to, Fit how) {
    Values out(static_cast<std::size_t>(to.size()));
    PictureFit(from, to, how).apply(values.data(), out.data());
    return out;
}

DatasetInfo dataOf(const Shape& input) {
    DatasetInfo info;
    info.input = input;
    return info;
}

} // namespace

class AugmentTest : public QObject {
    Q_OBJECT
  private slots:
    void everyTransform_data() {
        QTest::addColumn<QString>("id");
        for (const TransformSchema& schema : transforms())
            QTest::newRow(schema.id.c_str()) << QString::fromStdString(schema.id);
    }
    void everyTransform() {
        QFETCH(QString, id);
        const std::string name = id.toStdString();
        const TransformSchema* schema = findTransform(name);
        QVERIFY(schema && !schema->doc.empty() && schema->params.back().key == "probability");
        for (const ParamSpec& spec : schema->params)
            QVERIFY(!spec.doc.empty() && checkParam(spec, spec.defaultValue));
        const std::string always = name + ":probability=1", never = name + ":probability=0";
        for (const Shape& shape : {Shape{1, 28, 28}, Shape{3, 7, 12}, Shape{2, 2, 2}}) {
            const Values picture = noisyPicture(shape);
            std::set<Values> seen;
            for (std::uint64_t key = 0; key < 20; ++key) {
                const Values once = augmented(always.c_str(), shape, picture, key);
                QCOMPARE(augmented(always.c_str(), shape, picture, key), once);
                QCOMPARE(augmented(never.c_str(), shape, picture, key), picture);
                QVERIFY(std::all_of(once.begin(), once.end(),
                                    [](float v) { return v >= -1e-6f && v <= 1 + 1e-6f; }));
                seen.insert(once);
            }
            if (id == "flip" || shape.height == 2) continue; // there is one way only
            QVERIFY(seen.size() > 1);
        }
    }
    void probabilityIsKept() {
        int changed = 0;
        for (std::uint64_t key = 0; key < 2000; ++key)
            changed += augmented("flip:probability=0.25", nine, dot(4, 0), key) != dot(4, 0);
        QVERIFY(std::abs(changed - 500) < 80); // four deviations
    }
    void shiftAndCropMoveByWholePixels() {
        std::set<int> shifted, cropped;
        for (std::uint64_t key = 0; key < 500; ++key) {
            const Values s = augmented("shift:pixels=1", nine, dot(4, 4), key);
            QCOMPARE(std::accumulate(s.begin(), s.end(), 0.0f), 1.0f);
            shifted.insert(brightest(s));
            cropped.insert(brightest(augmented("crop:padding=1,fill=zero", nine, dot(4, 4), key)));
        }
        QCOMPARE(shifted, (std::set<int>{30, 31, 32, 39, 40, 41, 48, 49, 50}));
        QCOMPARE(cropped, shifted);
        const Values ramp{0, 1, 2, 0, 1, 2, 0, 1, 2}; // 3 × 3, each row 0 1 2
        for (std::uint64_t key = 0; key < 50; ++key) {
            const Values mirrored = augmented("crop:padding=1,fill=mirror", {1, 3, 3}, ramp, key);
            const Values row(mirrored.begin(), mirrored.begin() + 3);
            QVERIFY(row == (Values{0, 1, 2}) || row == (Values{1, 2, 1}) || row == (Values{1, 0, 1}));
            const Values held = augmented("crop:padding=1,fill=edge", {1, 3, 3}, ramp, key);
            const Values edge(held.begin(), held.begin() + 3);
            QVERIFY(edge == (Values{0, 1, 2}) || edge == (Values{1, 2, 2}) || edge == (Values{0, 0, 1}));
        }
    }
    void flipMirrors() {
        const Values picture{1, 2, 3, 4, 5, 6}; // 2 × 3
        QCOMPARE(augmented("flip:probability=1", {1, 2, 3}, picture, 1), (Values{3, 2, 1, 6, 5, 4}));
        QCOMPARE(augmented("flip:probability=1,direction=vertical", {1, 2, 3}, picture, 1),
                 (Values{4, 5, 6, 1, 2, 3}));
        QCOMPARE(augmented("flip:probability=1,direction=vertical", {3, 2, 1}, picture, 1),
                 (Values{2, 1, 4, 3, 6, 5}));
    }
    void warpSamplesBilinearly() {
        std::vector<float> scratch;
        Values turned = dot(4, 7);
        warpPicture(nine, turned.data(), {0, 1, -1, 0}, scratch); // a quarter turn
        QCOMPARE(brightest(turned), 9 * 7 + 4);
        Values half = dot(4, 4);
        warpPicture(nine, half.data(), {0.5, 0, 0, 0.5}, scratch); // twice as large
        QVERIFY(std::abs(half[40] - 1) < 1e-6f && std::abs(half[41] - 0.5f) < 1e-6f &&
                std::abs(half[50] - 0.25f) < 1e-6f && half[42] == 0);
        Values slanted = dot(0, 4);
        warpPicture(nine, slanted.data(), {1, 0.5, 0, 1}, scratch);
        QCOMPARE(brightest(slanted), 6); // four rows above the centre: two pixels
    }
    void brightnessGoesTheRightWay() {
        const Shape shape{1, 5, 5};
        const Values picture = noisyPicture(shape);
        for (std::uint64_t key = 0; key < 50; ++key) {
            const Values dark = augmented("darken:amount=0.5", shape, picture, key);
            const Values light = augmented("lighten:amount=0.5", shape, picture, key);
            for (std::size_t i = 0; i < picture.size(); ++i) {
                QVERIFY(dark[i] <= picture[i] && dark[i] >= 0.5f * picture[i] - 1e-6f);
                QVERIFY(light[i] >= picture[i] && light[i] <= 0.5f + 0.5f * picture[i] + 1e-6f);
            }
        }
    }
    void noiseAndCutout() {
        const Shape shape{1, 64, 64};
        const Values grey(4096, 0.5f);
        double square = 0;
        for (const float v : augmented("noise:deviation=0.1", shape, grey, 5))
            square += (v - 0.5) * (v - 0.5);
        QVERIFY(std::abs(std::sqrt(square / 4096) - 0.1) < 0.005);
        const Values holed = augmented("cutout:size=5", nine, Values(81, 1.0f), 2);
        const auto black = std::count(holed.begin(), holed.end(), 0.0f);
        QVERIFY(black >= 9 && black <= 25);
    }
    void textIsReadAndWritten() {
        const auto uses = parseAugmentation(" shift:pixels=3 ; flip;rotate:degrees=10");
        QVERIFY(uses);
        QCOMPARE(uses->size(), 3u);
        QCOMPARE(formatAugmentation(*uses), "shift:pixels=3;flip;rotate"); // 10° is the default
        QCOMPARE(*parseAugmentation(formatAugmentation(*uses)),
                 (std::vector<TransformUse>{
                     {"shift", {{"pixels", std::int64_t(3)}}}, {"flip", {}}, {"rotate", {}}}));
        QCOMPARE(parseAugmentation("")->size(), 0u);
        QCOMPARE(parseAugmentation("spin").error().code, "augmentation.unknown");
        QCOMPARE(parseAugmentation("shift:pixels=0").error().code, "param.range");
        QCOMPARE(checkAugmentation({{"zoom", {{"amount", 2.0}}}, {"spin", {}}}).size(), 2u);
    }

    /// What lies on a labelled pixel lies on it afterwards; what only changes brightness leaves labels alone.
    void masksMoveWithTheirPictures() {
        std::vector<float> scratch;
        for (const TransformSchema& schema : transforms()) {
            const Augmentation augmentation({{schema.id, {{"probability", 1.0}}}});
            for (std::uint64_t key = 0; key < 20; ++key) {
                Values picture = dot(3, 5), mask(2 * 81);
                mask[81 + 9 * 3 + 5] = 1;
                const Values before = mask;
                augmentation.apply(nine, picture.data(), key, scratch);
                augmentation.applyToMask({2, 9, 9}, mask.data(), key, scratch);
                if (schema.movesPixels)
                    QVERIFY2(std::equal(picture.begin(), picture.end(), mask.begin() + 81),
                             schema.id.c_str());
                else
                    QVERIFY2(mask == before, schema.id.c_str());
                QVERIFY(std::all_of(mask.begin(), mask.begin() + 81, [](float v) { return v == 0; }));
            }
        }
    }
    /// A side of one pixel has no mirror image of its own.
    void thinPicturesAreCropped() {
        const Values out =
            augmented("crop:padding=3,fill=mirror,probability=1", {1, 1, 5}, {1, 2, 3, 4, 5}, 7);
        QVERIFY(std::all_of(out.begin(), out.end(), [](float v) { return v >= 1 && v <= 5; }));
    }

    // Fitting pictures to a network's input.
    void resizingKeepsFlatAndInterpolates() {
        QCOMPARE(fit({1, 2, 2}, {0, 1, 0, 1}, {1, 2, 4}, Fit::Resize),
                 (Values{0, 0.25f, 0.75f, 1, 0, 0.25f, 0.75f, 1}));
        for (const Shape& to : {Shape{1, 28, 28}, Shape{1, 3, 50}, Shape{3, 5, 5}})
            for (const float v : fit({1, 9, 7}, Values(63, 0.75f), to, Fit::Resize))
                QVERIFY(std::abs(v - 0.75f) < 1e-6f);
        // Reducing averages: fine stripes become grey, not black or white.
        Values stripes(32 * 32);
        for (std::size_t i = 0; i < stripes.size(); ++i)
            stripes[i] = static_cast<float>(i % 2);
        const Values small = fit({1, 32, 32}, stripes, {1, 8, 8}, Fit::Resize);
        QVERIFY(std::abs(small[27] - 0.5f) < 0.05f);
    }
    void paddingKeepsPixels() {
        const Values out = fit({1, 2, 2}, {1, 2, 3, 4}, {1, 4, 4}, Fit::Pad);
        QCOMPARE(out, (Values{0, 0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0, 0, 0, 0, 0}));
        QCOMPARE(fit({1, 4, 4}, out, {1, 2, 2}, Fit::Pad), (Values{1, 2, 3, 4}));
    }
    void coloursAreAddedAndTaken() {
        QCOMPARE(fit({1, 2, 2}, {1, 2, 3, 4}, {3, 2, 2}, Fit::Pad),
                 (Values{1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4}));
        const Values grey = fit({3, 2, 2}, {1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1}, {1, 2, 2}, Fit::Resize);
        QVERIFY(std::abs(grey[0] - 0.299f) < 1e-6f && std::abs(grey[1] - 0.587f) < 1e-6f &&
                std::abs(grey[2] - 0.114f) < 1e-6f && std::abs(grey[3] - 1) < 1e-6f);
        QCOMPARE(fit({1, 2, 2}, {1, 2, 3, 4}, {4, 1, 1}, Fit::Resize), (Values{1, 2, 3, 4}));
        QVERIFY(!PictureFit::isPossible(dataOf({4, 1, 1}), {1, 3, 3}));
        QVERIFY(!PictureFit::isPossible(dataOf({2, 4, 4}), {3, 4, 4}));
        QVERIFY(PictureFit::isPossible(dataOf({64, 1, 1}), {1, 8, 8}));
        DatasetInfo labelled = dataOf({1, 8, 8});
        QVERIFY(PictureFit::isPossible(labelled, {3, 4, 4}));
        labelled.mask = Shape{2, 8, 8};
        QVERIFY(!PictureFit::isPossible(labelled, {3, 4, 4})); // its mask would not fit any more
        QVERIFY(PictureFit::isPossible(labelled, {3, 8, 8}));
    }
};

QTEST_GUILESS_MAIN(AugmentTest)
#include "augment_test.moc"
