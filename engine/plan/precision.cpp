#include "engine/plan/precision.h"

#include "engine/kernels/capabilities.h"

namespace burdock {

std::string_view precisionKey(Precision precision) {
    switch (precision) {
    case Precision::Single:
        return "f32";
    case Precision::Mixed:
        return "mixed";
    case Precision::Auto:
        break;
    }
    return "auto";
}

Precision precisionOfKey(std::string_view key) {
    for (const Precision p : {Precision::Single, Precision::Mixed})
        if (precisionKey(p) == key) return p;
    return Precision::Auto;
}

bool usesBfloat16(Precision precision, std::int64_t macs) {
    constexpr std::int64_t worthConverting = 1 << 28;
    switch (precision) {
    case Precision::Single:
        return false;
    case Precision::Mixed:
        return fast::bfloat16() != fast::Bfloat16::None;
    case Precision::Auto:
        break;
    }
    return macs >= worthConverting && fast::bfloat16() == fast::Bfloat16::Native;
}

} // namespace burdock
