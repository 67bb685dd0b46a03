#pragma once

#include "engine/schema/diagnostic.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace burdock {

/// A file of a well-known kind that no reader takes as it is.
struct ForeignFile {
    std::string what; ///< "a Parquet file"
    std::string mend; ///< an imperative sentence
};

/// By its first bytes, and of archives by the names within; of a folder by the first file in it, down to
/// three levels, that is one. Nothing for all others. Sources: the formats' specifications, and the table of
/// signatures of file(1).
std::optional<ForeignFile> foreignFile(const std::filesystem::path& path);

/// Whether a text may be such a file for all that it has no zero bytes: nobody's table begins so.
bool beginsAsForeignText(std::string_view text);

/// The refusal of such a file, or nothing.
std::optional<Diagnostic> whyForeign(const std::filesystem::path& path);

} // namespace burdock
