#include "engine/tensor/processor.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string_view>

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

} // namespace burdock::processor
