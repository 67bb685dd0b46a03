#pragma once

#include <string>

namespace burdock::fast {

/// Whether the program was built with oneDNN.
bool available();
/// Of oneDNN, "2.6.3"; empty without it.
std::string oneDnnVersion();

/// What the processor can do with bfloat16: nothing, emulate it (AVX-512), or multiply it itself.
enum class Bfloat16 { None, Emulated, Native };
Bfloat16 bfloat16();

} // namespace burdock::fast
