#include "example.h"

#include <fstream>
#include <sstream>

namespace example {
namespace {

using namespace burdock;

constexpr std::int64_t mostClasses = 10'000;

/// Lines of "x y class", the class from 0.
class Points final : public Dataset {
  public:
    explicit Points(const std::filesystem::path& path) {
        std::ifstream file(path);
        std::int64_t number = 0;
        for (std::string line; std::getline(file, line);) {
            ++number;
            std::istringstream text(line);
            text.imbue(std::locale::classic());
            if ((text >> std::ws).eof()) continue;
            float x = 0, y = 0;
            std::int64_t kind = 0;
            text >> x >> y >> kind;
            // Losses and metrics index by the class: no reader hands on one that it has not checked.
            if (!text || !(text >> std::ws).eof() || kind < 0 || kind >= mostClasses) {
                wrongLine_ = number;
                return;
            }
            values_.insert(values_.end(), {x, y, static_cast<float>(kind)});
            info_.targets = std::max(info_.targets, kind + 1);
        }
        info_.id = path.string();
        info_.title = path.stem().string();
        info_.task = Task::Multiclass;
        info_.input = {2, 1, 1};
        info_.trainSize = static_cast<std::int64_t>(values_.size() / 3);
        for (std::int64_t c = 0; c < info_.targets; ++c)
            info_.classNames.push_back("class " + std::to_string(c));
    }
    /// The first line that is no point, from 1; 0: there is none.
    std::int64_t wrongLine() const { return wrongLine_; }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part, std::int64_t index, float* values) const override {
        values[0] = values_[static_cast<std::size_t>(3 * index)];
        values[1] = values_[static_cast<std::size_t>(3 * index + 1)];
    }
    void readTarget(Part, std::int64_t index, float* values) const override {
        values[0] = values_[static_cast<std::size_t>(3 * index + 2)];
    }

  private:
    DatasetInfo info_;
    std::vector<float> values_;
    std::int64_t wrongLine_ = 0;
};

} // namespace

DatasetFormat pointsFormat() {
    DatasetFormat f;
    f.id = "example.points";
    f.name = "Points of a plane";
    f.patterns = {"*.points"};
    f.doc = "A point on each line: two coordinates and the number of its class.";
    f.recognises = [](const std::filesystem::path& path) { return path.extension() == ".points"; };
    f.open = [](const std::filesystem::path& path,
                const ParamValues&) -> Result<std::shared_ptr<const Dataset>> {
        auto points = std::make_shared<const Points>(path);
        const std::int64_t wrong = points->wrongLine();
        if (wrong == 0 && points->info().trainSize > 0) return points;
        Diagnostic d;
        d.code = wrong > 0 ? "points.line" : "points.empty";
        d.where = path.string();
        d.what =
            wrong > 0 ? "Line " + std::to_string(wrong) + " is no point." : "There is no point in this file.";
        d.mend = "Give lines of two coordinates and a class: a whole number from 0 to " +
                 std::to_string(mostClasses - 1) + ".";
        return refuse(std::move(d));
    };
    return f;
}

} // namespace example
