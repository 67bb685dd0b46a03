#include "example.h"

#include <fstream>

namespace example {
namespace {

using namespace burdock;

/// Lines of "x y class", the class from 0.
class Points final : public Dataset {
  public:
    explicit Points(const std::filesystem::path& path) {
        std::ifstream file(path);
        file.imbue(std::locale::classic());
        for (float x, y, kind; file >> x >> y >> kind;) {
            values_.insert(values_.end(), {x, y, kind});
            info_.targets = std::max(info_.targets, static_cast<std::int64_t>(kind) + 1);
        }
        info_.id = path.string();
        info_.title = path.stem().string();
        info_.task = Task::Multiclass;
        info_.input = {2, 1, 1};
        info_.trainSize = static_cast<std::int64_t>(values_.size() / 3);
        for (std::int64_t c = 0; c < info_.targets; ++c)
            info_.classNames.push_back("class " + std::to_string(c));
    }
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
        if (points->info().trainSize > 0) return points;
        Diagnostic d;
        d.code = "points.empty";
        d.where = path.string();
        d.what = "There is no point in this file.";
        d.mend = "Give lines of two coordinates and a class.";
        return refuse(std::move(d));
    };
    return f;
}

} // namespace example
