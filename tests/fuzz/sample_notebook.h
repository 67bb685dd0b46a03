#pragma once

#include "fuzz.h"

#include "storage/notebook/checkpoint_reader.h"
#include "storage/notebook/notebook.h"

#include <string>

namespace burdock::fuzz {

/// The bytes of a sound notebook: runs with curves, epochs and checkpoints, a model and a setting. To be made
/// once, and before anything opens a database.
std::string sampleNotebook(int runs);

/// Reads all rows but those of the weights themselves, on one connection.
void readRows(const storage::Database& database);
/// Reads all that a notebook has, as the programs do: each answer has a connection of its own.
void readAll(const storage::Notebook& notebook);

// What stands in it for others to read.
void readGraph(const QByteArray& json);
void readConfig(const QByteArray& json);
void readCheckpoint(const storage::CheckpointReader& reader);

} // namespace burdock::fuzz
