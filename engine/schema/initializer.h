#pragma once

#include "engine/schema/registry.h"

#include <cstdint>
#include <functional>
#include <span>

namespace burdock {

struct WeightSpec;

/// One way to draw first weights.
struct InitializerSchema {
    static constexpr std::string_view kind = "initializer", plural = "initializers";
    std::string id; ///< "he_normal"
    std::string name;
    std::string doc;
    std::string formula;
    /// Fills the values, row-major and all zero before; a function of spec and key alone.
    std::function<void(const WeightSpec& spec, std::uint64_t key, std::span<float> values)> draw;

    std::string_view lacks() const { return draw ? "" : "draw"; }
};

Registry<InitializerSchema>& initializers();

/// The ids that layers name in their WeightSpecs.
namespace Initializer {
inline constexpr const char *Zeros = "zeros", *Ones = "ones", *GlorotUniform = "glorot_uniform",
                            *GlorotNormal = "glorot_normal", *HeUniform = "he_uniform",
                            *HeNormal = "he_normal", *LecunUniform = "lecun_uniform",
                            *LecunNormal = "lecun_normal", *Orthogonal = "orthogonal",
                            *Constant = "constant", ///< WeightSpec::initialValue
                                *Normal = "normal"; ///< with the deviation WeightSpec::initialValue
} // namespace Initializer

} // namespace burdock
