#pragma once

#include "storage/database/database.h"

namespace burdock::storage {

/// A scope in which every change counts or none: rolls back unless committed. Takes the right to write at
/// once (Qt would begin deferred, and then fail in the middle when another program has written meanwhile).
class Transaction {
  public:
    static Outcome<Transaction> begin(Database& database);
    Transaction(Transaction&& other) noexcept;
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();

    Outcome<void> commit();

  private:
    explicit Transaction(Database& database);
    Database* database_;
};

} // namespace burdock::storage
