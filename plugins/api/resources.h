#pragma once

#include <QString>

namespace burdock {

/// The folder of what is shipped beside the program (data sets, examples): that of the installation the
/// running program belongs to, else the source tree's. Empty where there is neither.
QString resourceFolder();

} // namespace burdock
