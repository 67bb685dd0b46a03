#pragma once

#include "storage/database/database.h"

namespace burdock::storage {

/// Version 5: from a loss and an accuracy in columns of their own to any number of named series. A row whose
/// seal was broken stays so.
Outcome<void> nameSeries(Database& database);

} // namespace burdock::storage
