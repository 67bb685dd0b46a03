#include "engine/data/reading.h"

#include <utility>

namespace burdock {
namespace {

thread_local std::function<bool()> unwanted;

} // namespace

ReadingScope::ReadingScope(std::function<bool()> isUnwanted)
    : before_(std::exchange(unwanted, std::move(isUnwanted))) {}

ReadingScope::~ReadingScope() {
    unwanted = std::move(before_);
}

std::function<bool()> ReadingScope::asked() {
    return unwanted;
}

void continueReading() {
    if (unwanted && unwanted()) throw ReadingBrokenOff();
}

} // namespace burdock
