#include "sample_notebook.h"

#include "engine/graph/graph_json.h"
#include "engine/train/checkpoint.h"
#include "engine/train/train_config.h"
#include "storage/notebook/checkpoint_rows.h"
#include "storage/notebook/curve_rows.h"
#include "storage/notebook/model_rows.h"
#include "storage/notebook/run_rows.h"
#include "storage/notebook/run_writer.h"

#include <nlohmann/json.hpp>

#include <array>
#include <fstream>
#include <iterator>
#include <vector>

#include <sqlite3.h>

// What the C library itself calls malloc, free and realloc.
extern "C" {
void* __libc_malloc(std::size_t size);
void __libc_free(void* at);
void* __libc_realloc(void* at, std::size_t size);
}

namespace burdock::fuzz {
namespace {

using namespace burdock::storage;

constexpr int headBytes = 16; ///< before each block stands its size, and what follows stays aligned

void* withSize(void* block, int size) {
    if (!block) return nullptr;
    *static_cast<int*>(block) = size;
    return static_cast<char*>(block) + headBytes;
}
void* blockOf(void* at) {
    return static_cast<char*>(at) - headBytes;
}

/// SQLite is not instrumented, so that guards about its memory guard nothing; they took half of the time.
/// Call it before anything opens a database.
void leaveSqliteUnguarded() {
    static sqlite3_mem_methods methods{
        [](int size) { return withSize(__libc_malloc(static_cast<std::size_t>(size) + headBytes), size); },
        [](void* at) { __libc_free(blockOf(at)); },
        [](void* at, int size) {
            return withSize(__libc_realloc(blockOf(at), static_cast<std::size_t>(size) + headBytes), size);
        },
        [](void* at) { return at ? *static_cast<int*>(blockOf(at)) : 0; },
        [](int size) { return (size + 7) & ~7; },
        [](void*) { return SQLITE_OK; },
        [](void*) {},
        nullptr};
    require(sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) == SQLITE_OK &&
                sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK,
            "SQLite has not begun yet");
}

std::string_view textOf(const QByteArray& bytes) {
    return {bytes.constData(), static_cast<std::size_t>(bytes.size())};
}

std::shared_ptr<const CheckpointData> checkpoint(CheckpointKind kind, qint64 epoch, qint64 step) {
    static const std::array<float, 6> values{1, 2, 3, 4, 5, 6};
    auto data = std::make_shared<CheckpointData>();
    data->info = {{}, kind, epoch, step, 0, QDateTime::currentDateTimeUtc()};
    TrainState state;
    state.step = step;
    state.epochs = epoch;
    if (kind == CheckpointKind::Last) data->state = QByteArray::fromStdString(stateText(state));
    const auto* const bytes = reinterpret_cast<const char*>(values.data());
    data->tensors = {{{QStringLiteral("weights"), QStringLiteral("dense 1.weight"), {2, 3}, 24}, bytes},
                     {{QStringLiteral("optimizer"), QStringLiteral("mean/dense 1.weight"), {6}, 24}, bytes}};
    return data;
}

Outcome<void> addRun(Notebook& notebook, const QString& name) {
    Graph graph;
    graph.connect(graph.add("input"), graph.add("dense"));
    RunStart start;
    start.name = start.modelName = name;
    start.graphJson = QByteArray::fromStdString(graphToText(graph));
    start.configJson = QByteArray::fromStdString(toJson(TrainConfig{}).dump());
    start.datasetId = QStringLiteral("iris");
    start.parameters = 12;
    start.stepsPerEpoch = 10;
    start.epochsPlanned = 2;
    auto writer = notebook.startRun(start);
    if (!writer) return refuse(writer.error());
    const QString loss = QStringLiteral("train.loss");
    for (qint64 step = 1; step <= 20; ++step)
        (*writer)->step(step, {loss, QStringLiteral("learning_rate")}, std::array{0.5F, 0.1F});
    for (qint64 epoch = 1; epoch <= 2; ++epoch) {
        (*writer)->epoch({epoch, epoch * 10, {{loss, 0.5}}, 1000, 1.5, epoch == 2});
        (*writer)->checkpoint(checkpoint(CheckpointKind::Best, epoch, epoch * 10));
        (*writer)->checkpoint(checkpoint(CheckpointKind::Last, epoch, epoch * 10));
    }
    return (*writer)->finish(RunState::Finished, 3, {{QStringLiteral("test.loss"), 0.4}}, {},
                             R"({"loss":0.4})");
}

/// Most of a page of the usual size would be empty, and reading and damaging it of no use.
void useSmallPages(const std::filesystem::path& path) {
    auto database = Database::open(QString::fromStdString(path.string()), Database::Mode::Write);
    require(database.has_value(), "the notebook can be opened again");
    for (const char* statement :
         {"PRAGMA journal_mode = DELETE", "PRAGMA page_size = 1024", "VACUUM", "PRAGMA journal_mode = WAL"})
        require(database->run(QString::fromLatin1(statement)).has_value(), "its pages can be made anew");
}

/// The questions of a notebook, answered from one connection.
struct Rows {
    const Database& database;
    auto setting(const QString& name) const { return readSetting(database, name); }
    auto models() const { return readModels(database); }
    auto runs(bool withDeleted) const { return storage::readRuns(database, withDeleted); }
    auto epochs(RunId run) const { return readEpochs(database, run); }
    auto steps(RunId run) const { return readSteps(database, run); }
    auto checkpoints(RunId run) const { return readCheckpoints(database, run); }
};

template <class Source, class EachCheckpoint>
void readFrom(const Source& source, EachCheckpoint&& each) {
    (void)source.setting(QStringLiteral("open"));
    if (const auto models = source.models())
        for (const ModelRow& model : *models)
            readGraph(model.graphJson);
    const auto runs = source.runs(/*withDeleted=*/true);
    if (!runs) return;
    for (const RunSummary& run : *runs) {
        readGraph(run.start.graphJson);
        readConfig(run.start.configJson);
        (void)source.epochs(run.id);
        (void)source.steps(run.id);
        if (const auto checkpoints = source.checkpoints(run.id))
            for (const CheckpointInfo& info : *checkpoints)
                each(info);
    }
}

} // namespace

void readGraph(const QByteArray& json) {
    (void)graphFromText(textOf(json));
}

void readConfig(const QByteArray& json) {
    const auto object = nlohmann::json::parse(textOf(json), nullptr, /*allow_exceptions=*/false);
    if (!object.is_discarded()) (void)trainConfigFromJson(object);
}

void readCheckpoint(const CheckpointReader& reader) {
    (void)stateFromText(textOf(reader.state()));
    for (qsizetype i = 0; i < reader.tensors().size(); ++i) {
        // As TensorSource's readers do it: as many values as the list says.
        std::vector<char> values(static_cast<std::size_t>(reader.tensors()[i].bytes));
        (void)reader.read(i, values.data());
    }
    if (!reader.isOneFile()) return;
    if (const auto file = reader.oldFile())
        (void)decodeCheckpoint(
            std::as_bytes(std::span(file->constData(), static_cast<std::size_t>(file->size()))));
}

std::string sampleNotebook(int runs) {
    leaveSqliteUnguarded();
    const MemoryFolder folder;
    const auto path = folder.path("sample.burdock");
    {
        auto notebook = Notebook::open(QString::fromStdString(path.string()));
        require(notebook.has_value(), "a notebook can be made");
        for (int run = 1; run <= runs; ++run)
            require(addRun(**notebook, QStringLiteral("run %1").arg(run)).has_value(), "runs can be written");
        require((*notebook)->saveModel({{}, QStringLiteral("model"), "{}", "{}", {}}).has_value() &&
                    (*notebook)->setSetting(QStringLiteral("open"), QStringLiteral("1")).has_value(),
                "models and settings can be written");
    }
    useSmallPages(path);
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void readRows(const Database& database) {
    readFrom(Rows{database}, [](const CheckpointInfo&) {});
}

void readAll(const Notebook& notebook) {
    (void)notebook.damage();
    readFrom(notebook, [&](const CheckpointInfo& info) {
        if (const auto reader = notebook.openCheckpoint(info.id)) readCheckpoint(**reader);
    });
}

} // namespace burdock::fuzz
