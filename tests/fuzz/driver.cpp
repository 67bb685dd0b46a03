#include "fuzz.h"

#include <QCoreApplication>

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

namespace burdock::fuzz {
namespace fs = std::filesystem;

void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "What must hold does not: %s\n", what);
    std::abort();
}

MemoryFolder::MemoryFolder() {
    std::string name = "/dev/shm/burdock-fuzz-XXXXXX";
    require(mkdtemp(name.data()) != nullptr, "a folder in memory can be made");
    folder_ = name;
}

MemoryFolder::~MemoryFolder() {
    std::error_code error;
    fs::remove_all(folder_, error);
}

fs::path MemoryFolder::write(std::string_view name, std::string_view contents) const {
    fs::path at = path(name);
    int file = open(at.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) {
        fs::create_directories(at.parent_path());
        file = open(at.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    }
    require(::write(file, contents.data(), contents.size()) == static_cast<ssize_t>(contents.size()),
            "a file in memory can be written");
    close(file);
    return at;
}

} // namespace burdock::fuzz

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
    static QCoreApplication application(*argc, *argv);
    // libraries tell of every damaged input
    qInstallMessageHandler([](QtMsgType type, const QMessageLogContext&, const QString& message) {
        if (type == QtFatalMsg) std::fprintf(stderr, "%s\n", qPrintable(message));
    });
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    burdock::fuzz::feed({data, size});
    return 0;
}
