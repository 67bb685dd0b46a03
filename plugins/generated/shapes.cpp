#include "shapes.h"

#include "draw.h"
#include "engine/schema/param_table.h"
#include "files/content_hash.h"

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

constexpr std::int64_t kinds = 2;

struct Options {
    std::int64_t samples = 400, size = 64, mask = 0;
    double noise = 0.1;
    std::int64_t seed = 1;
};

const ParamTable<Options>& table() {
    static const ParamTable<Options> all = [] {
        ParamTable<Options> t;
        t.add(&Options::samples, {.key = "samples",
                                  .label = "Samples",
                                  .minimum = 4,
                                  .maximum = 1'000'000,
                                  .doc = "How many pictures."});
        t.add(&Options::size, {.key = "size",
                               .label = "Size",
                               .minimum = 8,
                               .maximum = 1024,
                               .unit = "pixels",
                               .doc = "Height and width of a picture."});
        t.add(&Options::mask, {.key = "mask",
                               .label = "Labelled part",
                               .minimum = 0,
                               .maximum = 1024,
                               .unit = "pixels",
                               .doc = "Height and width of the middle part whose pixels are labelled, for "
                                      "networks without padding; 0: all of it."});
        t.add(&Options::noise, {.key = "noise",
                                .label = "Noise",
                                .minimum = 0,
                                .maximum = 1,
                                .doc = "Standard deviation of what is added to each pixel."});
        t.add(&Options::seed, {.key = "seed",
                               .label = "Seed of the data",
                               .minimum = 0,
                               .maximum = 2147483647,
                               .doc = "Another seed gives other pictures.",
                               .advanced = true});
        return t;
    }();
    return all;
}

struct Form {
    std::int64_t kind; ///< 0: circle, 1: square of the same area
    double x, y, radius, brightness;

    bool covers(double px, double py) const {
        constexpr double half = 0.886226925452758; // √π / 2
        const double dx = std::abs(px - x), dy = std::abs(py - y);
        return kind == 0 ? dx * dx + dy * dy <= radius * radius : std::max(dx, dy) <= half * radius;
    }
};

/// Drawn anew whenever they are asked for, since pictures of 572 × 572 do not fit into memory by the
/// thousand.
class ShapesDataset final : public Dataset {
  public:
    ShapesDataset(DatasetInfo info, const Options& options)
        : info_(std::move(info))
        , options_(options) {
        const std::int64_t side = options.mask > 0 ? options.mask : options.size;
        info_.input = {1, options.size, options.size};
        info_.mask = Shape{kinds, side, side};
        info_.targets = info_.mask->size();
        info_.classNames = {"circle", "square"};
        info_.trainSize = options.samples;
        // The first few stand for all: the rest follows from the same options.
        std::string contents = info_.id;
        std::vector<float> input(static_cast<std::size_t>(info_.input.size()));
        std::vector<float> target(static_cast<std::size_t>(info_.targets));
        for (std::int64_t i = 0; i < 4; ++i) {
            readInput(Part::Train, i, input.data());
            readTarget(Part::Train, i, target.data());
            for (const auto* values : {&input, &target})
                contents.append(reinterpret_cast<const char*>(values->data()),
                                values->size() * sizeof(float));
        }
        info_.sha256 = sha256Hex({contents});
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part, std::int64_t index, float* values) const override {
        Draw draw(options_.seed, index);
        const double ground = draw.uniform(0, 0.2);
        const std::vector<Form> forms = drawForms(draw);
        for (std::int64_t y = 0; y < options_.size; ++y)
            for (std::int64_t x = 0; x < options_.size; ++x) {
                const Form* top = topAt(forms, x, y);
                const double shown = (top ? top->brightness : ground) + draw.normal(options_.noise);
                *values++ = static_cast<float>(std::clamp(shown, 0.0, 1.0));
            }
    }
    void readTarget(Part, std::int64_t index, float* values) const override {
        Draw draw(options_.seed, index);
        draw.uniform(0, 1); // the ground's brightness
        const std::vector<Form> forms = drawForms(draw);
        const std::int64_t side = info_.mask->height, border = (options_.size - side) / 2;
        for (std::int64_t kind = 0; kind < kinds; ++kind)
            for (std::int64_t y = 0; y < side; ++y)
                for (std::int64_t x = 0; x < side; ++x) {
                    const Form* top = topAt(forms, x + border, y + border);
                    *values++ = top && top->kind == kind ? 1.0f : 0.0f;
                }
    }

  private:
    std::vector<Form> drawForms(Draw& draw) const {
        const auto size = static_cast<double>(options_.size);
        std::vector<Form> forms(static_cast<std::size_t>(1 + draw.below(4)));
        for (Form& f : forms) {
            f.kind = draw.below(kinds);
            f.radius = size * draw.uniform(0.08, 0.2);
            f.x = draw.uniform(0.1, 0.9) * size;
            f.y = draw.uniform(0.1, 0.9) * size;
            f.brightness = draw.uniform(0.4, 1);
        }
        return forms;
    }
    /// A later form hides those before it.
    static const Form* topAt(const std::vector<Form>& forms, std::int64_t x, std::int64_t y) {
        const double px = static_cast<double>(x) + 0.5, py = static_cast<double>(y) + 0.5;
        const auto top =
            std::find_if(forms.rbegin(), forms.rend(), [&](const Form& f) { return f.covers(px, py); });
        return top == forms.rend() ? nullptr : &*top;
    }

    DatasetInfo info_;
    Options options_;
};

} // namespace

Generator shapesGenerator() {
    Generator g;
    g.id = "shapes";
    g.title = "Shapes";
    g.doc = "Circles and squares in noise; which pixels belong to a circle, and which to a square, is to be "
            "told.";
    g.task = Task::Multilabel;
    g.params = table().specs();
    g.make = [](DatasetInfo info, const ParamValues& values) -> Result<std::shared_ptr<const Dataset>> {
        const Options options = table().read(values);
        const bool larger = options.mask > options.size;
        // Half a pixel beside the middle, what is learned would be displaced.
        if (larger || (options.mask > 0 && (options.size - options.mask) % 2 != 0)) {
            Diagnostic d;
            d.code = "shapes.mask";
            d.where = info.id;
            d.param = "mask";
            d.what = larger ? "The labelled part is larger than the picture."
                            : "The labelled part cannot lie in the middle of the picture.";
            d.why = "It is " + std::to_string(options.mask) + " pixels wide, and the picture " +
                    std::to_string(options.size) + ".";
            d.mend = larger ? "Give mask a number up to the size."
                            : "Give mask and size two even numbers, or two odd ones.";
            return refuse(std::move(d));
        }
        return std::make_shared<const ShapesDataset>(std::move(info), options);
    };
    return g;
}

} // namespace burdock
