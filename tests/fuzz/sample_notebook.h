#pragma once

#include "fuzz.h"

#include "storage/notebook/checkpoint_reader.h"
#include "storage/notebook/notebook.h"

#include <string>

namespace burdock::fuzz {

/// The bytes of a sound notebook: two runs with curves, epochs and checkpoints, a model and a setting.
const std::string& sampleNotebook();

/// Reads all that a notebook has, as the programs do.
void readAll(const storage::Notebook& notebook);

// What stands in it for others to read.
void readGraph(const QByteArray& json);
void readConfig(const QByteArray& json);
void readCheckpoint(const storage::CheckpointReader& reader);

} // namespace burdock::fuzz
