#include "app/command_line.h"

#include <QByteArray>

#include <cstddef>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace burdock {
namespace {

/// Whether somebody answers at this socket; a leading zero byte means the abstract name space.
bool answers(const QByteArray& name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (name.size() >= static_cast<qsizetype>(sizeof address.sun_path)) return false;
    std::memcpy(address.sun_path, name.constData(), static_cast<std::size_t>(name.size()));
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return false;
    const auto length =
        static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + static_cast<std::size_t>(name.size()));
    const bool connected = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), length) == 0;
    ::close(fd);
    return connected;
}

} // namespace

CommandLine readCommandLine(const QStringList& arguments) {
    CommandLine line;
    QStringList files;
    bool onlyFiles = false;
    for (qsizetype i = 1; i < arguments.size(); ++i) {
        const QString& argument = arguments[i];
        const QString name = argument.section(u'=', 0, 0);
        const auto value = [&](QString& into) {
            if (argument.contains(u'='))
                into = argument.section(u'=', 1);
            else if (i + 1 < arguments.size())
                into = arguments[++i];
            if (into.isEmpty()) line.error = QStringLiteral("%1 needs a value.").arg(name);
        };
        if (onlyFiles || !argument.startsWith(u'-')) {
            files << argument;
        } else if (argument == QLatin1String("--")) {
            onlyFiles = true;
        } else if (argument == QLatin1String("--help") || argument == QLatin1String("-h")) {
            line.help = true;
        } else if (argument == QLatin1String("--version") || argument == QLatin1String("-v")) {
            line.version = true;
        } else if (name == QLatin1String("--notebook")) {
            value(line.notebook);
        } else if (name == QLatin1String("--theme")) {
            value(line.theme);
            if (line.error.isEmpty() && !QStringList{"light", "dark", "system"}.contains(line.theme))
                line.error = QStringLiteral("--theme is light, dark or system.");
        } else {
            line.error = QStringLiteral("There is no option %1.").arg(name);
        }
    }
    for (const QString& file : files) {
        QString& into =
            file.endsWith(QLatin1String(".burdock"), Qt::CaseInsensitive) ? line.notebook : line.model;
        if (!into.isEmpty())
            line.error =
                QStringLiteral("One notebook and one network at a time: %1 is one too many.").arg(file);
        into = file;
    }
    return line;
}

QString helpText() {
    return QStringLiteral(
        "burdock: draw neural networks, train them, keep every run.\n"
        "\n"
        "Usage: burdock [NOTEBOOK.burdock] [NETWORK.json]\n"
        "\n"
        "  --notebook FILE   the notebook to open; it is made if it is not there\n"
        "  --theme NAME      light, dark or system\n"
        "  --version         the version, and nothing else\n"
        "  --help            this text\n"
        "\n"
        "Without a notebook, the last one opens. burdock-cli does the same work without a window.\n");
}

bool hasDisplay() {
    if (!qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) return true;
    if (!qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY")) return true;
    const QByteArray display = qgetenv("DISPLAY");
    if (display.isEmpty()) return false;
    if (!display.startsWith(':')) return true; // another machine's: its server will answer or not
    const QByteArray number = display.mid(1).split('.').front();
    const QByteArray path = "/tmp/.X11-unix/X" + number;
    return answers(QByteArray(1, '\0') + path) || answers(path);
}

} // namespace burdock
