#pragma once

#include "storage/notebook/core.h"
#include "storage/notebook/run_writer.h"

namespace burdock::storage {

struct RunWriter::Impl {
    std::shared_ptr<Core> core; ///< the writer's thread lives as long as a run
    std::shared_ptr<RunBacklog> backlog;
    bool ended = false;    ///< finish() has told how
    bool finished = false; ///< and it is committed
};

} // namespace burdock::storage
