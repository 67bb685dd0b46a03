#pragma once

#include <cstdint>
#include <string_view>

namespace burdock {

/// The numbers that a plan computes with. Weights, their gradients, statistics and the loss are always in
/// single precision.
enum class Precision {
    Auto,   ///< Mixed where that pays: see usesBfloat16
    Single, ///< single precision throughout
    Mixed,  ///< values, their gradients and copies of the weights in bfloat16, products summed in single
            ///< (Micikevicius et al.: Mixed precision training, 2018; Kalamkar et al.: A study of BFLOAT16
            ///< for deep learning training, 2019)
};

/// The key in settings and the notebook: "auto", "f32", "mixed".
std::string_view precisionKey(Precision precision);
Precision precisionOfKey(std::string_view key); ///< Auto for what is none of them

/// Whether to keep values in bfloat16 for passes of `macs` multiply-adds. Auto does so where the processor
/// multiplies bfloat16 matrices itself (AMX, or AVX-512's bf16 instructions) and the passes are long enough
/// (2²⁸ multiply-adds) that the conversions at the borders do not matter; Mixed wherever oneDNN is built in
/// and the processor has AVX-512, which can at least emulate it.
bool usesBfloat16(Precision precision, std::int64_t macs);

} // namespace burdock
