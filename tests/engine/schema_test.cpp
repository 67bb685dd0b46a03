// What layers say of themselves: axes, versions of their parameters, traits instead of names.
#include "layer_run.h"

#include "engine/graph/check_graph.h"
#include "engine/graph/graph_json.h"
#include "engine/models/exchange.h"

#include <QDirIterator>
#include <QRegularExpression>
#include <QTest>
#include <nlohmann/json.hpp>

using namespace burdock;
using namespace burdock::testing;

namespace {

/// A chain of layers behind an Input, as a file that knows no versions has it.
std::string oldFile(const std::string& inputParams, const std::vector<std::string>& layers,
                    const std::string& members = "") {
    std::string nodes = R"({"id":1,"type":"input","name":"input","params":)" + inputParams + "}", edges;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const std::string id = std::to_string(i + 2);
        nodes +=
            R"(,{"id":)" + id + R"(,"type":")" + layers[i] + R"(","name":"n)" + id + "\"" + members + "}";
        edges += (i == 0 ? "" : ",") + std::string("[") + std::to_string(i + 1) + "," + id + ",0]";
    }
    return R"({"burdock_model":1,"nodes":[)" + nodes + R"(],"edges":[)" + edges + "]}";
}

constexpr const char* greyPicture = R"({"channels":1,"height":6,"width":5})";

bool readsSequence(const Graph& graph) {
    const GraphReport report = checkGraph(graph);
    return report.shapeOf(report.input)->isSequence();
}

/// Three versions: "size" became "width", then was counted in halves.
LayerSchema versioned() {
    LayerSchema s = *layerRegistry().find("relu");
    s.id = "test.versioned";
    s.version = 3;
    s.params = {
        {.key = "width", .label = "Width", .defaultValue = std::int64_t{2}, .minimum = 0, .maximum = 100}};
    s.migrate = [](int from, ParamValues& params, const MigrationContext&) {
        if (from < 2)
            if (auto size = params.extract("size")) {
                size.key() = "width";
                params.insert(std::move(size));
            }
        if (auto width = params.find("width"); from < 3 && width != params.end())
            width->second = 2 * std::get<std::int64_t>(width->second);
    };
    return s;
}

} // namespace

class SchemaTest : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase() { QVERIFY(layerRegistry().add(versioned())); }

    // Axes. -----------------------------------------------------------------------------------------------

    /// A node may be called "or", and a file is not called anything.
    void theNameOfANodeStandsInQuotes() {
        Diagnostic d;
        d.what = "The network has nothing to learn.";
        d.where = "or";
        QCOMPARE(placed(d), std::string("or: The network has nothing to learn."));
        d.node = NodeId{3};
        QCOMPARE(placed(d), std::string("“or”: The network has nothing to learn."));
        QCOMPARE(oneLine(d), placed(d));
        d.where.clear();
        QCOMPARE(placed(d), d.what);
    }

    void shapesSayWhatTheyAre() {
        QCOMPARE(toString(Shape{3, 28, 20}), std::string("28×20×3"));
        QCOMPARE(toString(Shape{7, 1, 1}), std::string("7"));
        QCOMPARE(toString(Shape::sequence(40, 6)), std::string("40×6"));
        QVERIFY(!(Shape::sequence(28, 28) == Shape{1, 28, 28}));
        QVERIFY(Shape::sequence(28, 28).hasSizesOf({1, 28, 28}));
        QVERIFY(!Shape::sequence(1, 1).isFlat());
        QVERIFY(axesText({1, 28, 28}) == "channels × height × width" && axesText({9, 1, 1}) == "features");
    }
    /// A grey picture has one channel at each pixel; a sequence of the same size has features at each
    /// position.
    void aGreyPictureIsNoSequence() {
        const auto picture = run("softmax", {}, {{1, 2, 3}}, {{1, 2, 3, 4, 5, 6}});
        QVERIFY(near(picture, std::vector<double>(6, 1.0)));
        const auto rows = run("softmax", {}, {Shape::sequence(2, 3)}, {{1, 2, 3, 4, 5, 6}});
        QVERIFY(near({rows[0] + rows[1] + rows[2], rows[3] + rows[4] + rows[5]}, {1, 1}));
        const LayerSchema& norm = *layerRegistry().find("layernorm");
        const auto weights = [&](Shape shape) {
            return norm.weightSpecs({}, std::vector<Shape>{shape}).front().size();
        };
        QCOMPARE(weights({1, 2, 3}), 6);
        QCOMPARE(weights(Shape::sequence(2, 3)), 3);
    }
    /// Sequence layers refuse a picture; the fix reads its rows as positions, and it mends.
    void rowsAreReadAsPositionsWhenAsked() {
        for (const char* layer : {"lstm", "conv1d", "multi_head_attention", "learned_positions"}) {
            Graph graph;
            const NodeId input = graph.add(
                "input",
                {{"channels", std::int64_t{1}}, {"height", std::int64_t{6}}, {"width", std::int64_t{4}}});
            const NodeId reader = graph.add(layer);
            graph.connect(input, reader);
            const GraphReport refused = checkGraph(graph);
            QCOMPARE(refused.diagnostics.size(), 1u);
            QCOMPARE(refused.diagnostics[0].code, std::string("sequence.shape"));
            QVERIFY(refused.diagnostics[0].fix);
            const Fix& fix = *refused.diagnostics[0].fix;
            QVERIFY(fix.kind == Fix::Kind::InsertBefore);
            Graph mended = graph;
            const NodeId inserted = mended.add(fix.layer, fix.layerParams);
            mended.connect(input, inserted);
            mended.connect(inserted, reader);
            QVERIFY2(!checkGraph(mended).hasErrors(), layer);
            graph.edit(input)->params["axes"] = std::string("sequence");
            QVERIFY2(!checkGraph(graph).hasErrors(), layer);
        }
    }
    void reshapeSaysWhatComesOut() {
        const LayerSchema& reshape = *layerRegistry().find("reshape");
        const std::vector<Shape> in{{2, 3, 4}};
        ParamValues params{
            {"channels", std::int64_t{1}}, {"height", std::int64_t{6}}, {"width", std::int64_t{4}}};
        QVERIFY(*reshape.inferShape(params, in) == (Shape{1, 6, 4}));
        params["axes"] = std::string("sequence");
        QVERIFY(*reshape.inferShape(params, in) == Shape::sequence(6, 4));
        params = {{"channels", std::int64_t{2}},
                  {"height", std::int64_t{3}},
                  {"width", std::int64_t{4}},
                  {"axes", std::string("sequence")}};
        QCOMPARE(reshape.inferShape(params, in).error().code, std::string("reshape.sequence"));
    }

    // Versions. -------------------------------------------------------------------------------------------

    /// What had one channel was a sequence wherever that made a difference; so it stays in files of that
    /// time.
    void oldFilesMeanWhatTheyMeant() {
        const auto sequence = [](const std::string& file) {
            const auto graph = graphFromText(file);
            if (!graph) qFatal("%s", oneLine(graph.error()).c_str());
            return readsSequence(*graph);
        };
        for (const char* layer : {"lstm", "layernorm", "softmax", "multi_head_attention"})
            QVERIFY2(sequence(oldFile(greyPicture, {layer})), layer);
        QVERIFY(sequence(oldFile(greyPicture, {"relu", "tanh", "gru"}))); // behind what keeps the shape
        QVERIFY(!sequence(oldFile(greyPicture, {"conv2d", "softmax"})));
        QVERIFY(!sequence(oldFile(greyPicture, {"flatten", "dense"})));
        QVERIFY(!sequence(oldFile(R"({"channels":3,"height":6,"width":5})", {"softmax"})));
        QVERIFY(!sequence(oldFile(R"({"channels":9,"height":1,"width":1})", {"softmax"})));
        // A block's own Input, and what feeds a block.
        const std::string body = oldFile(greyPicture, {"layernorm"});
        const std::string file = oldFile(greyPicture, {"block"}, R"(,"body":)" + body);
        const auto graph = graphFromText(file);
        QVERIFY(graph && readsSequence(*graph));
        QVERIFY(readsSequence(*graph->nodes().back().block->body));
        // A Reshape to one channel gave a sequence.
        const auto reshaped =
            graphFromText(oldFile(R"({"channels":2,"height":3,"width":4})", {"reshape", "lstm"},
                                  R"(,"params":{"channels":1,"height":6,"width":4})"));
        QVERIFY(reshaped);
        for (const Diagnostic& d : checkGraph(*reshaped).diagnostics)
            QVERIFY2(d.code != "sequence.shape", oneLine(d).c_str());
    }
    void versionsAreStored() {
        const auto graph = graphFromText(oldFile(greyPicture, {"lstm"}));
        const nlohmann::json json = toJson(*graph);
        QCOMPARE(json["nodes"][0].value("version", 1), layerRegistry().find("input")->version);
        QVERIFY(!json["nodes"][1].contains("version")); // the first is not worth a word
        const auto again = graphFromJson(json);
        QVERIFY(again && *again == *graph);
        // What is written now is not migrated: a grey picture stays one.
        Graph now;
        const NodeId input = now.add("input");
        now.connect(input, now.add("softmax"));
        QVERIFY(!readsSequence(*graphFromJson(toJson(now))));
    }
    void parametersAreMigrated() {
        const auto width = [](const std::string& members) {
            const auto graph = graphFromText(oldFile(greyPicture, {"test.versioned"}, members));
            if (!graph) qFatal("%s", oneLine(graph.error()).c_str());
            if (checkGraph(*graph).hasErrors())
                qFatal("%s", oneLine(checkGraph(*graph).diagnostics[0]).c_str());
            return std::get<std::int64_t>(
                paramOr(graph->nodes()[1].params, layerRegistry().find("test.versioned")->params[0]));
        };
        QCOMPARE(width(R"(,"params":{"size":5})"), 10);
        QCOMPARE(width(R"(,"params":{"width":5},"version":2)"), 10);
        QCOMPARE(width(R"(,"params":{"width":5},"version":3)"), 5);
        QCOMPARE(width(""), 2); // the default of now
    }
    void newerVersionsAreTold() {
        const auto newer = graphFromText(oldFile(greyPicture, {"test.versioned"}, R"(,"version":4)"));
        QVERIFY(!newer);
        QCOMPARE(newer.error().where, std::string("nodes[1].version"));
        QVERIFY(newer.error().what.find("version 4") != std::string::npos);
        QVERIFY(!newer.error().mend.empty());
        for (const char* wrong : {"0", "-1", "1.5", "\"2\"", "1e30", "null"})
            QVERIFY2(!graphFromText(oldFile(greyPicture, {"relu"}, std::string(R"(,"version":)") + wrong)),
                     wrong);
    }
    /// A file is not damaged by a program that lacks the plugin.
    void versionsOfUnknownLayersAreKept() {
        const auto graph = graphFromText(oldFile(greyPicture, {"no.such"}, R"(,"version":7)"));
        QVERIFY(graph);
        QCOMPARE(toJson(*graph)["nodes"][1].value("version", 1), 7);
    }

    // Exchange. -------------------------------------------------------------------------------------------

    void burdocksOwnFormatIsAnEntry() {
        Graph graph;
        const NodeId input = graph.add("input");
        graph.connect(input, graph.add("conv2d"));
        for (const char* path : {"net.json", "net", "../net"}) {
            const auto bytes = writeModel(path, {graph});
            QVERIFY(bytes && *bytes == graphToText(graph));
            const auto read = readModel(path, *bytes);
            QVERIFY(read && read->graph == graph && !read->weights);
        }
        const Diagnostic unknown = writeModel("net.unknown", {graph}).error();
        QCOMPARE(unknown.code, std::string("model.format"));
        QVERIFY(unknown.mend.find("Burdock model (*.json)") != std::string::npos);
        QCOMPARE(readModel("x", "no model").error().code, std::string("model.malformed"));
        // An exporter and an importer that come later are found by ending and content; what they throw is
        // told.
        const std::size_t before = exporters().size(), readers = importers().size();
        QVERIFY(
            exporters().add({"test.names", "Names", {"*.names"}, "Names alone.", [](const ModelContents& c) {
                                 if (c.graph.nodes().size() > 2) throw std::runtime_error("Too many");
                                 return Result<std::string>("NAMES" + c.graph.nodes()[0].name);
                             }}));
        QVERIFY(importers().add({"test.names",
                                 "Names",
                                 {"*.names"},
                                 "Names alone.",
                                 [](std::string_view bytes) { return bytes.starts_with("NAMES"); },
                                 [](std::string_view) -> Result<ModelContents> { return ModelContents{}; }}));
        QCOMPARE(*writeModel("a.names", {graph}), std::string("NAMESinput"));
        QVERIFY(readModel("a.names", "NAMESinput")->graph.nodes().empty());
        graph.add("relu");
        const Diagnostic failed = writeModel("a.names", {graph}).error();
        QVERIFY(failed.code == "model.failed" && failed.why == "Too many.");
        exporters().truncate(before);
        importers().truncate(readers);
    }
    /// A format for other programs is given what was checked, and nothing that has errors.
    void exportersTakeACheckedNetwork() {
        const std::size_t before = exporters().size();
        ModelExporter steps{"test.steps", "Steps", {"*.steps"}, "Names and sizes.", {}};
        steps.writeNetwork = [](const CheckedNetwork& network, const WeightSet* weights) {
            std::string text = weights ? "weights" : "";
            for (const CheckedStep& step : network.steps())
                text += step.name + " " + toString(step.layer->output()) + "\n";
            return Result<std::string>(text);
        };
        QVERIFY(exporters().add(steps));
        ModelExporter nothing{"test.nothing", "Nothing", {"*.nothing"}, "Writes nothing.", {}};
        QVERIFY(!exporters().add(nothing));
        Graph graph = graphFromText(oldFile(greyPicture, {"conv2d"})).value();
        QVERIFY(writeModel("a.steps", {graph})->starts_with("input "));
        graph.add("relu"); // which nothing feeds
        const auto refused = writeModel("a.steps", {graph});
        QVERIFY(!refused && refused.error().code != "model.failed" && refused.error().node);
        exporters().truncate(before);
    }

    // Traits. ---------------------------------------------------------------------------------------------

    /// No code but a layer's own file compares its id: what others ask is said in the schema.
    void noLayerIsAskedForItsName() {
        QStringList ids;
        for (const LayerSchema& schema : layerRegistry())
            ids << QRegularExpression::escape(QString::fromStdString(schema.id));
        const QString quoted = QStringLiteral("\"(%1)\"").arg(ids.join(u'|'));
        const QRegularExpression compared(
            QStringLiteral("[=!]= *(QStringLiteral\\()?%1|%1\\)? *[=!]=").arg(quoted, quoted));
        QVERIFY(compared.match("if (node.type == \"relu\")").hasMatch());
        QStringList found;
        for (const char* room : {"engine", "designer", "plugins", "storage"}) {
            QDirIterator files(QStringLiteral(BURDOCK_SOURCE_DIR "/") + room, {"*.cpp", "*.h"}, QDir::Files,
                               QDirIterator::Subdirectories);
            while (files.hasNext()) {
                const QString path = files.next();
                if (path.contains("/engine/layers/")) continue;
                QFile file(path);
                QVERIFY(file.open(QIODevice::ReadOnly));
                int line = 0;
                while (!file.atEnd()) {
                    ++line;
                    if (compared.match(QString::fromUtf8(file.readLine())).hasMatch())
                        found << QStringLiteral("%1:%2").arg(path).arg(line);
                }
            }
        }
        QVERIFY2(found.isEmpty(), qPrintable(found.join(u' ')));
    }
};

QTEST_GUILESS_MAIN(SchemaTest)
#include "schema_test.moc"
