// Rows of a notebook that a stranger wrote and sealed. An input is a byte that says whether a run goes on or
// all runs are read, and which checkpoint is read, and a list of changes: a byte each for the table, the
// column, the row, and the kind of the value, whose bytes follow; whether it is sealed is in the kind as
// well. What is read and what goes on from it is as in the programs; what no change can have reached is left
// out.
#include "sample_notebook.h"

#include "storage/database/file_history.h"
#include "storage/notebook/checkpoint_reader.h"
#include "storage/notebook/checkpoint_rows.h"
#include "storage/notebook/curve_rows.h"
#include "storage/notebook/going_on.h"
#include "storage/notebook/model_rows.h"
#include "storage/notebook/orphan_rows.h"
#include "storage/notebook/run_rows.h"
#include "storage/notebook/schema.h"

#include <array>
#include <optional>
#include <set>
#include <utility>

namespace burdock::fuzz {
namespace {

using namespace burdock::storage;

QVariant valueOf(Reader& reader, int kind) {
    switch (kind) {
    case 0:
        return QVariant(QMetaType(QMetaType::LongLong)); // NULL
    case 1:
        return qint64{reader.number<std::int8_t>()};
    case 2:
        return qint64{reader.number<std::int64_t>()};
    case 3:
        return reader.number<double>();
    case 4: {
        const Bytes bytes = reader.bytes(reader.byte());
        return textValue(QString::fromUtf8(text(bytes).data(), static_cast<qsizetype>(bytes.size())));
    }
    default: {
        const Bytes bytes = reader.bytes(reader.byte());
        return blobValue({text(bytes).data(), static_cast<qsizetype>(bytes.size())});
    }
    }
}

/// What reads a table.
enum class Readers { Runs, Weights, Shelf, History };

/// Tells whose table it was. What SQLite itself refuses, such as a key that is there twice, changes nothing.
Readers change(Database& database, Reader& reader) {
    static const Table chunks{QStringLiteral("tensor_chunk"),
                              {QStringLiteral("id"), QStringLiteral("tensor"), QStringLiteral("place"),
                               QStringLiteral("checksum"), QStringLiteral("data")}};
    static const Table writers{QStringLiteral("writer"),
                               {QStringLiteral("id"), QStringLiteral("changes"), QStringLiteral("moved")}};
    // New ones at the end: the corpus names them by their number.
    static const std::array<std::pair<const Table*, Readers>, 10> tables{
        {{&runTable(), Readers::Runs},
         {&setupTable(), Readers::Runs},
         {&epochTable(), Readers::Runs},
         {&chunkTable(), Readers::Runs},
         {&checkpointTable(), Readers::Weights},
         {&tensorTable(), Readers::Weights},
         {&modelTable(), Readers::Shelf},
         {&settingTable(), Readers::Shelf},
         {&chunks, Readers::Weights},
         {&writers, Readers::History}}};
    const auto& [changed, readers] = tables[reader.byte() % tables.size()];
    const Table& table = *changed;
    const QString& column = table.columns[reader.byte() % table.columns.size()];
    const QString& key = table.columns.front();
    const int row = reader.byte() % 4;
    const std::uint8_t kind = reader.byte();
    const QVariant value = valueOf(reader, kind % 6);
    const auto found = database.value(
        QStringLiteral("SELECT %1 FROM %2 ORDER BY %1 LIMIT 1 OFFSET %3").arg(key, table.name).arg(row));
    if (!found || found->isNull()) return readers;
    (void)database.run(QStringLiteral("UPDATE %1 SET %2 = ? WHERE %3 = ?").arg(table.name, column, key),
                       {value, *found});
    if (kind < 128 && &table != &chunks) (void)sealRow(database, table, found->toLongLong());
    return readers;
}

void run(Database& database, const char* statement) {
    require(database.run(QString::fromLatin1(statement)).has_value(), statement);
}

/// A connection to a sound notebook.
Database opened() {
    static const MemoryFolder folder;
    static const std::string sample = [] {
        std::string bytes = sampleNotebook(2);
        bytes[18] = bytes[19] = 1; // a journal in memory takes less time than a log in files
        return bytes;
    }();
    auto database = Database::open(QString::fromStdString(folder.write("a.burdock", sample).string()),
                                   Database::Mode::Write);
    require(database.has_value(), "a sound notebook can be opened");
    for (const char* pragma :
         {"PRAGMA foreign_keys = OFF", "PRAGMA journal_mode = MEMORY", "PRAGMA synchronous = OFF"})
        run(*database, pragma);
    return std::move(*database);
}

/// A run goes on: what it has is read again and changed.
void goOn(Database& database) {
    constexpr RunId run{1};
    if (!reopenRun(database, run, 1, 10) || !cutSteps(database, run, 10)) return;
    StepBlock steps;
    steps.firstStep = 11;
    steps.add({QStringLiteral("train.loss")}, std::array{0.25F});
    (void)CurveAppender(run).append(database, steps);
    (void)writeEpochs(database, run, {{2, 20, {{QStringLiteral("train.loss"), 0.25}}, 1000, 1.5, true}});
    (void)readSteps(database, run);
}

} // namespace

void feed(Bytes input) {
    // Kept from one input to the next, for opening takes most of the time; changes are rolled back.
    static std::optional<Database> kept(opened());
    run(*kept, "BEGIN");
    Reader reader(input);
    const std::uint8_t how = reader.byte();
    const CheckpointId checkpoint{how % 5 + 1};
    std::set<Readers> reached;
    while (!reader.atEnd())
        reached.insert(change(*kept, reader));

    if (reached.contains(Readers::Shelf)) {
        (void)readModels(*kept);
        (void)readSetting(*kept, QStringLiteral("open"));
    }
    if (reached.contains(Readers::History)) {
        constexpr qint64 writer = 1;
        FileHistory history = FileHistory::of(*kept);
        (void)history.count(*kept, writer);
        (void)FileHistory::of(*kept).goesOnFrom(history);
    }
    if (reached.contains(Readers::Runs)) {
        (void)findOrphans(*kept);
        if (how / 10 % 2 == 0) (void)OrphanRemover().removeSlice(*kept, qint64{1} << 40);
        if (how / 5 % 2 == 0)
            goOn(*kept);
        else
            readRows(*kept);
    }
    if (!reached.contains(Readers::Weights)) return run(*kept, "ROLLBACK");
    for (const std::int64_t id : {1, 2})
        (void)readCheckpoints(*kept, {id});
    // Its reader takes the connection, with what was changed. Another is opened at once, so that an input
    // leaves as much memory behind as was there before: libFuzzer looks for leaks else.
    run(*kept, "COMMIT");
    if (const auto read = CheckpointReader::open(std::move(*kept), checkpoint)) readCheckpoint(**read);
    kept.emplace(opened());
}

} // namespace burdock::fuzz
