#include "engine/plan/initial_values.h"
#include "engine/schema/kernel.h"
#include "engine/schema/layer_registry.h"
#include "engine/schema/number_text.h"
#include "engine/schema/plain_file.h"
#include "engine/train/train_config.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <limits>

using namespace burdock;

namespace {

enum class Colour { Red, Green };
struct Settings {
    std::int64_t count = 3;
    float rate = 0.5f;
    bool on = true;
    std::string label = "none";
    IntPair size{1, 2};
    Colour colour = Colour::Green;
    friend bool operator==(const Settings&, const Settings&) = default;
};

ParamTable<Settings> table() {
    ParamTable<Settings> t;
    t.add(&Settings::count, {.key = "count", .label = "Count", .minimum = 1, .maximum = 10});
    t.add(&Settings::rate,
          {.key = "rate", .label = "Rate", .minimum = 0, .maximum = 1, .maximumExcluded = true});
    t.add(&Settings::on, {.key = "on", .label = "On"});
    t.add(&Settings::label, {.key = "label", .label = "Label"});
    t.add(&Settings::size, {.key = "size", .label = "Size", .minimum = 1});
    t.addChoice(&Settings::colour, {.key = "colour", .label = "Colour"},
                {{"red", "Red", ""}, {"green", "Green", ""}});
    return t;
}

const ParamSpec& spec(const char* key) {
    static const auto specs = table().specs();
    return *std::find_if(specs.begin(), specs.end(), [&](const ParamSpec& s) { return s.key == key; });
}

} // namespace

class ParamsTest : public QObject {
    Q_OBJECT
  private slots:
    void aWordStandsForTheDefault() {
        ParamSpec size = spec("size");
        QVERIFY(!parseParam(size, "automatic"));
        size.defaultText = "automatic";
        QVERIFY(parseParam(size, " automatic ") == ParamValue(IntPair{1, 2}));
        QVERIFY(parseParam(size, "3x4") == ParamValue(IntPair{3, 4}));
    }
    void defaultsAreTheMembersInitializers() {
        QVERIFY(spec("count").defaultValue == ParamValue{std::int64_t{3}});
        QVERIFY(spec("rate").defaultValue == ParamValue{0.5});
        QVERIFY(spec("on").defaultValue == ParamValue{true});
        QVERIFY(spec("size").defaultValue == ParamValue(IntPair{1, 2}));
        QVERIFY(spec("colour").defaultValue == ParamValue{std::string("green")});
        QVERIFY(table().read({}) == Settings{});
        QVERIFY(&paramOr({}, spec("count")) == &spec("count").defaultValue);
    }
    void readAndWrite() {
        const Settings s{7, 0.25f, false, "x", {3, 4}, Colour::Red};
        const ParamValues values = table().write(s);
        QCOMPARE(values.size(), std::size_t(6));
        QVERIFY(checkParams(table().specs(), values).empty());
        QVERIFY(table().read(values) == s);
    }
    void wrongValuesAreLeftOut() {
        const ParamValues wrong{{"count", std::string("seven")},
                                {"rate", 1.0},
                                {"on", std::int64_t{1}},
                                {"size", std::int64_t{3}},
                                {"colour", std::string("blue")}};
        QVERIFY(table().read(wrong) == Settings{});
        const auto found = checkParams(table().specs(), wrong);
        QCOMPARE(found.size(), wrong.size());
        for (const Diagnostic& d : found)
            QVERIFY(wrong.contains(d.param) && !d.what.empty() && !d.mend.empty());
    }
    void wholeNumbersForReals() {
        // JSON writes 0.0 as 0.
        QVERIFY(checkParam(spec("rate"), std::int64_t{0}));
        QCOMPARE(table().read({{"rate", std::int64_t{0}}}).rate, 0.f);
        QVERIFY(!checkParam(spec("rate"), std::int64_t{1}));
    }
    void parsing_data() {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("shown"); // empty: refused
        const auto row = [](const char* key, const char* text, const char* shown) {
            QTest::addRow("%s “%s”", key, text) << key << text << shown;
        };
        row("count", "7", "7");
        row("count", "  7\t", "7");
        row("count", "7.5", "");
        row("count", "7 apples", "");
        row("count", "", "");
        row("count", "11", "");
        row("count", "-3", "");
        row("count", "99999999999999999999", "");
        row("rate", "1e-3", "0.001");
        row("rate", "0.5", "0.5");
        row("rate", "0", "0");
        row("rate", "1", "");
        row("rate", "nan", "");
        row("rate", "inf", "");
        row("rate", "1e999", "");
        row("on", "yes", "yes");
        row("on", "off", "no");
        row("on", "perhaps", "");
        row("size", "7", "7 × 7");
        row("size", "7x5", "7 × 5");
        row("size", "7 × 5", "7 × 5");
        row("size", " 7 , 5 ", "7 × 5");
        row("size", "7x", "");
        row("size", "x", "");
        row("size", "7x5x3", "");
        row("size", "0x5", "");
        row("colour", "red", "red");
        row("colour", "Red", "red");
        row("colour", "blue", "");
        row("label", "any text", "any text");
    }
    void parsing() {
        QFETCH(QString, key);
        QFETCH(QString, text);
        QFETCH(QString, shown);
        const ParamSpec& s = spec(key.toUtf8().constData());
        const auto value = parseParam(s, text.toStdString());
        QCOMPARE(bool(value), !shown.isEmpty());
        if (value) {
            QCOMPARE(QString::fromStdString(toString(*value)), shown);
            QVERIFY(*parseParam(s, toString(*value)) == *value);
        } else {
            QCOMPARE(QString::fromStdString(value.error().param), key);
        }
    }
    void messages() {
        const Diagnostic range = checkParam(spec("count"), std::int64_t{11}).error();
        QCOMPARE(oneLine(range),
                 std::string("Count: 11 is out of range. Give a number at least 1 and at most 10."));
        const Diagnostic open = checkParam(spec("rate"), 1.0).error();
        QCOMPARE(open.mend, std::string("Give a number at least 0 and below 1."));
        QCOMPARE(checkParam(spec("size"), IntPair{0, 1}).error().mend,
                 std::string("Give a number at least 1."));
        const Diagnostic choice = checkParam(spec("colour"), std::string("blue")).error();
        QCOMPARE(choice.mend, std::string("Give one of: red, green."));
    }
    void registryRefuses() {
        LayerRegistry registry;
        const auto code = [&](LayerSchema schema) {
            const Status status = registry.add(std::move(schema));
            return status ? std::string() : status.error().code;
        };
        LayerSchema good = *layerRegistry().find("relu");
        QCOMPARE(code({}), std::string("registry.entry"));
        LayerSchema incomplete = good;
        incomplete.makeOracle = nullptr;
        QCOMPARE(code(incomplete), std::string("registry.entry"));
        QCOMPARE(code(good), std::string());
        QCOMPARE(code(good), std::string("registry.entry"));
        QCOMPARE(registry.size(), std::size_t(1));
        QVERIFY(!registry.find("absent"));
        // Entries never move, and what came last can be taken back.
        const LayerSchema* const first = registry.find("relu");
        for (int i = 0; i < 200; ++i) {
            good.id = "relu " + std::to_string(i);
            QCOMPARE(code(good), std::string());
        }
        QVERIFY(registry.find("relu") == first && &registry[0] == first);
        QCOMPARE(registry.choices().size(), std::size_t(201));
        registry.truncate(1);
        QVERIFY(registry.size() == 1 && registry.choices().size() == 1);
        QVERIFY(!registry.find("relu 7") && registry.find("relu") == first);
        LayerSchema unmigrated = good;
        unmigrated.version = 2;
        QCOMPARE(code(unmigrated), std::string("registry.entry"));
    }
    /// Choices that stand for a registry's entries grow with it: those of a run's settings as well.
    void choicesGrow() {
        const auto findChoice = [](const std::vector<ParamSpec>& specs, std::string_view key,
                                   const std::string& choice) {
            for (const ParamSpec& spec : specs)
                if (spec.key == key) return checkParam(spec, ParamValue{choice}).has_value();
            return false;
        };
        InitializerSchema mine = *initializers().find("zeros");
        mine.id = "test.sevens";
        mine.draw = [](const WeightSpec&, std::uint64_t, std::span<float> values) {
            std::ranges::fill(values, 7.0f);
        };
        const LayerSchema& dense = *layerRegistry().find("dense");
        QVERIFY(!findChoice(dense.params, "initializer", mine.id));
        const std::size_t before = initializers().size();
        QVERIFY(initializers().add(mine));
        QVERIFY(findChoice(dense.params, "initializer", mine.id));
        const auto weights = dense.weightSpecs({{"initializer", mine.id}}, std::vector<Shape>{{3, 1, 1}});
        QCOMPARE(initialValues(weights[0], 1),
                 std::vector<float>(static_cast<std::size_t>(weights[0].size()), 7.0f));
        initializers().truncate(before);
        QVERIFY(!findChoice(dense.params, "initializer", mine.id));
        QVERIFY(findChoice(TrainConfig::table().specs(), "optimizer", "adam"));
        QVERIFY(findChoice(TrainConfig::table().specs(), "loss", "auto"));
    }
    /// Whatever the locale, and as strtod does in C.
    void numbersInText() {
        QCOMPARE(parseNumber("0.25"), 0.25);
        QCOMPARE(parseNumber("-1e3"), -1000.0);
        QCOMPARE(parseNumber("1e999"), std::numeric_limits<double>::infinity());
        QCOMPARE(parseNumber("-1e999"), -std::numeric_limits<double>::infinity());
        QCOMPARE(parseNumber("1e-999"), 0.0);
        QCOMPARE(parseNumber("0." + std::string(999, '0') + "1"), 0.0);
        QVERIFY(parseNumber(std::string(999, '9')) > 1e308);
        for (const char* bad : {"", " 1", "1 ", "+1", "0,25", "1.2.3", "0x10", "one"})
            QVERIFY2(!parseNumber(bad), bad);
        QCOMPARE(shortestText(1e38F), std::string("1e+38"));
        QCOMPARE(shortestText(0.1F), std::string("0.1"));
        QCOMPARE(shortestText(0.1), std::string("0.1"));
        QCOMPARE(sameText(0.1F), 0.1);
        QCOMPARE(static_cast<float>(sameText(1.0F / 3)), 1.0F / 3);
        QVERIFY(std::isnan(sameText(std::numeric_limits<float>::quiet_NaN())));
        QCOMPARE(sameText(-std::numeric_limits<float>::infinity()), -std::numeric_limits<double>::infinity());
        QCOMPARE(fixedText(8.949, 1), std::string("8.9"));
        QCOMPARE(fixedText(-0.5, 0), std::string("-0"));
        QVERIFY(fixedText(1e308, 2).ends_with(".00"));
    }
    void onlyPlainFiles() {
        const QTemporaryDir folder;
        const auto code = [](const std::string& path, std::uint64_t limit) {
            const auto read = readPlainFile(path, limit);
            return read ? std::string() : read.error().code;
        };
        QFile file(folder.filePath("f"));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(QByteArray(70'000, 'x')) == 70'000);
        file.close();
        const std::string path = file.fileName().toStdString();
        QCOMPARE(readPlainFile(path, 70'000)->size(), std::size_t(70'000));
        QCOMPARE(code(path, 69'999), std::string("file.large"));
        QCOMPARE(code(path + "x", 1), std::string("file.missing"));
        QCOMPARE(code(folder.path().toStdString(), 1), std::string("file.folder"));
        QCOMPARE(code("/dev/zero", 1'000'000), std::string("file.kind"));
        QVERIFY(QFile::link("loop", folder.filePath("loop")));
        const auto loop = readPlainFile(folder.filePath("loop").toStdString(), 100);
        QVERIFY(!loop && loop.error().code == "file.kind" &&
                loop.error().why.find("link") != std::string::npos);
        QCOMPARE(code("/proc/self/maps", 100), std::string("file.large")); // tells a size of 0
    }
    void catalogue() {
        for (const char* id : {"input", "dense", "conv2d", "maxpool2d", "avgpool2d", "global_avgpool",
                               "flatten", "dropout", "batchnorm", "add", "concat", "sigmoid", "tanh", "relu",
                               "leaky_relu", "elu", "softplus", "softmax"})
            QVERIFY2(layerRegistry().find(id), id);
        // Ids and hyperparameters are in people's files: these must never change.
        QVERIFY(layerRegistry().find("leaky_relu")->param("slope")->defaultValue == ParamValue{0.1});
        for (const char* key : {"filters", "kernel", "stride", "padding", "pad", "dilation", "bias"})
            QVERIFY2(layerRegistry().find("conv2d")->param(key), key);
        for (const Category category : allCategories())
            QVERIFY(!categoryLabel(category).empty() && !categoryKey(category).empty());
    }
};

QTEST_APPLESS_MAIN(ParamsTest)
#include "params_test.moc"
