#include "idx_file.h"

#include "engine/tensor/dims_text.h"
#include "files/file_reader.h"
#include "files/problem.h"

namespace burdock {
namespace {

constexpr unsigned char unsignedByte = 0x08;

std::string typeName(unsigned char code) {
    switch (code) {
    case 0x08:
        return "unsigned byte";
    case 0x09:
        return "signed byte";
    case 0x0B:
        return "16-bit integer";
    case 0x0C:
        return "32-bit integer";
    case 0x0D:
        return "32-bit float";
    case 0x0E:
        return "64-bit float";
    default:
        return {};
    }
}

unsigned char byteAt(const std::string& bytes, std::size_t i) {
    return static_cast<unsigned char>(bytes[i]);
}

} // namespace

std::int64_t IdxFile::sampleSize() const {
    std::int64_t size = 1;
    for (std::size_t i = 1; i < dims.size(); ++i)
        size *= dims[i];
    return size;
}

bool isIdxMagic(const std::string& bytes) {
    return bytes.size() >= 4 && bytes[0] == 0 && bytes[1] == 0 && !typeName(byteAt(bytes, 2)).empty() &&
           bytes[3] >= 1 && bytes[3] <= 4;
}

Result<IdxFile> readIdxFile(const std::filesystem::path& path) {
    auto reader = FileReader::open(path);
    if (!reader) return tl::unexpected(reader.error());

    IdxFile file;
    file.header.resize(4);
    auto got = reader->read(file.header);
    if (!got) return tl::unexpected(got.error());
    if (*got < 4 || !isIdxMagic(file.header))
        return refuseFile(path, "idx.magic", "This is not an IDX file.",
                          "Its first four bytes are not 0, 0, a type and a number of dimensions from 1 to 4.",
                          "Give the images or labels file of a data set in the IDX format.");
    if (byteAt(file.header, 2) != unsignedByte)
        return refuseFile(path, "idx.type", "The file holds values of another type.",
                          "They are of type " + typeName(byteAt(file.header, 2)) + ", not unsigned byte.",
                          "Convert them to unsigned bytes (0 to 255).");

    const std::size_t rank = byteAt(file.header, 3);
    file.header.resize(4 + 4 * rank);
    got = reader->read({file.header.data() + 4, 4 * rank});
    if (!got) return tl::unexpected(got.error());
    if (*got < 4 * rank)
        return refuseFile(path, "truncated", "The file ends within its header.", "", "Get the file again.");
    // 32-bit dimensions: the product of four of them needs 128 bits.
    unsigned __int128 size = 1;
    for (std::size_t i = 0; i < rank; ++i) {
        std::uint32_t dim = 0;
        for (std::size_t b = 0; b < 4; ++b)
            dim = dim << 8 | byteAt(file.header, 4 + 4 * i + b);
        file.dims.push_back(dim);
        size *= dim;
    }
    if (size == 0)
        return refuseFile(path, "empty", "The file holds no values.",
                          "Its header says " + dimsText(file.dims, " × ") + ".",
                          "Give a file with data in it.");
    if (size > reader->atMost())
        return refuseFile(path, "truncated", "The file is shorter than its header says.",
                          "The header says " + dimsText(file.dims, " × ") + " values; there can be at most " +
                              std::to_string(reader->atMost() - file.header.size()) + ".",
                          "Get the file again.");

    auto values = reader->readUpTo(static_cast<std::uint64_t>(size));
    if (!values) return tl::unexpected(values.error());
    if (values->size() < size)
        return refuseFile(path, "truncated", "The file is shorter than its header says.",
                          "The header says " + dimsText(file.dims, " × ") + " values; there are " +
                              std::to_string(values->size()) + ".",
                          "Get the file again.");
    file.values = std::move(*values);
    char more = 0;
    got = reader->read({&more, 1});
    if (!got) return tl::unexpected(got.error());
    if (*got != 0)
        return refuseFile(path, "idx.length", "The file is longer than its header says.",
                          "The header says " + dimsText(file.dims, " × ") + " values.",
                          "Get the file again.");
    return file;
}

} // namespace burdock
