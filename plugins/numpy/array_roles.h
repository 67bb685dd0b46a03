#pragma once

#include "array_archive.h"

#include <string>
#include <vector>

namespace burdock {

/// Which arrays are what; null: there is none.
struct ArrayRoles {
    const ArrayFile *input = nullptr, *target = nullptr;
    const ArrayFile *testInput = nullptr, *testTarget = nullptr;
    const ArrayFile *validationInput = nullptr, *validationTarget = nullptr;
    std::vector<std::string> notes; ///< what was guessed, and which arrays are left out
};

/// By the usual names: x, X, data, images, inputs, features and y, labels, targets, classes, with train, test
/// and val before or behind; a .npy file that `path` names is one of the two; arr_0, arr_1 as np.savez names
/// them, in the order of Keras or of scikit-learn; or the only two that have as many samples. `input` and
/// `target`, where not empty, name the arrays of the training part, and those of the test are named likewise.
/// A validation part is the test where there is no other. Refuses what names do not tell, listing the arrays.
Result<ArrayRoles> findArrayRoles(const std::filesystem::path& path, const std::vector<ArrayFile>& arrays,
                                  const std::string& input, const std::string& target);

} // namespace burdock
