#pragma once

/// Builds a function for several processors; the one that runs it is chosen when the program starts. Left out
/// under the address sanitizer, which begins later than that choice.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define BURDOCK_PER_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define BURDOCK_PER_PROCESSOR
#endif
