#pragma once

#include "engine/schema/diagnostic.h"

#include <new>
#include <stdexcept>
#include <string>

namespace burdock {

/// `work()`, a Status or Result, with what it throws made a refusal: of memory that is not there, or of data
/// that cannot be read.
template <class Work>
auto guarded(const std::string& network, const std::string& data, std::int64_t batch, Work work)
    -> decltype(work()) {
    Diagnostic d;
    try {
        return work();
    } catch (const std::bad_alloc&) {
        d.code = "memory";
        d.where = network;
        d.what = "The network does not fit into memory at batch size " + std::to_string(batch) + ".";
        d.mend = "Choose a smaller batch, or a smaller network.";
    } catch (const std::exception& e) {
        d.code = "train.failed";
        d.where = data;
        d.what = std::string("Training cannot begin: ") + e.what() + ".";
        d.mend = "Check the data set, then try again.";
    }
    return refuse(std::move(d));
}

} // namespace burdock
