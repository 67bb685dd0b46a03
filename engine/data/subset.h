#pragma once

#include "engine/data/dataset.h"
#include "engine/schema/param_spec.h"

namespace burdock {

/// The option of every data set that takes so many of its samples to train on: "fashion-mnist:share=0.1".
ParamSpec shareOption();

/// A share (above 0, up to 1) of a data set's samples to train on, at least one of them, and of those that it
/// gives for validation; all of its test. They are drawn at random, the same ones every time and in their
/// order. The notes tell it.
std::shared_ptr<const Dataset> shareOf(std::shared_ptr<const Dataset> data, double share);

} // namespace burdock
