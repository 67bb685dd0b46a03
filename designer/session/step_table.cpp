#include "session/step_table.h"

namespace burdock {

void StepTable::add(const StepRecord& record) {
    if (names_.empty()) names_.assign(record.names.begin(), record.names.end());
    if (steps_.size() == 2 * enough) { // nobody takes them: the older half goes
        steps_.erase(steps_.begin(), steps_.begin() + enough);
        values_.erase(values_.begin(), values_.begin() + static_cast<std::ptrdiff_t>(enough * names_.size()));
    }
    steps_.push_back(record.step);
    values_.insert(values_.end(), record.values.begin(), record.values.end());
}

} // namespace burdock
