#pragma once

#include "array_archive.h"
#include "files/problem.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <type_traits>

namespace burdock {

/// An unsigned number of T's size from the bytes of the file.
template <class T>
T bitsOf(const char* bytes, bool bigEndian) {
    std::array<char, sizeof(T)> own;
    std::memcpy(own.data(), bytes, sizeof(T));
    if (bigEndian != (std::endian::native == std::endian::big)) std::reverse(own.begin(), own.end());
    return std::bit_cast<T>(own);
}

/// IEEE 754 binary16.
inline double halfOf(std::uint16_t bits) {
    const int exponent = bits >> 10 & 31, fraction = bits & 1023;
    const double magnitude = exponent == 31  ? (fraction == 0 ? INFINITY : NAN)
                             : exponent == 0 ? std::ldexp(fraction, -24)
                                             : std::ldexp(1024 + fraction, exponent - 25);
    return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

/// Calls use(decode), where decode(bytes) gives the number that begins there, as its own type or as double.
template <class Use>
auto withDecoder(const NpyHeader& header, Use&& use) {
    const bool big = header.bigEndian;
    const auto wide = [&](auto sample) {
        using Bits = decltype(sample);
        using Signed = std::make_signed_t<Bits>;
        if (header.kind == NpyKind::Signed)
            return use([big](const char* p) { return static_cast<Signed>(bitsOf<Bits>(p, big)); });
        return use([big](const char* p) { return bitsOf<Bits>(p, big); });
    };
    if (header.kind == NpyKind::Float) {
        if (header.itemBytes == 2)
            return use([big](const char* p) { return halfOf(bitsOf<std::uint16_t>(p, big)); });
        if (header.itemBytes == 4) return use([big](const char* p) { return bitsOf<float>(p, big); });
        return use([big](const char* p) { return bitsOf<double>(p, big); });
    }
    switch (header.itemBytes) {
    case 1:
        return wide(std::uint8_t{});
    case 2:
        return wide(std::uint16_t{});
    case 4:
        return wide(std::uint32_t{});
    default:
        return wide(std::uint64_t{});
    }
}

/// Calls take(place, bytes) for each value of the array, in the order of the file; `place` is the sum of each
/// index times its stride. Values are read in blocks, so that memory goes by what is kept of them.
template <class Take>
Status forEachItem(const ArrayFile& array, const std::vector<std::int64_t>& strides, Take&& take) {
    const auto stream = array.open();
    if (!stream) return refuse(stream.error());
    const auto header = readNpyHeader(*stream);
    if (!header) return refuse(header.error());
    if (header->shape != array.header->shape || header->itemBytes != array.header->itemBytes)
        return refuseFile(stream->where, "npz.changed", "The file was changed while it was read.", "",
                          "Open it again.");
    const std::int64_t rank = header->rank(), count = header->count(), bytes = header->itemBytes;
    std::vector<std::int64_t> order, index(static_cast<std::size_t>(rank)); // of the axes, fastest first
    for (std::int64_t i = 0; i < rank; ++i)
        order.push_back(header->fortran ? i : rank - 1 - i);
    constexpr std::int64_t blockBytes = 1 << 20;
    std::vector<char> block;
    std::int64_t place = 0;
    for (std::int64_t first = 0; first < count;) {
        const std::int64_t items = std::min(count - first, std::max<std::int64_t>(1, blockBytes / bytes));
        block.resize(static_cast<std::size_t>(items * bytes));
        const auto got = stream->read(block);
        if (!got) return refuse(got.error());
        if (*got < block.size())
            return refuseFile(stream->where, "truncated", "The file is shorter than its header says.",
                              "The header says " + header->text() + "; there are " +
                                  std::to_string(first + static_cast<std::int64_t>(*got) / bytes) +
                                  " values.",
                              "Get the file again.");
        for (std::int64_t i = 0; i < items; ++i) {
            take(place, block.data() + i * bytes);
            for (const std::int64_t axis : order) {
                const auto a = static_cast<std::size_t>(axis);
                place += strides[a];
                if (++index[a] < header->shape[a]) break;
                place -= strides[a] * header->shape[a];
                index[a] = 0;
            }
        }
        first += items;
    }
    char more = 0;
    const auto got = stream->read({&more, 1});
    if (!got) return refuse(got.error());
    if (*got > 0)
        return refuseFile(stream->where, "npz.length", "The file is longer than its header says.",
                          "The header says " + header->text() + ".", "Get the file again.");
    return {};
}

/// Strides of the last index running fastest.
inline std::vector<std::int64_t> stridesOf(const std::vector<std::int64_t>& shape) {
    std::vector<std::int64_t> strides(shape.size(), 1);
    for (std::size_t i = shape.size(); i-- > 1;)
        strides[i - 1] = strides[i] * shape[i];
    return strides;
}

} // namespace burdock
