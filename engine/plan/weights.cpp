#include "engine/plan/weights.h"

#include "engine/schema/foreign_json.h"
#include "engine/tensor/saturated.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

namespace burdock {
namespace {

using json = nlohmann::json;
static_assert(std::endian::native == std::endian::little,
              "safetensors is little-endian, and so are the values here");

Diagnostic damaged(std::string where, std::string what) {
    Diagnostic d;
    d.code = "weights.damaged";
    d.where = std::move(where);
    d.what = std::move(what);
    d.mend = "Take another checkpoint of the run, or another file.";
    return d;
}

/// The number of values of `dims`, or none if a dim is no count or the product is beyond `limit`.
std::optional<std::uint64_t> countOf(const json& dims, std::uint64_t limit) {
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    std::uint64_t count = 1;
    for (const json& dim : dims) {
        if (!dim.is_number_unsigned()) return std::nullopt;
        const auto d = dim.get<std::uint64_t>();
        if (d > most || (d != 0 && count > limit / d)) return std::nullopt;
        count *= d;
    }
    return count;
}

} // namespace

std::int64_t sizeOf(std::span<const std::int64_t> dims) {
    std::int64_t size = 1;
    for (const std::int64_t dim : dims)
        size = saturatedProduct(size, dim);
    return size;
}

TensorsInMemory::TensorsInMemory(std::span<const NamedTensor> tensors)
    : tensors_(tensors) {
    for (const NamedTensor& tensor : tensors)
        entries_.push_back({tensor.name, tensor.dims});
}

Result<std::vector<float>> TensorsInMemory::read(std::size_t index) const {
    return tensors_[index].values;
}

std::unordered_map<std::string_view, std::size_t> placesByName(const TensorSource& source) {
    std::unordered_map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < source.entries().size(); ++i)
        places.emplace(source.entries()[i].name, i);
    return places;
}

const NamedTensor* WeightSet::find(std::string_view name) const {
    const auto it =
        std::find_if(tensors.begin(), tensors.end(), [&](const NamedTensor& t) { return t.name == name; });
    return it == tensors.end() ? nullptr : &*it;
}

std::vector<std::byte> encodeSafetensors(const WeightSet& weights,
                                         const std::map<std::string, std::string>& metadata,
                                         std::span<const NamedTensor> more, std::string_view prefix) {
    json header = json::object();
    if (!metadata.empty()) header["__metadata__"] = metadata;
    std::size_t offset = 0;
    const auto describe = [&](const std::string& name, const NamedTensor& t) {
        const std::size_t end = offset + t.values.size() * sizeof(float);
        header[name] = {{"dtype", "F32"}, {"shape", t.dims}, {"data_offsets", {offset, end}}};
        offset = end;
    };
    for (const NamedTensor& t : weights.tensors)
        describe(t.name, t);
    for (const NamedTensor& t : more)
        describe(std::string(prefix) + t.name, t);
    std::string text = header.dump(-1, ' ', false, json::error_handler_t::replace);
    text.resize((text.size() + 7) / 8 * 8, ' '); // the format wants the values on a border of eight bytes
    std::vector<std::byte> bytes(8 + text.size() + offset);
    const std::uint64_t length = text.size();
    std::memcpy(bytes.data(), &length, 8);
    std::memcpy(bytes.data() + 8, text.data(), text.size());
    std::byte* target = bytes.data() + 8 + text.size();
    for (const std::span<const NamedTensor> part : {std::span<const NamedTensor>(weights.tensors), more})
        for (const NamedTensor& t : part) {
            if (t.values.empty()) continue;
            std::memcpy(target, t.values.data(), t.values.size() * sizeof(float));
            target += t.values.size() * sizeof(float);
        }
    return bytes;
}

Result<WeightSet> decodeSafetensors(std::span<const std::byte> bytes,
                                    std::map<std::string, std::string>* metadata) {
    std::uint64_t length = 0;
    if (bytes.size() < 8) return refuse(damaged("weights", "The data ends within its first eight bytes."));
    std::memcpy(&length, bytes.data(), 8);
    if (length > bytes.size() - 8) return refuse(damaged("weights", "The data ends within its header."));
    const auto* text = reinterpret_cast<const char*>(bytes.data()) + 8;
    const auto parsed = parseForeign({text, static_cast<std::size_t>(length)});
    if (!parsed || !parsed->is_object()) return refuse(damaged("weights", "The header is not JSON."));
    const json& header = *parsed;
    const std::span<const std::byte> values = bytes.subspan(8 + length);

    struct Placed {
        std::uint64_t begin, end;
        NamedTensor tensor;
    };
    std::vector<Placed> placed;
    std::uint64_t taken = 0;
    const auto overlapping = [](std::string name) {
        return refuse(damaged(std::move(name), "Its values overlap those of another array."));
    };
    for (const auto& [name, entry] : header.items()) {
        if (name == "__metadata__") {
            if (metadata && entry.is_object())
                for (const auto& [key, value] : entry.items())
                    if (value.is_string()) (*metadata)[key] = value.get<std::string>();
            continue;
        }
        const bool formed = entry.is_object() && entry.contains("dtype") && entry.contains("shape") &&
                            entry["shape"].is_array() && entry.contains("data_offsets") &&
                            entry["data_offsets"].is_array() && entry["data_offsets"].size() == 2 &&
                            entry["data_offsets"][0].is_number_unsigned() &&
                            entry["data_offsets"][1].is_number_unsigned();
        if (!formed) return refuse(damaged(name, "Its entry in the header is malformed."));
        if (entry["dtype"] != "F32") return refuse(damaged(name, "Its values are not of the type F32."));
        const auto begin = entry["data_offsets"][0].get<std::uint64_t>(),
                   end = entry["data_offsets"][1].get<std::uint64_t>();
        if (begin > end || end > values.size())
            return refuse(damaged(name, "Its values lie outside the data."));
        const auto count = countOf(entry["shape"], values.size());
        if (!count || *count * sizeof(float) != end - begin)
            return refuse(damaged(name, "Its shape does not fit the length of its values."));
        // Told before their memory is taken: any number of arrays may claim the same values.
        if (end - begin > values.size() - taken) return overlapping(name);
        taken += end - begin;
        Placed p{
            begin, end, {name, entry["shape"].get<std::vector<std::int64_t>>(), std::vector<float>(*count)}};
        if (*count > 0) std::memcpy(p.tensor.values.data(), values.data() + begin, end - begin);
        placed.push_back(std::move(p));
    }
    // The header is sorted by name; the order of the values is the order they were written in.
    std::stable_sort(placed.begin(), placed.end(),
                     [](const Placed& a, const Placed& b) { return a.begin < b.begin; });
    WeightSet set;
    std::uint64_t end = 0;
    for (Placed& p : placed) {
        if (p.begin < end) return overlapping(p.tensor.name);
        end = p.end;
        set.tensors.push_back(std::move(p.tensor));
    }
    return set;
}

} // namespace burdock
