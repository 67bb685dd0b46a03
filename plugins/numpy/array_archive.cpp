#include "array_archive.h"

#include "engine/data/reading.h"
#include "files/file_reader.h"
#include "files/problem.h"

#include <zip.h>

#include <algorithm>
#include <memory>
#include <set>

namespace burdock {
namespace fs = std::filesystem;
namespace {

using Zip = std::shared_ptr<zip_t>;

std::string messageOf(zip_error_t* error) {
    return zip_error_strerror(error) + std::string(".");
}

tl::unexpected<Diagnostic> damaged(const fs::path& path, std::string why) {
    return refuseFile(path, "damaged", "The archive is damaged.", std::move(why), "Get the file again.");
}

Result<Zip> openZip(const fs::path& path) {
    int code = 0;
    if (zip_t* const zip = zip_open(path.c_str(), ZIP_RDONLY, &code)) return Zip(zip, zip_discard);
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    std::string why = messageOf(&error);
    zip_error_fini(&error);
    if (std::error_code unreadable; fs::file_size(path, unreadable) == 0 && !unreadable)
        return refuseFile(path, "empty", "The file is empty.", "", "Give a file with data in it.");
    return damaged(path, std::move(why));
}

fs::path within(const fs::path& archive, const std::string& name) {
    return archive.string() + ": " + name;
}

Result<ByteStream> openEntry(const fs::path& path, const Zip& zip, zip_uint64_t index,
                             const std::string& name) {
    zip_stat_t stat;
    if (zip_stat_index(zip.get(), index, 0, &stat) != 0)
        return damaged(within(path, name), messageOf(zip_get_error(zip.get())));
    const auto file = std::shared_ptr<zip_file_t>(zip_fopen_index(zip.get(), index, 0), [](zip_file_t* f) {
        if (f) zip_fclose(f);
    });
    if (!file)
        return refuseFile(within(path, name), "npz.entry", "The array cannot be unpacked.",
                          messageOf(zip_get_error(zip.get())), "Save it by np.savez_compressed.");
    ByteStream stream;
    stream.where = within(path, name);
    constexpr std::uint64_t deflateRatio = 1032; // zlib's technical notes: the limit is 1032:1
    const bool known = (stat.valid & ZIP_STAT_SIZE) != 0;
    const std::uint64_t packed = (stat.valid & ZIP_STAT_COMP_SIZE) != 0 ? stat.comp_size : 0;
    const std::uint64_t most = packed > UINT64_MAX / deflateRatio ? UINT64_MAX : packed * deflateRatio;
    stream.exact = known && stat.size <= most;
    stream.atMost = known ? std::min<std::uint64_t>(stat.size, most) : most;
    stream.read = [zip, file, where = stream.where](std::span<char> bytes) -> Result<std::size_t> {
        std::size_t done = 0;
        while (done < bytes.size()) {
            continueReading();
            const std::size_t part = std::min<std::size_t>(bytes.size() - done, 1u << 22);
            const zip_int64_t got = zip_fread(file.get(), bytes.data() + done, part);
            if (got < 0) return damaged(where, messageOf(zip_file_get_error(file.get())));
            if (got == 0) break;
            done += static_cast<std::size_t>(got);
        }
        return done;
    };
    return stream;
}

Result<ByteStream> openNpy(const fs::path& path) {
    auto opened = FileReader::open(path);
    if (!opened) return refuse(opened.error());
    const auto reader = std::make_shared<FileReader>(std::move(*opened));
    ByteStream stream;
    stream.where = path;
    stream.atMost = reader->atMost();
    stream.exact = !reader->isCompressed();
    stream.read = [reader](std::span<char> bytes) { return reader->read(bytes); };
    return stream;
}

ArrayFile arrayOf(std::string name, fs::path where, std::function<Result<ByteStream>()> open) {
    const auto stream = open();
    auto header = stream ? readNpyHeader(*stream) : Result<NpyHeader>(refuse(stream.error()));
    return {std::move(name), std::move(where), std::move(header), std::move(open)};
}

Result<std::vector<ArrayFile>> listZip(const fs::path& path) {
    const auto zip = openZip(path);
    if (!zip) return refuse(zip.error());
    std::vector<ArrayFile> arrays;
    std::set<std::string> names;
    const zip_int64_t entries = zip_get_num_entries(zip->get(), 0);
    for (zip_int64_t i = 0; i < entries; ++i) {
        continueReading();
        const auto index = static_cast<zip_uint64_t>(i);
        const char* const raw = zip_get_name(zip->get(), index, 0);
        std::string name = raw ? raw : "";
        if (!name.ends_with(".npy")) continue;
        name.resize(name.size() - 4);
        if (!names.insert(name).second)
            return damaged(path, "It has two arrays of the name \"" + name + "\".");
        arrays.push_back(arrayOf(name, within(path, name), [path, zip = *zip, index, name] {
            return openEntry(path, zip, index, name);
        }));
    }
    if (arrays.empty())
        return refuseFile(path, "npz.none", "The archive holds no arrays.",
                          "None of its " + std::to_string(entries) + " entries is a .npy file.",
                          "Save the arrays by np.savez.");
    return arrays;
}

bool isHidden(const fs::path& path) {
    return path.filename().string().starts_with('.');
}

} // namespace

std::vector<fs::path> arrayFilesOf(const fs::path& fileOrFolder) {
    std::error_code error;
    const bool folder = fs::is_directory(fileOrFolder, error);
    if (!folder && !hasEnding(fileOrFolder, ".npy")) return {};
    const fs::path parent = fileOrFolder.has_parent_path() ? fileOrFolder.parent_path() : fs::path(".");
    std::vector<fs::path> files;
    for (fs::directory_iterator it(folder ? fileOrFolder : parent, error), end; !error && it != end;
         it.increment(error)) {
        std::error_code unreadable;
        if (it->is_regular_file(unreadable) && hasEnding(it->path(), ".npy") && !isHidden(it->path()))
            files.push_back(it->path());
    }
    std::ranges::sort(files);
    return files;
}

Result<std::vector<ArrayFile>> listArrays(const fs::path& fileOrFolder) {
    std::error_code error;
    if (!fs::is_directory(fileOrFolder, error) && !hasEnding(fileOrFolder, ".npy"))
        return listZip(fileOrFolder);
    std::vector<ArrayFile> arrays;
    std::set<std::string> names;
    for (const fs::path& file : arrayFilesOf(fileOrFolder))
        if (names.insert(nameWithoutEnding(file)).second) // "x.npy" comes before "x.npy.gz"
            arrays.push_back(arrayOf(nameWithoutEnding(file), file, [file] { return openNpy(file); }));
    if (arrays.empty())
        return refuseFile(fileOrFolder, "npz.none", "The folder holds no arrays.", "Looked for .npy files.",
                          "Give a folder with the arrays that np.save made.");
    return arrays;
}

} // namespace burdock
