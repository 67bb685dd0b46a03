#include "data_files.h"

#include "engine/schema/layer_registry.h"
#include "plugin_api/plugin_host.h"
#include "plugin_api/registries.h"

#include <QFile>

#include <sys/resource.h>
#include <zlib.h>

using namespace burdock;

DatasetCatalog& shippedCatalog() {
    static DatasetCatalog catalog;
    static const bool loaded = [] {
        const PluginReport report = loadPlugins(pluginFolders(), Registries(catalog));
        for (const Diagnostic& d : report.refused)
            qWarning("%s", oneLine(d).c_str());
        return report.refused.empty();
    }();
    if (!loaded) qFatal("a shipped plugin was refused");
    return catalog;
}

std::string DataFolder::path(const QString& name) const {
    return folder_.filePath(name).toStdString();
}

std::string DataFolder::write(const QString& name, const QByteArray& contents) const {
    QFile file(folder_.filePath(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(contents) != contents.size())
        qFatal("cannot write %s", qPrintable(file.fileName()));
    return file.fileName().toStdString();
}

QByteArray gzipped(const QByteArray& contents) {
    QByteArray out(contents.size() + 1000, Qt::Uninitialized);
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(contents.data()));
    stream.avail_in = static_cast<uInt>(contents.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END) qFatal("cannot compress");
    out.resize(static_cast<qsizetype>(stream.total_out));
    deflateEnd(&stream);
    return out;
}

QByteArray idx(const std::vector<std::uint32_t>& dims, const QByteArray& values, char type) {
    QByteArray bytes;
    bytes.append('\0').append('\0').append(type).append(static_cast<char>(dims.size()));
    for (const std::uint32_t dim : dims)
        for (const int shift : {24, 16, 8, 0})
            bytes.append(static_cast<char>(dim >> shift));
    return bytes + values;
}

std::int64_t peakMemory() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return std::int64_t{usage.ru_maxrss} << 10;
}

std::string refusalOf(const std::string& idOrPath) {
    const auto data = shippedCatalog().open(idOrPath);
    if (data) return "opened";
    return data.error().code + " " + data.error().what + " " + data.error().why;
}

std::vector<float> inputOf(const Dataset& data, Part part, std::int64_t index) {
    std::vector<float> values(static_cast<std::size_t>(data.info().input.size()));
    data.readInput(part, index, values.data());
    return values;
}

std::vector<float> targetOf(const Dataset& data, Part part, std::int64_t index) {
    std::vector<float> values(static_cast<std::size_t>(data.targetWidth()));
    data.readTarget(part, index, values.data());
    return values;
}
