#include "storage/database/transaction.h"

#include <utility>

namespace burdock::storage {

Transaction::Transaction(Database& database)
    : database_(&database) {}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Outcome<Transaction> Transaction::begin(Database& database) {
    if (auto begun = database.run(QStringLiteral("BEGIN IMMEDIATE")); !begun) return refuse(begun.error());
    return Transaction(database);
}

Outcome<void> Transaction::commit() {
    auto done = database_->run(QStringLiteral("COMMIT"));
    if (!done) return refuse(done.error()); // still open: the destructor rolls back
    database_ = nullptr;
    return {};
}

Transaction::~Transaction() {
    // After some failures (disk full) SQLite has rolled back by itself; the complaint about it is no news.
    if (database_) (void)database_->run(QStringLiteral("ROLLBACK"));
}

} // namespace burdock::storage
