#include "picture_samples.h"

#include "files/count_text.h"
#include "files/problem.h"

#include <algorithm>

namespace burdock {
namespace {

void closeUp(std::vector<std::uint8_t>& values, std::size_t stride, const Refusals& refused) {
    if (refused.empty() || stride == 0) return;
    const std::size_t count = values.size() / stride;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (refused.contains(i)) continue;
        std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(i * stride), stride,
                    values.begin() + static_cast<std::ptrdiff_t>(kept++ * stride));
    }
    values.resize(kept * stride);
}

} // namespace

Status leaveOut(std::vector<PictureFile>& files, const Refusals& refused, const LeaveOut& how,
                std::vector<std::string>& left) {
    if (refused.empty()) return {};
    const auto other = std::ranges::find_if(
        refused, [](const auto& one) { return one.second.code != "data.pictures.damaged"; });
    if (!how.damaged || other != refused.end()) {
        Diagnostic first = (other == refused.end() ? refused.begin() : other)->second;
        if (refused.size() > 1)
            first.why += " So it is with " + countText(std::ssize(refused) - 1, "more picture") + ".";
        if (other == refused.end()) first.mend += how.orElse;
        return refuse(std::move(first));
    }
    std::size_t kept = 0;
    for (std::size_t i = 0; i < files.size(); ++i)
        if (const auto why = refused.find(i); why != refused.end())
            left.push_back(why->second.where);
        else
            files[kept++] = std::move(files[i]);
    files.resize(kept);
    return {};
}

Result<ByteSamples> decodeAll(std::vector<PictureFile>& files, const Decoding& how, const LeaveOut& damaged,
                              RemarkCounts& counts, std::vector<std::string>& left) {
    ByteSamples samples;
    const auto size = static_cast<std::size_t>(how.shape.size());
    samples.values.resize(files.size() * size);
    std::vector<std::uint8_t> remarks(files.size());
    const Refusals refused = forEachPicture(files, [&](std::size_t i) -> Status {
        const auto decoded = decode(files[i].path, how);
        if (!decoded) return refuse(decoded.error());
        copyPixels(decoded->image, how.shape, samples.values.data() + i * size);
        remarks[i] = decoded->remarks;
        return {};
    });
    if (auto done = leaveOut(files, refused, damaged, left); !done) return refuse(done.error());
    closeUp(samples.values, size, refused);
    for (const std::uint8_t bits : remarks)
        for (std::size_t bit = 0; bit < counts.size(); ++bit)
            counts[bit] += bits >> bit & 1;
    for (const PictureFile& file : files)
        samples.classes.push_back(file.kind);
    return samples;
}

void noteRemarks(const RemarkCounts& counts, const QColor& background, std::vector<std::string>& notes) {
    const auto note = [&](int bit, const std::string& one, const std::string& several) {
        const auto count = static_cast<std::int64_t>(counts[static_cast<std::size_t>(bit)]);
        if (count > 0)
            notes.push_back(countText(count, "picture") + " " + (count == 1 ? one : several) + ".");
    };
    const std::string ground = background == Qt::white ? "white" : "black";
    note(0, "has transparent pixels and stands on " + ground + " (option background)",
         "have transparent pixels and stand on " + ground + " (option background)");
    note(1, "has more than 8 bits a channel, of which the upper 8 are kept",
         "have more than 8 bits a channel, of which the upper 8 are kept");
    note(2, "is in CMYK and was brought to red, green and blue",
         "are in CMYK and were brought to red, green and blue");
    note(3, "is the first of several in its file", "are the first of several in their files");
    note(4, "was turned as its camera noted (Exif)", "were turned as their cameras noted (Exif)");
    note(5, "is cut at its longer side", "are cut at their longer sides");
}

} // namespace burdock
