#pragma once

#include "engine/data/dataset.h"
#include "engine/schema/param_spec.h"

#include <filesystem>

namespace burdock {

/// Which labels of CIFAR-100 are to be told apart.
const std::vector<ParamSpec>& cifarParams();

/// Whether this is a file of CIFAR's, by name and length, or a folder with such files.
bool looksLikeCifar(const std::filesystem::path& fileOrFolder);

/// Opens a folder (data_batch_*.bin and test_batch.bin, or train.bin and test.bin) or one file of it. Refuses
/// files that are no whole number of records, labels out of range and folders without a training part.
/// Source: the format description at www.cs.toronto.edu/~kriz/cifar.html.
Result<std::shared_ptr<const Dataset>> openCifar(const std::filesystem::path& fileOrFolder,
                                                 const ParamValues& options);

} // namespace burdock
