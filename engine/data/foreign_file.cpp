#include "engine/data/foreign_file.h"

#include "engine/schema/plain_file.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <fstream>
#include <string_view>

namespace burdock {
namespace fs = std::filesystem;
namespace {

using namespace std::string_view_literals;

struct Signature {
    std::string_view start; ///< bytes at `at`
    std::size_t at = 0;
    std::string_view within; ///< text that is somewhere in its beginning or end; empty: any
    const char* what;
    const char* mend;
};

constexpr const char* asWorkbook =
    "Open it in a spreadsheet program and save it as an Excel workbook (.xlsx) or as CSV.";
constexpr const char* asCsv = "Export its table as CSV.";
constexpr const char* unpacked = "Unpack it, and give the file or the folder that comes out.";
constexpr const char* asArrays = "Save its arrays by np.savez in Python, and give the .npz file.";
constexpr const char* asPictures =
    "Convert the pictures to JPEG or PNG, and give the folder that they are in.";
constexpr const char* asRecordings =
    "Convert the recordings to WAV or FLAC, and give the folder that they are in.";
constexpr const char* itsFolder =
    "Give the folder that it is in: with a folder in it for each class, or with a CSV file of labels.";
constexpr const char* textOut =
    "Copy its table into a spreadsheet and save that as .xlsx or CSV; save prose as plain text (.txt).";
constexpr const char* notPickle =
    "Save its arrays by np.savez, or its table as CSV: reading this would run code out of it.";

constexpr std::string_view zip = "PK\x03\x04"sv, ole = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, box = "ftyp"sv;

constexpr std::string_view pdf = "%PDF-", rtf = "{\\rtf", lfsPointer = "version https://git-lfs";

/// The first that fits counts.
constexpr auto signatures = std::to_array<Signature>({
    {ole, 0, "EncryptedPackage", "an Office file that is protected by a password",
     "Open it in the program that made it, take the password off, and save it as .xlsx or as CSV."},
    {ole, 0, "WordDocument", "a Word document of an old kind (.doc)", textOut},
    {ole, 0, "PowerPoint", "a presentation", textOut},
    {ole, 0, "Workbook", "an Excel workbook of an old kind (.xls)", asWorkbook},
    {ole, 0, "Book", "an Excel workbook of an old kind (.xls)", asWorkbook},
    {ole, 0, "", "an Office file of an old kind", asWorkbook},
    {zip, 0, "opendocument.spreadsheet", "an OpenDocument spreadsheet (.ods)", asWorkbook},
    {zip, 0, "opendocument", "an OpenDocument file", textOut},
    {zip, 0, "xl/workbook.bin", "an Excel workbook in binary (.xlsb)", asWorkbook},
    {zip, 0, "xl/workbook.xml", "an Excel workbook under another name",
     "Rename it, so that it ends with .xlsx."},
    {zip, 0, "word/document", "a Word document (.docx)", textOut},
    {zip, 0, "ppt/presentation", "a presentation (.pptx)", textOut},
    {zip, 0, "data.pkl", "a file of PyTorch's", notPickle},
    {zip, 0, ".npy", "an archive of NumPy arrays under another name",
     "Rename it, so that it ends with .npz."},
    {zip, 0, "", "a zip archive", unpacked},
    {"ustar", 257, "", "a tar archive", unpacked},
    {"\x1f\x8b", 0, "", "an archive or a file packed by gzip", unpacked},
    {"BZh", 0, "", "an archive or a file packed by bzip2", unpacked},
    {"\xfd"
     "7zXZ",
     0, "", "an archive or a file packed by xz", unpacked},
    {"\x28\xb5\x2f\xfd", 0, "", "an archive or a file packed by zstd", unpacked},
    {"7z\xbc\xaf\x27\x1c", 0, "", "a 7-Zip archive", unpacked},
    {"Rar!\x1a\x07", 0, "", "a RAR archive", unpacked},
    {"PAR1", 0, "", "a Parquet file",
     "Save it as CSV, in Python: pandas.read_parquet(\"in.parquet\").to_csv(\"out.csv\", index=False)."},
    {"ARROW1", 0, "", "an Arrow file (Feather)",
     "Save it as CSV, in Python: pandas.read_feather(\"in.feather\").to_csv(\"out.csv\", index=False)."},
    {"MATLAB 7.3", 0, "", "a MATLAB file of HDF5", asArrays},
    {"\x89HDF\r\n\x1a\n", 0, "", "an HDF5 file", asArrays},
    {"MATLAB 5.0", 0, "", "a MATLAB file",
     "Save its arrays by NumPy, in Python: np.savez(\"out.npz\", **scipy.io.loadmat(\"in.mat\")); or write "
     "its "
     "table by writematrix as CSV."},
    {"\x80\x02", 0, "", "a file of Python's pickle", notPickle},
    {"\x80\x03", 0, "", "a file of Python's pickle", notPickle},
    {"\x80\x04\x95", 0, "", "a file of Python's pickle", notPickle},
    {"\x80\x05\x95", 0, "", "a file of Python's pickle", notPickle},
    {"RDX", 0, "", "a file of R's", "Save its table in R: write.csv(table, \"out.csv\", row.names = FALSE)."},
    {"$FL2", 0, "", "an SPSS file (.sav)", asCsv},
    {"<stata_dta>", 0, "", "a Stata file (.dta)", asCsv},
    {"SQLite format 3", 0, "", "an SQLite database", asCsv},
    {pdf, 0, "", "a PDF", textOut},
    {rtf, 0, "", "an RTF document", textOut},
    {"AVI ", 8, "", "a video",
     "Save its pictures or its sound as files, and give the folder that they are in."},
    {box, 4, "ftypheic", "a picture in HEIC", asPictures},
    {box, 4, "ftypheix", "a picture in HEIC", asPictures},
    {box, 4, "ftypmif1", "a picture in HEIC", asPictures},
    {box, 4, "ftypavif", "a picture in AVIF", asPictures},
    {box, 4, "ftypM4A", "a recording in AAC (.m4a)", asRecordings},
    {box, 4, "", "a video", "Save its pictures or its sound as files, and give the folder that they are in."},
    {"WEBP", 8, "", "a single picture", itsFolder},
    {"\x89PNG", 0, "", "a single picture", itsFolder},
    {"\xff\xd8\xff", 0, "", "a single picture", itsFolder},
    {"GIF8", 0, "", "a single picture", itsFolder},
    {"II*\0"sv, 0, "", "a single picture", itsFolder},
    {"MM\0*"sv, 0, "", "a single picture", itsFolder},
    {"WAVE", 8, "", "a single recording", itsFolder},
    {"AIF", 8, "", "a single recording", itsFolder},
    {"fLaC", 0, "", "a single recording", itsFolder},
    {"OggS", 0, "", "a single recording", itsFolder},
    {"ID3", 0, "", "a single recording", itsFolder},
    {lfsPointer, 0, "", "a pointer of Git LFS to the file, not the file itself", "Fetch it: git lfs pull."},
});

/// Of texts, without regard to blanks before them and to case.
constexpr auto texts = std::to_array<Signature>({
    {"<!doctype html", 0, "", "a page of the web",
     "Download the file itself: what came was a page about it."},
    {"<html", 0, "", "a page of the web", "Download the file itself: what came was a page about it."},
    {"<?xml", 0, "", "an XML file", asCsv},
    {"{", 0, "", "JSON text",
     "Save it as CSV, in Python: pandas.read_json(\"in.json\").to_csv(\"out.csv\", index=False)."},
    {"[", 0, "", "JSON text",
     "Save it as CSV, in Python: pandas.read_json(\"in.json\").to_csv(\"out.csv\", index=False)."},
});

/// Its beginning, and behind that its end, where the names of an archive are, and of an old Office file its
/// directory, without zeros: names there are of two bytes a letter.
struct Glance {
    std::string start, names;
};

Glance glanceAt(const fs::path& path) {
    constexpr std::size_t most = 1 << 16, first = 512;
    Glance glance;
    std::error_code error;
    if (otherThanPlain(path)) return glance;
    const std::uint64_t length = fs::file_size(path, error);
    std::ifstream file(path, std::ios::binary);
    if (error || !file) return glance;
    const auto read = [&](std::uint64_t at, std::size_t count) {
        std::string bytes(
            static_cast<std::size_t>(std::min<std::uint64_t>(count, length - std::min(at, length))), '\0');
        file.clear();
        file.seekg(static_cast<std::streamoff>(std::min(at, length)));
        file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        bytes.resize(static_cast<std::size_t>(file.gcount()));
        return bytes;
    };
    glance.start = read(0, first);
    glance.names = read(0, most);
    if (length > most) glance.names += read(length - std::min<std::uint64_t>(length - most, most), most);
    if (glance.start.size() == first && glance.start.starts_with(ole)) { // [MS-CFB] 2.2 and 2.6
        const auto number = [&](std::size_t at, std::size_t count) {
            std::uint64_t value = 0;
            for (std::size_t i = count; i-- > 0;)
                value = value << 8 | static_cast<unsigned char>(glance.start[at + i]);
            return value;
        };
        const std::uint64_t shift = std::min<std::uint64_t>(number(30, 2), 12);
        glance.names += read((number(48, 4) + 1) << shift, 1 << 12);
        std::erase(glance.names, '\0');
    }
    return glance;
}

/// Text under a name by which it would be an archive.
std::optional<ForeignFile> misnamedText(const fs::path& path, std::string_view start) {
    static constexpr std::array archives{".xlsx"sv, ".xlsm"sv, ".npz"sv, ".npy"sv};
    std::string ending = path.extension().string();
    std::ranges::transform(ending, ending.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto isControl = [](unsigned char c) { return std::iscntrl(c) && !std::isspace(c); };
    if (std::ranges::find(archives, ending) == archives.end() || start.empty() ||
        std::ranges::any_of(start, isControl))
        return std::nullopt;
    return ForeignFile{"plain text under the name of another kind of file (" + ending + ")",
                       "Rename it, so that it ends with .csv where it is a table, else with .txt."};
}

std::optional<ForeignFile> foreignAt(const fs::path& path) {
    const Glance glance = glanceAt(path);
    const std::string_view start = glance.start;
    for (const Signature& s : signatures)
        if (start.size() >= s.at && start.substr(s.at).starts_with(s.start) &&
            (s.within.empty() || glance.names.find(s.within) != std::string::npos))
            return ForeignFile{s.what, s.mend};
    constexpr std::string_view mark = "\xef\xbb\xbf";
    std::string text(start.starts_with(mark) ? start.substr(mark.size()) : start);
    text.erase(0, std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const Signature& s : texts)
        if (text.starts_with(s.start)) return ForeignFile{s.what, s.mend};
    return misnamedText(path, text);
}

} // namespace

bool beginsAsForeignText(std::string_view text) {
    return text.starts_with('<') || text.starts_with(pdf) || text.starts_with(rtf) ||
           text.starts_with(lfsPointer);
}

std::optional<ForeignFile> foreignFile(const fs::path& path) {
    std::error_code error;
    if (!fs::is_directory(path, error)) return foreignAt(path);
    constexpr int levels = 2, most = 200;
    int looked = 0;
    const auto skipped = fs::directory_options::skip_permission_denied;
    for (fs::recursive_directory_iterator it(path, skipped, error), end; !error && it != end && looked < most;
         it.increment(error)) {
        const std::string name = it->path().filename().string();
        if (it.depth() >= levels || name.starts_with('.')) it.disable_recursion_pending();
        std::error_code unreadable;
        if (name.starts_with('.') || !it->is_regular_file(unreadable)) continue;
        ++looked;
        if (auto found = foreignAt(it->path())) return ForeignFile{name + ", " + found->what, found->mend};
    }
    return std::nullopt;
}

std::optional<Diagnostic> whyForeign(const fs::path& path) {
    const auto found = foreignFile(path);
    if (!found) return std::nullopt;
    std::error_code error;
    Diagnostic d;
    d.code = "dataset.foreign";
    d.where = path.string();
    d.what = fs::is_directory(path, error)
                 ? "The folder holds no data that can be read, but " + found->what + "."
                 : "This is " + found->what + ", which cannot be read as data.";
    d.mend = found->mend;
    return d;
}

} // namespace burdock
