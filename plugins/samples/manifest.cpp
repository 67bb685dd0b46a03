#include "manifest.h"

#include "files/file_reader.h"
#include "files/problem.h"

#include <nlohmann/json.hpp>

namespace burdock {
namespace {

SampleDescription describe(const nlohmann::json& json, const std::filesystem::path& folder) {
    SampleDescription d;
    d.id = json.at("id").get<std::string>();
    d.title = json.at("title").get<std::string>();
    d.doc = json.at("doc").get<std::string>();
    d.licence = json.at("licence").get<std::string>();
    d.path = folder / json.at("path").get<std::string>(); // an absolute path replaces the folder
    d.format = json.value("format", "");
    d.unavailable = json.value("unavailable", "Its files are missing: install Burdock anew.");
    const auto task = json.at("task").get<std::string>();
    const TaskSchema* found = tasks().find(task);
    if (!found) throw std::runtime_error("\"" + task + "\" is no task.");
    d.task = Task(found->id);
    d.classNames = json.value("classes", std::vector<std::string>{});
    if (json.contains("input")) {
        const auto dims = json.at("input").get<std::vector<std::int64_t>>();
        if (dims.size() != 3) throw std::runtime_error("\"input\" is not channels, height, width.");
        d.input = Shape{dims[0], dims[1], dims[2]};
    }
    d.inputScale = json.value("inputScale", 1.0f);
    return d;
}

} // namespace

Result<std::vector<SampleDescription>> readManifest(const std::filesystem::path& file) {
    const auto text = readWhole(file, 1u << 20);
    if (!text) return tl::unexpected(text.error());
    std::string place = "\"datasets\"";
    try {
        const auto json = nlohmann::json::parse(*text);
        std::vector<SampleDescription> all;
        for (const auto& entry : json.at("datasets")) {
            place = "Data set " + std::to_string(all.size() + 1);
            all.push_back(describe(entry, file.parent_path()));
        }
        return all;
    } catch (const std::exception& e) {
        return refuseFile(file, "manifest", "The list of data sets cannot be read.", place + ": " + e.what(),
                          "Install Burdock anew.");
    }
}

} // namespace burdock
