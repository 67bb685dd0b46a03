#pragma once

#include <QTest>

namespace burdock::test {

/// How long is waited for what is to come, in milliseconds: for as long as a machine that is busy with much
/// else may take. What has come ends the wait at once.
inline constexpr int patience = 60'000;

} // namespace burdock::test

/// QVERIFY and QCOMPARE of what is to come on the event loop. Unlike QTRY_VERIFY they do not wait on in vain
/// for three times as long, only to tell how long it would have taken.
#define AWAIT_VERIFY(condition)                                                                              \
    do {                                                                                                     \
        (void)QTest::qWaitFor([&] { return static_cast<bool>(condition); }, burdock::test::patience);        \
        QVERIFY(condition);                                                                                  \
    } while (false)

#define AWAIT_COMPARE(actual, expected)                                                                      \
    do {                                                                                                     \
        (void)QTest::qWaitFor([&] { return (actual) == (expected); }, burdock::test::patience);              \
        QCOMPARE(actual, expected);                                                                          \
    } while (false)
