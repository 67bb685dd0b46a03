#pragma once

/// Builds a function for several processors; the one that runs it is chosen when the program starts. Left out
/// under the address sanitizer, which begins later than that choice.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define BURDOCK_PER_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define BURDOCK_PER_PROCESSOR
#endif

/// What the processor is asked for; nothing else in the program asks it.
namespace burdock::processor {

#if defined(__x86_64__) && defined(__GNUC__)

/// AVX-512 as servers have had since 2017 (x86-64-v4).
inline bool hasAvx512() {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}
/// Products of pairs of bfloat16, added in single precision.
inline bool hasAvx512Bfloat16() {
    return hasAvx512() && __builtin_cpu_supports("avx512bf16");
}
inline bool isOfAmd() {
    return __builtin_cpu_is("amd");
}

#else

inline bool hasAvx512() {
    return false;
}
inline bool hasAvx512Bfloat16() {
    return false;
}
inline bool isOfAmd() {
    return false;
}

#endif

} // namespace burdock::processor
