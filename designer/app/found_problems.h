#pragma once

#include "engine/graph/check_graph.h"

#include <optional>
#include <vector>

namespace burdock {

// What checking a network for training has found, in the window's words.
// -------------------------------------------------------------------------------------------------

/// Whether the problem is one of the training form.
bool isOfForm(const Diagnostic& problem);
/// A setting that a problem names by its key, "(setting fit)", is called as the form calls it.
void nameFields(std::vector<Diagnostic>& found);
/// Where network and data do not fit, the one offer is to adapt the network, or to find one that fits.
void offerToAdapt(std::vector<Diagnostic>& found);
/// That a network has nothing to learn is no error of one of threshold neurons, which is whole as it is.
void adviseOnly(std::vector<Diagnostic>& found, const GraphReport& report);
/// Takes out what keeps such a network from being trained; none: it is another network.
std::optional<Diagnostic> takeAdvice(std::vector<Diagnostic>& found);

} // namespace burdock
