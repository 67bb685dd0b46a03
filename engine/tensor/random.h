#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <string_view>

namespace burdock {

/// Random numbers as a pure function of a key and a counter, so that they depend neither on the order
/// of calls nor on the number of threads. The mixing function is the finalizer of SplitMix64
/// (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
constexpr std::uint64_t mixBits(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}
inline constexpr std::uint64_t randomStep = 0x9e3779b97f4a7c15ull;
/// What mixBits() makes the key's number 0 of; it makes each next one of what is randomStep more.
constexpr std::uint64_t randomBegin(std::uint64_t key) {
    return mixBits(key + randomStep);
}
constexpr std::uint64_t randomBits(std::uint64_t key, std::uint64_t counter) {
    return mixBits(randomBegin(key) + counter * randomStep);
}
/// A key for a purpose of its own under another key.
constexpr std::uint64_t deriveKey(std::uint64_t key, std::uint64_t purpose) {
    return randomBits(key, ~purpose);
}
constexpr std::uint64_t deriveKey(std::uint64_t key, std::string_view purpose) {
    std::uint64_t hash = 0xcbf29ce484222325ull; // FNV-1a
    for (const char c : purpose)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
    return deriveKey(key, hash);
}
/// Uniform in [0, 1), 53 bits.
constexpr double randomUniform(std::uint64_t key, std::uint64_t counter) {
    return static_cast<double>(randomBits(key, counter) >> 11) * 0x1p-53;
}
/// Standard normal, by Box and Muller's transform.
inline double randomNormal(std::uint64_t key, std::uint64_t counter) {
    const double u = 1.0 - randomUniform(key, 2 * counter);
    const double v = randomUniform(key, 2 * counter + 1);
    return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * v);
}
/// Uniform in 0 … n-1 (Lemire: Fast random integer generation in an interval, 2019, without rejection).
constexpr std::uint64_t randomBelow(std::uint64_t key, std::uint64_t counter, std::uint64_t n) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<Wide>(randomBits(key, counter)) * n) >> 64);
}

} // namespace burdock
