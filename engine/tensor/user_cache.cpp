#include "engine/tensor/user_cache.h"

#include <cstdlib>

namespace burdock {
namespace fs = std::filesystem;

fs::path userCacheFolder() {
    // A relative path counts as none (XDG Base Directory Specification).
    if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache && fs::path(cache).is_absolute())
        return fs::path(cache) / "burdock";
    if (const char* home = std::getenv("HOME"); home && *home) return fs::path(home) / ".cache" / "burdock";
    return {};
}

} // namespace burdock
