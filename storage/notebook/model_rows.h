#pragma once

#include "storage/database/database.h"
#include "storage/notebook/records.h"

namespace burdock::storage {

// Models and settings. Functions that write need a transaction.

/// See Notebook::saveModel().
Outcome<SavedModel> writeModel(Database& database, const ModelRow& model);
Outcome<QVector<ModelRow>> readModels(const Database& database); ///< last changed first
Outcome<void> deleteModel(Database& database, ModelId id);

Outcome<void> writeSetting(Database& database, const QString& name, const QString& value);
/// No value if there is none, or if it is damaged.
Outcome<std::optional<QString>> readSetting(const Database& database, const QString& name);

} // namespace burdock::storage
