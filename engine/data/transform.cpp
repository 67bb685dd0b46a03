#include "engine/data/transform.h"

#include "engine/data/picture.h"
#include "engine/schema/param_table.h"
#include "engine/schema/param_text.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace burdock {
namespace {

/// Moves a picture by whole pixels; what comes from outside is 0, the pixel at the border, or mirrored there.
enum class Fill { Zero, Edge, Mirror };

std::int64_t sourceOf(std::int64_t at, std::int64_t size, Fill fill) {
    if (at >= 0 && at < size) return at;
    switch (fill) {
    case Fill::Zero:
        return -1;
    case Fill::Edge:
        return std::clamp<std::int64_t>(at, 0, size - 1);
    case Fill::Mirror:
        break;
    }
    if (size == 1) return 0;
    const std::int64_t period = 2 * (size - 1); // the border's own pixel is not doubled
    const std::int64_t place = ((at % period) + period) % period;
    return place < size ? place : period - place;
}

void move(const Shape& shape, float* pixels, std::int64_t down, std::int64_t right, Fill fill,
          std::vector<float>& scratch) {
    if (down == 0 && right == 0) return;
    scratch.assign(pixels, pixels + shape.size());
    for (std::int64_t c = 0; c < shape.channels; ++c)
        for (std::int64_t y = 0; y < shape.height; ++y) {
            float* to = pixels + (c * shape.height + y) * shape.width;
            const std::int64_t fromY = sourceOf(y - down, shape.height, fill);
            if (fromY < 0) {
                std::fill_n(to, shape.width, 0.0f);
                continue;
            }
            const float* from = scratch.data() + (c * shape.height + fromY) * shape.width;
            for (std::int64_t x = 0; x < shape.width; ++x) {
                const std::int64_t fromX = sourceOf(x - right, shape.width, fill);
                to[x] = fromX < 0 ? 0.0f : from[fromX];
            }
        }
}

double radians(double degrees) {
    return degrees * std::numbers::pi / 180;
}

struct Shift {
    static constexpr const char
        *id = "shift",
        *name = "Shift", *doc = "Moves the picture by whole pixels in any direction; what comes in is black.";
    static constexpr bool movesPixels = true;
    std::int64_t pixels = 2;
    static void addParams(ParamTable<Shift>& t) {
        t.add(&Shift::pixels, {.key = "pixels",
                               .label = "At most",
                               .minimum = 1,
                               .maximum = 256,
                               .unit = "pixels",
                               .doc = "Up to so many along each side."});
    }
    bool canEmpty(const Shape& shape) const { return pixels >= std::min(shape.height, shape.width); }
    void operator()(const Shape& shape, float* picture, Draws& draws, std::vector<float>& scratch) const {
        const std::int64_t down = draws.whole(-pixels, pixels), right = draws.whole(-pixels, pixels);
        move(shape, picture, down, right, Fill::Zero, scratch);
    }
};

struct Rotate {
    static constexpr const char *id = "rotate", *name = "Rotate",
                                *doc = "Turns the picture about its centre.";
    static constexpr bool movesPixels = true;
    double degrees = 10;
    static void addParams(ParamTable<Rotate>& t) {
        t.add(&Rotate::degrees, {.key = "degrees",
                                 .label = "At most",
                                 .minimum = 0,
                                 .maximum = 180,
                                 .unit = "°",
                                 .doc = "Up to so far, to the left or to the right."});
    }
    void operator()(const Shape& shape, float* picture, Draws& draws, std::vector<float>& scratch) const {
        const double angle = radians(draws.uniform(-degrees, degrees));
        const double c = std::cos(angle), s = std::sin(angle);
        warpPicture(shape, picture, {c, s, -s, c}, scratch);
    }
};

struct Darken {
    static constexpr const char *id = "darken", *name = "Darken", *doc = "Brings all pixels nearer to black.";
    double amount = 0.3;
    static void addParams(ParamTable<Darken>& t) {
        t.add(&Darken::amount, {.key = "amount",
                                .label = "At most",
                                .minimum = 0,
                                .maximum = 1,
                                .doc = "x becomes (1 − a)·x, with a from 0 to this."});
    }
    void operator()(const Shape& shape, float* picture, Draws& draws, std::vector<float>&) const {
        const auto left = static_cast<float>(1 - draws.uniform(0, amount));
        for (std::int64_t i = 0; i < shape.size(); ++i)
            picture[i] *= left;
    }
};

struct Lighten {
    static constexpr const char *id = "lighten", *name = "Lighten",
                                *doc = "Brings all pixels nearer to white.";
    double amount = 0.3;
    static void addParams(ParamTable<Lighten>& t) {
        t.add(&Lighten::amount, {.key = "amount",
                                 .label = "At most",
                                 .minimum = 0,
                                 .maximum = 1,
                                 .doc = "x becomes x + a·(1 − x), with a from 0 to this."});
    }
    void operator()(const Shape& shape, float* picture, Draws& draws, std::vector<float>&) const {
        const auto a = static_cast<float>(draws.uniform(0, amount));
        for (std::int64_t i = 0; i < shape.size(); ++i)
            picture[i] += a * (1 - picture[i]);
    }
};

struct Shear {
    static constexpr const char *id = "shear", *name = "Shear (tilt)",
                                *doc = "Slants the picture, as writing is slanted.";
    static constexpr bool movesPixels = true;
    double degrees = 10;
    std::string direction = "horizontal";
    static void addParams(ParamTable<Shear>& t) {
        t.add(&Shear::degrees, {.key = "degrees",
                                .label = "At most",
                                .minimum = 0,
                                .maximum = 60,
                                .unit = "°",
                                .doc = "Upright lines are slanted up to so far."});
        t.addChoice(&Shear::direction,
                    {.key = "direction", .label = "Direction", .doc = "Which lines stay as they are."},
                    {{"horizontal", "Horizontal", "Rows slide along each other."},
                     {"vertical", "Vertical", "Columns slide along each other."},
                     {"both", "Either", "One of the two, drawn for each sample."}});
    }
    void operator()(const Shape& shape, float* picture, Draws& draws, std::vector<float>& scratch) const {
        const double slant = std::tan(radians(draws.uniform(-degrees, degrees)));
        const bool rows = direction == "horizontal" || (direction == "both" && draws.chance(0.5));
        warpPicture(shape, picture, rows ? Warp{1, slant, 0, 1} : Warp{1, 0, slant, 1}, scratch);
    }
};

struct Flip {
    static constexpr const char
        *id = "flip",
        *name = "Flip",
        *doc = "Mirrors the picture. Only where the mirror image means the same: not for "
               "digits or letters.";
    static constexpr bool movesPixels = true;
    static constexpr double usually = 0.5;
    std::string direction = "horizontal";
    static void addParams(ParamTable<Flip>& t) {
        t.addChoice(&Flip::direction, {.key = "direction", .label = "Direction", .doc = "What is exchanged."},
                    {{"horizontal", "Left and right", ""},
                     {"vertical", "Top and bottom", ""},
                     {"both", "Either", "One of the two, drawn for each sample."}});
    }
    void operator()(const Shape& shape, float* picture, Draws& draws, std::vector<float>&) const {
        const bool sideways = direction == "horizontal" || (direction == "both" && draws.chance(0.5));
        const std::int64_t rows = shape.channels * shape.height;
        for (std::int64_t r = 0; r < rows; ++r) {
            float* row = picture + r * shape.width;
            if (sideways) {
                std::reverse(row, row + shape.width);
                continue;
            }
            const std::int64_t y = r % shape.height, other = shape.height - 1 - y;
            if (y < other) std::swap_ranges(row, row + shape.width, row + (other - y) * shape.width);
        }
    }
};

struct Zoom {
    static constexpr const char *id = "zoom", *name = "Zoom", *doc = "Makes what is seen larger or smaller.";
    static constexpr bool movesPixels = true;
    double amount = 0.1;
    static void addParams(ParamTable<Zoom>& t) {
        t.add(&Zoom::amount, {.key = "amount",
                              .label = "At most",
                              .minimum = 0,
                              .maximum = 0.9,
                              .doc = "The size is multiplied by a number from 1 − this to 1 + this."});
    }
    void operator()(const Shape& shape, float* picture, Draws& draws, std::vector<float>& scratch) const {
        const double inverse = 1 / draws.uniform(1 - amount, 1 + amount);
        warpPicture(shape, picture, {inverse, 0, 0, inverse}, scratch);
    }
};

struct Crop {
    static constexpr const char *id = "crop", *name = "Crop",
                                *doc =
                                    "Pads the picture on all sides and cuts one of the old size out of it, "
                                    "anywhere.";
    static constexpr bool movesPixels = true;
    std::int64_t padding = 4;
    Fill fill = Fill::Mirror;
    static void addParams(ParamTable<Crop>& t) {
        t.add(&Crop::padding, {.key = "padding",
                               .label = "Padding",
                               .minimum = 1,
                               .maximum = 256,
                               .unit = "pixels",
                               .doc = "On each side."});
        t.addChoice(
            &Crop::fill, {.key = "fill", .label = "Padded with", .doc = "What stands there."},
            {{"zero", "Black", ""}, {"edge", "The border's pixels", ""}, {"mirror", "The mirror image", ""}});
    }
    bool canEmpty(const Shape& shape) const {
        return fill == Fill::Zero && padding >= std::min(shape.height, shape.width);
    }
    void operator()(const Shape& shape, float* picture, Draws& draws, std::vector<float>& scratch) const {
        const std::int64_t down = draws.whole(-padding, padding), right = draws.whole(-padding, padding);
        move(shape, picture, down, right, fill, scratch);
    }
};

struct Noise {
    static constexpr const char *id = "noise", *name = "Noise", *doc = "Adds normal noise to every pixel.";
    double deviation = 0.05;
    static void addParams(ParamTable<Noise>& t) {
        t.add(&Noise::deviation, {.key = "deviation",
                                  .label = "Deviation",
                                  .minimum = 0,
                                  .maximum = 1,
                                  .doc = "Standard deviation; pixels go from 0 to 1."});
    }
    void operator()(const Shape& shape, float* picture, Draws& draws, std::vector<float>&) const {
        const auto width = static_cast<float>(deviation);
        for (std::int64_t i = 0; i < shape.size(); ++i)
            picture[i] = std::clamp(picture[i] + width * draws.normal(i), 0.0f, 1.0f);
    }
};

struct Cutout {
    static constexpr const char
        *id = "cutout",
        *name = "Cutout",
        *doc = "Blackens a square anywhere (DeVries and Taylor 2017): the network may not "
               "rely on one detail.";
    std::int64_t size = 8;
    static void addParams(ParamTable<Cutout>& t) {
        t.add(&Cutout::size, {.key = "size",
                              .label = "Side",
                              .minimum = 1,
                              .maximum = 1024,
                              .unit = "pixels",
                              .doc = "Of the square; at the border part of it lies outside."});
    }
    bool canEmpty(const Shape& shape) const { return size > std::max(shape.height, shape.width); }
    void operator()(const Shape& shape, float* picture, Draws& draws, std::vector<float>&) const {
        const std::int64_t top = draws.whole(0, shape.height - 1) - size / 2,
                           left = draws.whole(0, shape.width - 1) - size / 2;
        const std::int64_t x0 = std::max<std::int64_t>(left, 0), x1 = std::min(left + size, shape.width);
        for (std::int64_t c = 0; c < shape.channels; ++c)
            for (std::int64_t y = std::max<std::int64_t>(top, 0); y < std::min(top + size, shape.height); ++y)
                std::fill(picture + (c * shape.height + y) * shape.width + x0,
                          picture + (c * shape.height + y) * shape.width + std::max(x0, x1), 0.0f);
    }
};

template <class T>
TransformSchema schemaOf() {
    TransformSchema schema{T::id, T::name, T::doc, {}, {}};
    ParamTable<T> table;
    T::addParams(table);
    schema.params = table.specs();
    ParamSpec probability{.key = "probability",
                          .label = "Probability",
                          .type = ParamType::Real,
                          .defaultValue = 1.0,
                          .minimum = 0,
                          .maximum = 1,
                          .doc = "How often it is applied to a sample."};
    if constexpr (requires { T::usually; }) probability.defaultValue = T::usually;
    schema.params.push_back(std::move(probability));
    schema.make = [table](const ParamValues& values) -> PictureFunction { return table.read(values); };
    schema.movesPixels = requires {
        T::movesPixels;
    };
    if constexpr (requires(const T& t, const Shape& shape) { t.canEmpty(shape); })
        schema.canEmpty = [table](const ParamValues& values, const Shape& shape) {
            return table.read(values).canEmpty(shape);
        };
    return schema;
}

Diagnostic unknown(const std::string& id) {
    Diagnostic d;
    d.code = "augmentation.unknown";
    d.where = "Augmentation";
    d.param = "augmentation";
    d.what = "There is no transform “" + id + "”.";
    d.mend = "Give one of: " + transforms().ids() + ".";
    return d;
}

} // namespace

Registry<TransformSchema>& transforms() {
    static Registry<TransformSchema> all(std::vector<TransformSchema>{
        schemaOf<Shift>(), schemaOf<Rotate>(), schemaOf<Darken>(), schemaOf<Lighten>(), schemaOf<Shear>(),
        schemaOf<Flip>(), schemaOf<Zoom>(), schemaOf<Crop>(), schemaOf<Noise>(), schemaOf<Cutout>()});
    return all;
}

const TransformSchema* findTransform(std::string_view id) {
    return transforms().find(id);
}

std::vector<Diagnostic> checkAugmentation(const std::vector<TransformUse>& uses) {
    std::vector<Diagnostic> found;
    for (const TransformUse& use : uses) {
        const TransformSchema* schema = findTransform(use.id);
        if (!schema) {
            found.push_back(unknown(use.id));
            continue;
        }
        for (Diagnostic d : checkParams(schema->params, use.params)) {
            d.where = schema->name + ", " + d.where;
            d.param = "augmentation";
            found.push_back(std::move(d));
        }
    }
    return found;
}

Result<std::vector<TransformUse>> parseAugmentation(std::string_view text) {
    std::vector<TransformUse> uses;
    if (text == "none") return uses;
    for (const std::string& part : splitEscaped(text, ';')) {
        const auto first = part.find_first_not_of(' ');
        if (first == std::string::npos) continue;
        const auto colon = std::min(part.find(':'), part.size());
        std::string id = part.substr(first, colon - first);
        id.erase(id.find_last_not_of(' ') + 1);
        const TransformSchema* schema = findTransform(id);
        if (!schema) return refuse(unknown(id));
        auto params =
            parseParams(schema->params, std::string_view(part).substr(std::min(colon + 1, part.size())), id);
        if (!params) return refuse(params.error());
        uses.push_back({id, std::move(*params)});
    }
    return uses;
}

std::string formatAugmentation(const std::vector<TransformUse>& uses) {
    std::string text;
    for (const TransformUse& use : uses) {
        const TransformSchema* schema = findTransform(use.id);
        const std::string params = schema ? formatParams(schema->params, use.params) : "";
        text += (text.empty() ? "" : ";") + use.id + (params.empty() ? "" : ":" + params);
    }
    return text;
}

Augmentation::Augmentation(const std::vector<TransformUse>& uses) {
    for (const TransformUse& use : uses)
        if (const TransformSchema* schema = findTransform(use.id)) {
            const ParamValue& often = paramOr(use.params, schema->params.back());
            const auto* whole = std::get_if<std::int64_t>(&often);
            steps_.push_back({whole ? static_cast<double>(*whole) : std::get<double>(often),
                              schema->make(use.params), schema->movesPixels});
        }
}

template <class Wanted>
void Augmentation::run(const Shape& shape, float* pixels, std::uint64_t key, std::vector<float>& scratch,
                       Wanted wanted) const {
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        if (!wanted(steps_[i])) continue;
        Draws draws(deriveKey(key, i));
        if (draws.chance(steps_[i].probability)) steps_[i].function(shape, pixels, draws, scratch);
    }
}

void Augmentation::apply(const Shape& shape, float* pixels, std::uint64_t key,
                         std::vector<float>& scratch) const {
    run(shape, pixels, key, scratch, [](const Step&) { return true; });
}

void Augmentation::applyToMask(const Shape& shape, float* labels, std::uint64_t key,
                               std::vector<float>& scratch) const {
    run(shape, labels, key, scratch, [](const Step& step) { return step.movesPixels; });
}

} // namespace burdock
