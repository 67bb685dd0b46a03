#include "engine/tensor/processor.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string_view>

#if defined(__x86_64__) && defined(__GNUC__)
#include <cpuid.h>
#endif

namespace burdock::processor {
namespace {

constexpr const char* variable = "BURDOCK_MAX_ISA";

struct Named {
    std::string_view name;
    InstructionSet set;
};
constexpr Named limits[] = {{"avx2", InstructionSet::Avx2},
                            {"avx512", InstructionSet::Avx512},
                            {"avx512_bf16", InstructionSet::Avx512Bfloat16}};

std::optional<InstructionSet> limit() {
    const char* const text = std::getenv(variable);
    for (const Named& each : limits)
        if (text && each.name == text) return each.set;
    return {};
}

InstructionSet found() {
#if defined(__x86_64__) && defined(__GNUC__)
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return InstructionSet::Baseline;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512vl") || !__builtin_cpu_supports("avx512dq"))
        return InstructionSet::Avx2;
    return __builtin_cpu_supports("avx512bf16") ? InstructionSet::Avx512Bfloat16 : InstructionSet::Avx512;
#else
    return InstructionSet::Baseline;
#endif
}

} // namespace

InstructionSet instructionSet() {
    static const InstructionSet set = std::min(found(), limit().value_or(found()));
    return set;
}

bool isHeldBack() {
    static const bool held = limit().has_value();
    return held;
}

std::string limitProblem() {
    const char* const text = std::getenv(variable);
    if (!text || limit()) return {};
    std::string problem =
        std::string(variable) + " is \"" + text + "\", which is no set of instructions. Set it to ";
    for (const Named& each : limits)
        problem += (&each == limits                 ? ""
                    : &each == std::end(limits) - 1 ? " or "
                                                    : ", ") +
                   std::string(each.name);
    return problem + ", or leave it unset for all that the processor has.";
}

bool isOfAmd() {
#if defined(__x86_64__) && defined(__GNUC__)
    return __builtin_cpu_is("amd");
#else
    return false;
#endif
}

std::string_view nameOf(InstructionSet set) {
    for (const Named& each : limits)
        if (each.set == set) return each.name;
    return "baseline";
}

std::string name() {
#if defined(__x86_64__) && defined(__GNUC__)
    std::array<unsigned, 12> brand{};
    unsigned a = 0, b = 0, c = 0, d = 0;
    for (unsigned part = 0; part < 3; ++part) {
        unsigned* const to = brand.data() + 4 * part;
        if (!__get_cpuid(0x80000002u + part, to, to + 1, to + 2, to + 3)) return {};
    }
    if (!__get_cpuid(1, &a, &b, &c, &d)) return {};
    std::array<char, sizeof brand + 1> text{};
    std::memcpy(text.data(), brand.data(), sizeof brand);
    std::string called = text.data();
    called.erase(0, called.find_first_not_of(' '));
    called.erase(called.find_last_not_of(' ') + 1);
    std::array<char, 9> signature{};
    const auto end = std::to_chars(signature.begin(), signature.end(), a, 16).ptr;
    return called + " (" + std::string(signature.data(), end) + ")";
#else
    return {};
#endif
}

} // namespace burdock::processor
