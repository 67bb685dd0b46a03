#include "storage/notebook/schema.h"

#include "storage/database/file_history.h"
#include "storage/notebook/series_migration.h"

#include <array>

namespace burdock::storage {
namespace {

// Standard types, so that the same statements can make these tables elsewhere; SQLite only looks at the
// affinity of the names. Once released, a version's statements never change.
Outcome<void> firstVersion(Database& database) {
    return runStatements(
        database,
        {QStringLiteral("CREATE TABLE run (id INTEGER PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL, "
                        "started_at TEXT NOT NULL, heartbeat_at TEXT NOT NULL, owner TEXT NOT NULL, "
                        "seconds DOUBLE PRECISION NOT NULL, epochs BIGINT NOT NULL, steps BIGINT NOT NULL, "
                        "train_loss DOUBLE PRECISION, train_accuracy DOUBLE PRECISION, "
                        "validation_loss DOUBLE PRECISION, validation_accuracy DOUBLE PRECISION, "
                        "best_validation_loss DOUBLE PRECISION, best_validation_accuracy DOUBLE PRECISION, "
                        "test_loss DOUBLE PRECISION, test_accuracy DOUBLE PRECISION, "
                        "samples_per_second DOUBLE PRECISION, problem TEXT NOT NULL, notes TEXT NOT NULL, "
                        "tags TEXT NOT NULL, deleted BIGINT NOT NULL, seal BIGINT NOT NULL)"),
         QStringLiteral(
             "CREATE TABLE run_setup (run INTEGER PRIMARY KEY REFERENCES run (id), "
             "model_name TEXT NOT NULL, graph_json BLOB NOT NULL, config_json BLOB NOT NULL, "
             "dataset_id TEXT NOT NULL, dataset_title TEXT NOT NULL, dataset_sha256 TEXT NOT NULL, "
             "seed BIGINT NOT NULL, parameters BIGINT NOT NULL, steps_per_epoch BIGINT NOT NULL, "
             "epochs_planned BIGINT NOT NULL, program_version TEXT NOT NULL, machine TEXT NOT NULL, "
             "parent BIGINT, seal BIGINT NOT NULL)"),
         QStringLiteral(
             "CREATE TABLE run_epoch (id INTEGER PRIMARY KEY, run BIGINT NOT NULL REFERENCES run (id), "
             "epoch BIGINT NOT NULL, step BIGINT NOT NULL, train_loss DOUBLE PRECISION, "
             "train_accuracy DOUBLE PRECISION, validation_loss DOUBLE PRECISION, "
             "validation_accuracy DOUBLE PRECISION, samples_per_second DOUBLE PRECISION, "
             "seconds DOUBLE PRECISION, seal BIGINT NOT NULL, UNIQUE (run, epoch))"),
         QStringLiteral(
             "CREATE TABLE run_chunk (id INTEGER PRIMARY KEY, run BIGINT NOT NULL REFERENCES run (id), "
             "first_step BIGINT NOT NULL, steps BIGINT NOT NULL, data BLOB NOT NULL, "
             "seal BIGINT NOT NULL, UNIQUE (run, first_step))"),
         QStringLiteral("CREATE TABLE run_checkpoint (id INTEGER PRIMARY KEY, "
                        "run BIGINT NOT NULL REFERENCES run (id), kind TEXT NOT NULL, epoch BIGINT NOT NULL, "
                        "step BIGINT NOT NULL, bytes BIGINT NOT NULL, sha256 BLOB NOT NULL, "
                        "saved_at TEXT NOT NULL, seal BIGINT NOT NULL, UNIQUE (run, kind))"),
         QStringLiteral(
             "CREATE TABLE weights (checkpoint INTEGER PRIMARY KEY REFERENCES run_checkpoint (id), "
             "data BLOB NOT NULL)"),
         QStringLiteral(
             "CREATE TABLE model (id INTEGER PRIMARY KEY, name TEXT NOT NULL, graph_json BLOB NOT NULL, "
             "settings_json BLOB NOT NULL, changed_at TEXT NOT NULL, seal BIGINT NOT NULL)"),
         QStringLiteral("CREATE TABLE setting (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, "
                        "value TEXT NOT NULL, seal BIGINT NOT NULL)")});
}

// Nullable, so that no row's seal is broken.
Outcome<void> testMetrics(Database& database) {
    return runStatements(database, {QStringLiteral("ALTER TABLE run ADD COLUMN test_metrics TEXT")});
}

Outcome<void> learningRates(Database& database) {
    return runStatements(database,
                         {QStringLiteral("ALTER TABLE run_epoch ADD COLUMN learning_rate DOUBLE PRECISION")});
}

// A run may have any number of checkpoints of a kind, and one is written over several transactions: the
// constraints of the first version stand in the way, so its small table is made anew. The large one,
// `weights`, keeps what it has: it is read as it is, and nothing is added any more.
Outcome<void> tensors(Database& database) {
    return runStatements(
        database,
        {QStringLiteral("CREATE TABLE new_checkpoint (id INTEGER PRIMARY KEY, "
                        "run BIGINT NOT NULL REFERENCES run (id), kind TEXT NOT NULL, epoch BIGINT NOT NULL, "
                        "step BIGINT NOT NULL, bytes BIGINT NOT NULL, sha256 BLOB, saved_at TEXT NOT NULL, "
                        "tensors BIGINT, state BLOB, seal BIGINT NOT NULL)"),
         QStringLiteral(
             "INSERT INTO new_checkpoint (id, run, kind, epoch, step, bytes, sha256, saved_at, seal) "
             "SELECT id, run, kind, epoch, step, bytes, sha256, saved_at, seal "
             "FROM run_checkpoint"),
         QStringLiteral("DROP TABLE run_checkpoint"),
         QStringLiteral("ALTER TABLE new_checkpoint RENAME TO run_checkpoint"),
         QStringLiteral("CREATE INDEX run_checkpoint_run ON run_checkpoint (run)"),
         QStringLiteral("CREATE TABLE tensor (id INTEGER PRIMARY KEY, "
                        "checkpoint BIGINT NOT NULL REFERENCES run_checkpoint (id), place BIGINT NOT NULL, "
                        "part TEXT NOT NULL, name TEXT NOT NULL, dims TEXT NOT NULL, bytes BIGINT NOT NULL, "
                        "seal BIGINT NOT NULL, UNIQUE (checkpoint, place))"),
         QStringLiteral("CREATE TABLE tensor_chunk (id INTEGER PRIMARY KEY, "
                        "tensor BIGINT NOT NULL REFERENCES tensor (id), place BIGINT NOT NULL, "
                        "checksum BIGINT NOT NULL, data BLOB NOT NULL, UNIQUE (tensor, place))")});
}

} // namespace

const FileFormat& notebookFormat() {
    static const FileFormat format{notebookApplicationId,
                                   {{1, QStringLiteral("models, runs, curves, weights"), firstVersion},
                                    {2, QStringLiteral("all metrics of a run's test"), testMetrics},
                                    {3, QStringLiteral("the learning rate of each epoch"), learningRates},
                                    {4, QStringLiteral("checkpoints by tensor"), tensors},
                                    {5, QStringLiteral("any number of named series"), nameSeries},
                                    {6, QStringLiteral("who has written"), beginHistory}},
                                   {QStringLiteral("sqlite_schema"), QStringLiteral("run"),
                                    QStringLiteral("run_setup"), QStringLiteral("run_epoch"),
                                    QStringLiteral("model"), QStringLiteral("setting")},
                                   FileFormat::History{QStringLiteral("writer"), beginHistory}};
    return format;
}

const Table& runTable() {
    static const Table made = Table::of(
        "run", "id name state started_at heartbeat_at owner seconds epochs steps samples_per_second "
               "problem notes tags deleted test_metrics best_epoch series test");
    return made;
}

const Table& setupTable() {
    static const Table made = Table::of(
        "run_setup", "run model_name graph_json config_json dataset_id dataset_title dataset_sha256 seed "
                     "parameters steps_per_epoch epochs_planned program_version machine parent");
    return made;
}

const Table& epochTable() {
    static const Table made =
        Table::of("run_epoch", "id run epoch step seconds samples_per_second best metrics");
    return made;
}

const Table& chunkTable() {
    static const Table made = Table::of("run_chunk", "id run series begins first_step steps data");
    return made;
}

const Table& checkpointTable() {
    static const Table made =
        Table::of("run_checkpoint", "id run kind epoch step bytes sha256 saved_at tensors state");
    return made;
}

const Table& tensorTable() {
    static const Table made = Table::of("tensor", "id checkpoint place part name dims bytes");
    return made;
}

const Table& modelTable() {
    static const Table made = Table::of("model", "id name graph_json settings_json changed_at");
    return made;
}

const Table& settingTable() {
    static const Table made = Table::of("setting", "id name value");
    return made;
}

namespace {

constexpr std::array owned{Owned{"run_setup", "run", "run", "graph_json"},
                           Owned{"run_epoch", "run", "run", "metrics"},
                           Owned{"run_chunk", "run", "run", "data"},
                           Owned{"run_checkpoint", "run", "run", "state"},
                           Owned{"tensor", "checkpoint", "run_checkpoint", "name"},
                           Owned{"weights", "checkpoint", "run_checkpoint", "data"},
                           Owned{"tensor_chunk", "tensor", "tensor", "data"}};
constexpr std::size_t ofRuns = 4;

} // namespace

std::span<const Owned> ownedRows() {
    return owned;
}

std::span<const Owned> ownedByRuns() {
    return ownedRows().first(ofRuns);
}

std::span<const Owned> ownedByCheckpoints() {
    return ownedRows().subspan(ofRuns);
}

} // namespace burdock::storage
