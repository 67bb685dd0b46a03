#pragma once

#include <QString>

namespace burdock::storage {

/// The user's home, also where no environment names it; empty if there is none.
QString homeFolder();
/// Where programs keep what must not be lost and is no document (XDG_STATE_HOME), with our name behind it;
/// empty if there is no home. It may have to be made.
QString stateFolder();

} // namespace burdock::storage
