#pragma once

#include <QTest>

#include <functional>
#include <vector>

namespace burdock::test {

/// The test classes of a program that has several, each in a file of its own.
inline std::vector<std::function<int(int, char**)>>& classes() {
    static std::vector<std::function<int(int, char**)>> all;
    return all;
}

template <class Test>
bool addClass() {
    classes().emplace_back([](int argc, char** argv) {
        Test test;
        return QTest::qExec(&test, argc, argv);
    });
    return true;
}

/// Runs them all.
inline int runClasses(int argc, char** argv) {
    int failed = 0;
    for (const auto& run : classes())
        failed += run(argc, argv);
    return failed;
}

} // namespace burdock::test

/// In each file, behind its class.
#define ADD_TEST_CLASS(Class)                                                                                \
    [[maybe_unused]] static const bool added##Class = burdock::test::addClass<Class>();
