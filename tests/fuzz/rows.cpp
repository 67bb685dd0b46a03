// Rows of a notebook that a stranger wrote and sealed. An input is a list of changes: a byte each for the
// table, the column, the row, and the kind of the value, whose bytes follow; whether it is sealed is in the
// kind as well. What is read and what goes on from it is as in the programs.
#include "sample_notebook.h"

#include "storage/notebook/checkpoint_reader.h"
#include "storage/notebook/checkpoint_rows.h"
#include "storage/notebook/curve_rows.h"
#include "storage/notebook/run_rows.h"
#include "storage/notebook/schema.h"

#include <array>

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

/// What SQLite itself refuses, such as a key that is there twice, changes nothing.
void change(Database& database, Reader& reader) {
    static const Table chunks{QStringLiteral("tensor_chunk"),
                              {QStringLiteral("id"), QStringLiteral("tensor"), QStringLiteral("place"),
                               QStringLiteral("checksum"), QStringLiteral("data")}};
    static const std::array tables{&runTable(),   &setupTable(),      &epochTable(),
                                   &chunkTable(), &checkpointTable(), &tensorTable(),
                                   &modelTable(), &settingTable(),    &chunks};
    const Table& table = *tables[reader.byte() % tables.size()];
    const QString& column = table.columns[reader.byte() % table.columns.size()];
    const QString& key = table.columns.front();
    const int row = reader.byte() % 4;
    const std::uint8_t kind = reader.byte();
    const QVariant value = valueOf(reader, kind % 6);
    const auto found = database.value(
        QStringLiteral("SELECT %1 FROM %2 ORDER BY %1 LIMIT 1 OFFSET %3").arg(key, table.name).arg(row));
    if (!found || found->isNull()) return;
    (void)database.run(QStringLiteral("UPDATE %1 SET %2 = ? WHERE %3 = ?").arg(table.name, column, key),
                       {value, *found});
    if (kind < 128 && &table != &chunks) (void)sealRow(database, table, found->toLongLong());
}

} // namespace

void feed(Bytes input) {
    static const MemoryFolder folder;
    static const std::string sample = [] {
        std::string bytes = sampleNotebook();
        bytes[18] = bytes[19] = 1; // a journal in memory takes less time than a log in files
        return bytes;
    }();
    auto database = Database::open(QString::fromStdString(folder.write("a.burdock", sample).string()),
                                   Database::Mode::Write);
    require(database.has_value(), "a sound notebook can be opened");
    for (const char* pragma :
         {"PRAGMA foreign_keys = OFF", "PRAGMA journal_mode = MEMORY", "PRAGMA synchronous = OFF", "BEGIN"})
        require(database->run(QString::fromLatin1(pragma)).has_value(), "a connection can be set up");
    Reader reader(input);
    const CheckpointId checkpoint{reader.byte() % 5 + 1};
    while (!reader.atEnd())
        change(*database, reader);

    const auto runs = readRuns(*database, /*withDeleted=*/true);
    if (runs)
        for (const RunSummary& run : *runs) {
            readGraph(run.start.graphJson);
            readConfig(run.start.configJson);
            (void)readEpochs(*database, run.id);
            (void)readSteps(*database, run.id);
            (void)readCheckpoints(*database, run.id);
        }
    // A run goes on: what it has is read again and changed.
    constexpr RunId run{1};
    if (reopenRun(*database, run, 1, 10) && cutSteps(*database, run, 10)) {
        StepBlock steps;
        steps.firstStep = 11;
        steps.add({QStringLiteral("train.loss")}, std::array{0.25F});
        (void)CurveAppender(run).append(*database, steps);
        (void)writeEpochs(*database, run, {{2, 20, {{QStringLiteral("train.loss"), 0.25}}, 1000, 1.5, true}});
        (void)readSteps(*database, run);
    }
    (void)database->run(QStringLiteral("COMMIT"));
    if (const auto opened = CheckpointReader::open(std::move(*database), checkpoint))
        readCheckpoint(**opened);
}

} // namespace burdock::fuzz
