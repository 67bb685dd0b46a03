// Notebooks damaged on the disk, or made by a stranger. An input changes a sound one: two bytes choose a
// place in steps of four bytes, one tells how many bytes are put there, and they follow. The first byte of
// the input says how it is opened.
#include "sample_notebook.h"

namespace burdock::fuzz {

void feed(Bytes input) {
    static const MemoryFolder folder;
    std::string bytes = sampleNotebook();
    Reader reader(input);
    const auto access = reader.byte() % 4 == 0 ? storage::Access::ReadWrite : storage::Access::ReadOnly;
    while (!reader.atEnd()) {
        const std::size_t at = std::size_t{reader.number<std::uint16_t>()} * 4 % bytes.size();
        const Bytes changed = reader.bytes(reader.byte());
        bytes.replace(at, changed.size(), text(changed));
    }
    // Logs, and backups of what was taken for an older version.
    for (const auto& left : std::filesystem::directory_iterator(folder.path()))
        std::filesystem::remove(left);
    const auto path = folder.write("a.burdock", bytes);
    const auto notebook = storage::Notebook::open(QString::fromStdString(path.string()), access);
    if (notebook) readAll(**notebook);
}

} // namespace burdock::fuzz
