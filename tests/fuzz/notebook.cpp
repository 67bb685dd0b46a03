// Notebooks damaged on the disk, or made by a stranger. An input changes a sound one: two bytes choose a
// place in steps of four bytes, one tells how many bytes are put there, and they follow. The first byte of
// the input says how it is opened, and what is read then.
#include "sample_notebook.h"

#include "storage/database/database.h"

namespace burdock::fuzz {

void feed(Bytes input) {
    static const MemoryFolder folder;
    static const std::string sample = sampleNotebook(1);
    std::string bytes = sample;
    Reader reader(input);
    const std::uint8_t how = reader.byte();
    const auto access = how % 16 == 0 ? storage::Access::ReadWrite : storage::Access::ReadOnly;
    while (!reader.atEnd()) {
        const std::size_t at = std::size_t{reader.number<std::uint16_t>()} * 4 % bytes.size();
        const Bytes changed = reader.bytes(reader.byte());
        bytes.replace(at, changed.size(), text(changed));
    }
    // Logs, and backups of what was taken for an older version.
    for (const auto& left : std::filesystem::directory_iterator(folder.path()))
        std::filesystem::remove(left);
    const auto path = folder.write("a.burdock", bytes);
    const QString name = QString::fromStdString(path.string());
    const auto notebook = storage::Notebook::open(name, access);
    if (!notebook) return;
    if (how % 8 == 0) return readAll(**notebook);
    // Connections take most of the time: all rows are read on one here, and then one checkpoint.
    auto database = storage::Database::openQuietly(name);
    if (!database) return;
    readRows(*database);
    const storage::CheckpointId checkpoint{how / 8 % 5 + 1};
    if (const auto opened = storage::CheckpointReader::open(std::move(*database), checkpoint))
        readCheckpoint(**opened);
}

} // namespace burdock::fuzz
