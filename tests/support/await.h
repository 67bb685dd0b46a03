#pragma once

#include <QTest>

#include <utility>

namespace burdock::test {

/// How long is waited for what is to come, in milliseconds: for as long as a machine that is busy with much
/// else may take. What has come ends the wait at once.
inline constexpr int patience = 60'000;

/// The pair that `look` gives as soon as its halves are equal, else the last one. What was seen is judged,
/// not what has come since: a clock goes on.
template <class Look>
auto awaitedPair(Look look) {
    auto seen = look();
    if (!(seen.first == seen.second))
        (void)QTest::qWaitFor(
            [&] {
                seen = look();
                return seen.first == seen.second;
            },
            patience);
    return seen;
}

} // namespace burdock::test

/// QVERIFY and QCOMPARE of what is to come on the event loop. Unlike QTRY_VERIFY they do not wait on in vain
/// for three times as long, only to tell how long it would have taken.
#define AWAIT_VERIFY(condition)                                                                              \
    do {                                                                                                     \
        const bool awaited =                                                                                 \
            QTest::qWaitFor([&] { return static_cast<bool>(condition); }, burdock::test::patience);          \
        QVERIFY2(awaited, #condition);                                                                       \
    } while (false)

#define AWAIT_COMPARE(actual, expected)                                                                      \
    do {                                                                                                     \
        const auto awaited = burdock::test::awaitedPair([&] { return std::pair(actual, expected); });        \
        QCOMPARE(awaited.first, awaited.second);                                                             \
    } while (false)
