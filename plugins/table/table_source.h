#pragma once

#include "engine/data/reading.h"
#include "engine/schema/diagnostic.h"
#include "files/table_rows.h"

#include <deque>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <thread>

namespace burdock {

/// On a thread of its own, or where none can be started, on the one that asks for the result.
inline constexpr std::launch beside = std::launch::async | std::launch::deferred;

/// Whole rows of a table's text, in UTF-8.
struct TextBlock {
    std::string text;
    std::int64_t firstLine = 1;
};

/// Where in a table's text the rows of data begin.
struct Start {
    Dialect dialect;
    std::size_t offset = 0; ///< bytes of UTF-8, behind a byte order mark; within the sample
    std::int64_t line = 1;
};

/// The text of a table, that is read from its file as often as it is gone over and never held as a whole.
class TableSource {
  public:
    /// `encoding` is one of textEncodings(). Refuses files that are not there, empty or no text.
    static Result<TableSource> open(const std::filesystem::path& path, std::string encoding);
    /// A text that was made of the file, such as of a workbook's sheet.
    static TableSource ofText(const std::filesystem::path& path, std::string text);

    const std::filesystem::path& path() const { return path_; }
    const std::string& encoding() const { return encoding_; }
    /// Whether it was made of a workbook's sheet: nobody chooses how that text is written.
    bool isSheet() const { return text_ != nullptr; }
    /// The first megabyte, as far as it goes in whole lines.
    std::string_view sample() const { return sample_; }

    /// Hands over the rows from `start` on, block after block, until `take` refuses. Refuses a quote that is
    /// not closed, and a row that is longer than 64 MB.
    Status forEachBlock(const Start& start, const std::function<Status(TextBlock)>& take) const;

    /// Works on the blocks on all processors, a small one on this thread, and merges the results in the order
    /// of the blocks.
    template <class Work, class Merge>
    Status overBlocks(const Start& start, const Work& work, const Merge& merge) const {
        using R = std::invoke_result_t<Work, const TextBlock&>;
        std::deque<std::future<R>> running;
        const std::size_t most = std::max(2u, std::thread::hardware_concurrency()) + 1;
        const auto asked = ReadingScope::asked();
        const auto mergeFirst = [&]() -> Status {
            R result = running.front().get();
            running.pop_front();
            return merge(std::move(result));
        };
        const Status status = forEachBlock(start, [&](TextBlock block) -> Status {
            if (running.size() >= most)
                if (const Status merged = mergeFirst(); !merged) return merged;
            constexpr std::size_t small = 1u << 16; // to start a thread takes as long
            const auto policy = block.text.size() < small ? std::launch::deferred : beside; // before the move
            running.push_back(std::async(policy, [&work, asked, block = std::move(block)] {
                const ReadingScope scope(asked);
                return work(block);
            }));
            return {};
        });
        if (!status) return status;
        while (!running.empty())
            if (const Status merged = mergeFirst(); !merged) return merged;
        return {};
    }

  private:
    std::filesystem::path path_;
    std::string encoding_, sample_;
    std::shared_ptr<const std::string> text_; ///< null: it is read from the file
};

} // namespace burdock
