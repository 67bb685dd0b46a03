#pragma once

#include <QTest>

#include <algorithm>
#include <functional>
#include <vector>

namespace burdock::test {

struct TestClass {
    const QMetaObject* meta;
    std::function<int(int, char**)> run;

    /// Whether it has the function that an argument names: "aRunIsKept", "aRunIsKept:of two epochs".
    bool has(const char* argument) const {
        return meta->indexOfMethod(QByteArray(argument).split(':').first() + "()") >= 0;
    }
};

/// The test classes of a program that has several, each in a file of its own.
inline std::vector<TestClass>& classes() {
    static std::vector<TestClass> all;
    return all;
}

template <class Test>
bool addClass() {
    classes().push_back({&Test::staticMetaObject, [](int argc, char** argv) {
                             Test test;
                             return QTest::qExec(&test, argc, argv);
                         }});
    return true;
}

/// Runs them all, or those that have the functions that the arguments name. Gives how many failed, no more
/// than an exit code can tell.
inline int runClasses(int argc, char** argv) {
    const auto named = [](const char* argument) {
        return std::ranges::any_of(classes(), [&](const TestClass& one) { return one.has(argument); });
    };
    const bool some = std::any_of(argv + 1, argv + argc, named);
    int failed = 0;
    for (const TestClass& one : classes()) {
        std::vector<char*> own;
        bool concerned = !some;
        std::for_each(argv, argv + argc, [&](char* argument) {
            const bool has = one.has(argument);
            concerned = concerned || has;
            if (has || !named(argument)) own.push_back(argument);
        });
        if (concerned) failed += one.run(static_cast<int>(own.size()), own.data());
    }
    constexpr int most = 127;
    return std::min(failed, most);
}

} // namespace burdock::test

/// In each file, behind its class.
#define ADD_TEST_CLASS(Class)                                                                                \
    [[maybe_unused]] static const bool added##Class = burdock::test::addClass<Class>();
