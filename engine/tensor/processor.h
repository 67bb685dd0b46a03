#pragma once

#include <string>
#include <string_view>

/// What the processor is asked for; nothing else in the program asks it.
namespace burdock::processor {

/// Sets of instructions that vector code is built for; each has all those before it.
enum class InstructionSet {
    Baseline,       ///< of every processor that the program runs on
    Avx2,           ///< eight floats, with FMA: most processors since 2013
    Avx512,         ///< sixteen floats (F, BW, VL, DQ): servers since 2017
    Avx512Bfloat16, ///< products of pairs of bfloat16, added in single precision
};

/// The latest one that the processor has and that the environment allows: BURDOCK_MAX_ISA is avx2, avx512 or
/// avx512_bf16. Always the same while the program runs.
InstructionSet instructionSet();
/// Whether the environment holds the program to `instructionSet()`.
bool isHeldBack();
/// What is wrong with BURDOCK_MAX_ISA, a sentence that says how to mend it; empty: nothing. It is as if it
/// were not set then.
std::string limitProblem();

inline bool has(InstructionSet set) {
    return instructionSet() >= set;
}
bool isOfAmd();
/// "AMD EPYC 9354 (a10f11)": its name, and in brackets family, model and stepping as it tells them. Empty
/// where that is not known.
std::string name();
/// As BURDOCK_MAX_ISA names it; "baseline".
std::string_view nameOf(InstructionSet set);

} // namespace burdock::processor
