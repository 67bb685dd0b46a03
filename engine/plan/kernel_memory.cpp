#include "engine/plan/kernel_memory.h"

#include "engine/schema/plain_file.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fcntl.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <thread>
#include <unistd.h>

namespace burdock {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::json;

constexpr int format = 1;
/// A file that grew beyond is begun anew: a trial takes about 300 bytes.
constexpr std::uint64_t largestFile = 16'000'000;

/// Excludes other processes that write the same file; without a lock, for a while, nothing is written.
class FileLock {
  public:
    explicit FileLock(const fs::path& file)
        : descriptor_(::open((file.string() + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
        using namespace std::chrono_literals;
        for (int attempt = 0; descriptor_ >= 0 && !holds_ && attempt < 20; ++attempt) {
            holds_ = ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0;
            if (!holds_) std::this_thread::sleep_for(5ms);
        }
    }
    ~FileLock() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;
    explicit operator bool() const { return holds_; }

  private:
    int descriptor_;
    bool holds_ = false;
};

Json emptyFile() {
    return {{"format", format}, {"machines", Json::object()}};
}

/// The file, or an empty one where there is none that can be read.
Json read(const fs::path& file) {
    const auto text = readPlainFile(file, largestFile);
    if (!text) return emptyFile();
    Json all = Json::parse(*text, nullptr, /*allow_exceptions=*/false);
    const bool isOurs =
        all.is_object() && all.value("format", Json()) == format && all.value("machines", Json()).is_object();
    return isOurs ? all : emptyFile();
}

bool write(const fs::path& file, const Json& all) {
    const fs::path made = file.string() + "." + std::to_string(::getpid());
    std::ofstream stream(made, std::ios::binary | std::ios::trunc);
    stream << all.dump(1, ' ', false, Json::error_handler_t::replace) << '\n';
    stream.close();
    std::error_code error;
    if (stream) fs::rename(made, file, error); // readers see the old file or the new one
    if (stream && !error) return true;
    fs::remove(made, error);
    return false;
}

std::optional<KernelTrial> trialFrom(const Json& json) {
    const auto chosen = json.is_object() ? json.find("chosen") : json.end();
    const auto times = json.is_object() ? json.find("milliseconds") : json.end();
    if (times == json.end() || chosen == json.end() || !chosen->is_string() || !times->is_object()) return {};
    KernelTrial trial{chosen->get<std::string>(), {}};
    for (const auto& [kernel, time] : times->items()) {
        if (!time.is_null() && !time.is_number()) return {};
        trial.milliseconds.emplace(kernel, time.is_null() ? std::nullopt : std::optional(time.get<double>()));
    }
    return trial.milliseconds.contains(trial.chosen) ? std::optional(std::move(trial)) : std::nullopt;
}

Json jsonOf(const KernelTrial& trial) {
    Json times = Json::object();
    for (const auto& [kernel, time] : trial.milliseconds)
        times[kernel] = time ? Json(std::round(*time * 1e4) / 1e4) : Json();
    return {{"chosen", trial.chosen}, {"milliseconds", std::move(times)}};
}

} // namespace

bool KernelTrial::isBetweenThoseOf(const KernelTrial& other) const {
    return std::ranges::equal(
        milliseconds, other.milliseconds, {}, [](const auto& of) { return of.first; },
        [](const auto& of) { return of.first; });
}

KernelMemory::KernelMemory(fs::path file, std::string machine)
    : file_(std::move(file))
    , machine_(std::move(machine)) {}

/// Takes over what others have written since the file was last read; what is known stays.
void KernelMemory::follow() {
    if (file_.empty()) return;
    std::error_code none, unknown;
    const Seen now{fs::file_size(file_, none), fs::last_write_time(file_, unknown)};
    if (none || unknown || now == seen_) return;
    seen_ = now;
    const Json all = read(file_);
    const auto ours = all["machines"].find(machine_);
    if (ours == all["machines"].end() || !ours->is_object()) return;
    for (const auto& [request, json] : ours->items())
        if (auto trial = trialFrom(json)) known_.emplace(request, std::move(*trial));
}

std::optional<KernelTrial> KernelMemory::find(const std::string& request) {
    const std::lock_guard guard(mutex_);
    if (!known_.contains(request)) follow();
    const auto it = known_.find(request);
    return it == known_.end() ? std::nullopt : std::optional(it->second);
}

KernelTrial KernelMemory::keep(const std::string& request, const KernelTrial& trial) {
    const std::lock_guard guard(mutex_);
    KernelTrial& kept = known_.insert_or_assign(request, trial).first->second;
    if (file_.empty()) return kept;
    std::error_code error;
    fs::create_directories(file_.parent_path(), error);
    const FileLock lock(file_);
    if (!lock) {
        failed_ = true;
        return kept;
    }
    Json all = read(file_);
    Json& ours = all["machines"][machine_];
    if (!ours.is_object()) ours = Json::object();
    if (const auto theirs = trialFrom(ours.value(request, Json())); theirs && theirs->isBetweenThoseOf(trial))
        return kept = *theirs;
    ours[request] = jsonOf(trial);
    if (!write(file_, all)) failed_ = true;
    return kept;
}

} // namespace burdock
