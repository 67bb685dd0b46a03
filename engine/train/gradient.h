#pragma once

#include <span>

namespace burdock::gradient {

// Passes over a gradient block, on all threads. Each gives the same bits on any number of threads.

double norm(std::span<const float> g);
void scale(std::span<float> g, float factor);
void clampValues(std::span<float> g, float largest);
/// sum += factor · g
void addScaled(std::span<float> sum, std::span<const float> g, float factor);
/// g += l1 · sign(w) + l2 · w
void addPenalties(std::span<float> g, std::span<const float> w, float l1, float l2);

} // namespace burdock::gradient
