#pragma once

#include "engine/schema/diagnostic.h"

#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

namespace burdock {

/// SHA-256 of what is added, one piece after the other.
class Sha256 {
  public:
    Sha256();
    ~Sha256();
    void add(std::string_view bytes);
    std::string hex(); ///< once, at the end

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// SHA-256 in hex over the contents one after the other: what `cat FILE… | sha256sum` prints (zcat for .gz).
/// `letGo` is called now and then: what was gone over need not stay in memory.
std::string sha256Hex(std::initializer_list<std::string_view> contents,
                      const std::function<void()>& letGo = {});

/// The same of a file's contents, inflated if it is gzip, read piece by piece.
Result<std::string> sha256OfFile(const std::filesystem::path& path);

} // namespace burdock
