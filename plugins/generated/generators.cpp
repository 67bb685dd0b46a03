#include "generators.h"

#include "draw.h"
#include "engine/schema/param_table.h"
#include "generated_dataset.h"
#include "shapes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numbers>

namespace burdock {
namespace {

constexpr double pi = std::numbers::pi;

/// What all of them have.
struct Options {
    std::int64_t samples = 1000;
    double noise = 0.1;
    std::int64_t seed = 1;
};

template <class G>
ParamTable<G> optionsOf() {
    ParamTable<G> t;
    t.add(static_cast<std::int64_t G::*>(&Options::samples), {.key = "samples",
                                                              .label = "Samples",
                                                              .minimum = 4,
                                                              .maximum = 1'000'000,
                                                              .doc = "How many points."});
    t.add(static_cast<double G::*>(&Options::noise), {.key = "noise",
                                                      .label = "Noise",
                                                      .minimum = 0,
                                                      .maximum = 10,
                                                      .doc = "Standard deviation of what is added."});
    G::addOptions(t);
    t.add(static_cast<std::int64_t G::*>(&Options::seed), {.key = "seed",
                                                           .label = "Seed of the data",
                                                           .minimum = 0,
                                                           .maximum = 2147483647,
                                                           .doc = "Another seed gives other points.",
                                                           .advanced = true});
    return t;
}

template <class G>
Generator generator(std::string id, std::string title, std::string doc, Task task) {
    Generator g{std::move(id), std::move(title), std::move(doc), task, {}, {}};
    const ParamTable<G> table = optionsOf<G>();
    g.params = table.specs();
    g.make = [table](DatasetInfo info, const ParamValues& values) {
        const G own = table.read(values);
        PointCloud cloud = own.cloud();
        cloud.samples = own.samples;
        return drawPoints(std::move(info), cloud);
    };
    return g;
}

template <class G>
void addClasses(ParamTable<G>& t) {
    t.add(&G::classes, {.key = "classes",
                        .label = "Classes",
                        .minimum = 2,
                        .maximum = 20,
                        .doc = "How many kinds of points."});
}

/// Two half circles that reach into each other, as scikit-learn's make_moons draws them.
struct Moons : Options {
    static void addOptions(ParamTable<Moons>&) {}
    PointCloud cloud() const {
        PointCloud c;
        c.draw = [o = *this](std::int64_t index, float* xy) {
            Draw draw(o.seed, index);
            const bool inner = index % 2 != 0;
            const double angle = draw.uniform(0, pi);
            const double x = std::cos(angle), y = std::sin(angle);
            xy[0] = static_cast<float>((inner ? 1 - x : x) + draw.normal(o.noise));
            xy[1] = static_cast<float>((inner ? 0.5 - y : y) + draw.normal(o.noise));
            return inner ? 1.0f : 0.0f;
        };
        return c;
    }
};

/// A ring of radius 1 around one of half of it.
struct Circles : Options {
    double factor = 0.5;
    static void addOptions(ParamTable<Circles>& t) {
        t.add(&Circles::factor, {.key = "factor",
                                 .label = "Inner radius",
                                 .minimum = 0,
                                 .maximum = 1,
                                 .maximumExcluded = true,
                                 .doc = "The outer circle has radius 1."});
    }
    PointCloud cloud() const {
        PointCloud c;
        c.draw = [o = *this](std::int64_t index, float* xy) {
            Draw draw(o.seed, index);
            const bool inner = index % 2 != 0;
            const double angle = draw.uniform(0, 2 * pi), radius = inner ? o.factor : 1;
            xy[0] = static_cast<float>(radius * std::cos(angle) + draw.normal(o.noise));
            xy[1] = static_cast<float>(radius * std::sin(angle) + draw.normal(o.noise));
            return inner ? 1.0f : 0.0f;
        };
        return c;
    }
};

/// Arms that wind around each other (Lang and Witbrock: Learning to tell two spirals apart, 1988).
struct Spirals : Options {
    std::int64_t classes = 2;
    double turns = 1.5;
    Spirals() { noise = 0.03; }
    static void addOptions(ParamTable<Spirals>& t) {
        addClasses(t);
        t.add(&Spirals::turns,
              {.key = "turns", .label = "Turns", .minimum = 0.1, .maximum = 10, .doc = "Of each arm."});
    }
    PointCloud cloud() const {
        PointCloud c;
        c.classes = classes;
        c.draw = [o = *this](std::int64_t index, float* xy) {
            Draw draw(o.seed, index);
            const std::int64_t arm = index % o.classes;
            const double radius = std::sqrt(draw.uniform(0.01, 1)); // as many points on every length of arm
            const double angle =
                2 * pi * (o.turns * radius + static_cast<double>(arm) / static_cast<double>(o.classes));
            xy[0] = static_cast<float>(radius * std::cos(angle) + draw.normal(o.noise));
            xy[1] = static_cast<float>(radius * std::sin(angle) + draw.normal(o.noise));
            return static_cast<float>(arm);
        };
        return c;
    }
};

/// Four quarters of a square; opposite ones belong together.
struct Xor : Options {
    Xor() { noise = 0.0; }
    static void addOptions(ParamTable<Xor>&) {}
    PointCloud cloud() const {
        PointCloud c;
        c.draw = [o = *this](std::int64_t index, float* xy) {
            Draw draw(o.seed, index);
            // A margin of 0.05 on either side of the borders: without noise the quarters are apart.
            const double x = draw.uniform(0.05, 1), y = draw.uniform(0.05, 1);
            const bool left = index % 2 != 0, below = index / 2 % 2 != 0;
            xy[0] = static_cast<float>((left ? -x : x) + draw.normal(o.noise));
            xy[1] = static_cast<float>((below ? -y : y) + draw.normal(o.noise));
            return left != below ? 1.0f : 0.0f;
        };
        return c;
    }
};

/// Normal clouds around centres that keep a distance from each other.
struct Clusters : Options {
    std::int64_t classes = 3, features = 2;
    Clusters() { noise = 0.15; }
    static void addOptions(ParamTable<Clusters>& t) {
        addClasses(t);
        t.add(&Clusters::features, {.key = "features",
                                    .label = "Features",
                                    .minimum = 1,
                                    .maximum = 100,
                                    .doc = "Numbers that describe a point."});
    }
    std::vector<double> centres() const {
        const auto d = static_cast<std::size_t>(features);
        Draw draw(seed, -1);
        std::vector<double> all;
        for (double distance = 0.8; all.size() < static_cast<std::size_t>(classes) * d; distance *= 0.99) {
            std::vector<double> centre(d);
            for (double& x : centre)
                x = draw.uniform(-1, 1);
            bool apart = true;
            for (std::size_t c = 0; c < all.size(); c += d) {
                double square = 0;
                for (std::size_t i = 0; i < d; ++i)
                    square += (all[c + i] - centre[i]) * (all[c + i] - centre[i]);
                apart = apart && square > distance * distance;
            }
            if (apart) all.insert(all.end(), centre.begin(), centre.end());
        }
        return all;
    }
    PointCloud cloud() const {
        PointCloud c;
        c.features = features;
        c.classes = classes;
        c.draw = [o = *this, centre = centres()](std::int64_t index, float* x) {
            Draw draw(o.seed, index);
            const std::int64_t kind = index % o.classes;
            for (std::int64_t i = 0; i < o.features; ++i)
                x[i] = static_cast<float>(centre[static_cast<std::size_t>(kind * o.features + i)] +
                                          draw.normal(o.noise));
            return static_cast<float>(kind);
        };
        return c;
    }
};

/// y = sin(frequency · πx) for x in -1 … 1.
struct Sine : Options {
    double frequency = 2;
    static void addOptions(ParamTable<Sine>& t) {
        t.add(&Sine::frequency, {.key = "frequency",
                                 .label = "Periods",
                                 .minimum = 0.1,
                                 .maximum = 50,
                                 .doc = "How often the curve goes up and down between -1 and 1."});
    }
    PointCloud cloud() const {
        PointCloud c;
        c.features = 1;
        c.classes = 0;
        c.draw = [o = *this](std::int64_t index, float* x) {
            Draw draw(o.seed, index);
            const double at = draw.uniform(-1, 1);
            x[0] = static_cast<float>(at);
            return static_cast<float>(std::sin(o.frequency * pi * at) + draw.normal(o.noise));
        };
        return c;
    }
};

} // namespace

const std::vector<Generator>& generators() {
    static const std::vector<Generator> all{
        generator<Moons>("moons", "Moons", "Two half moons that reach into each other: no line parts them.",
                         Task::Binary),
        generator<Circles>("circles", "Circles", "A ring around a smaller one.", Task::Binary),
        generator<Spirals>("spirals", "Spirals",
                           "Arms that wind around each other: hard for a network of few neurons.",
                           Task::Binary),
        generator<Xor>("xor", "XOR", "Four quarters, opposite ones alike: what one neuron cannot tell.",
                       Task::Binary),
        generator<Clusters>("clusters", "Gaussian clusters", "Clouds of points around one centre a class.",
                            Task::Multiclass),
        generator<Sine>("sine", "Noisy sine", "A sine with noise: a curve to be fitted.", Task::Regression),
        shapesGenerator(),
    };
    return all;
}

} // namespace burdock
