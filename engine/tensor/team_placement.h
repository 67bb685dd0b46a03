#pragma once

#include <cstdint>
#include <memory>

namespace burdock {

/// While in scope, each thread of the calling thread's OpenMP team has a processor of its own: a scheduler
/// that puts two of them on one has each wait for the other's time slice, at every barrier. Only where the
/// team has as many threads as the calling thread may use processors, and where the user has placed nothing
/// by himself; otherwise it does nothing. Which thread does what stays the same wherever the threads run.
///
/// Where another program takes one of the processors, its thread goes over to another thread's processor, and
/// both work there in turn, as long as that is faster than to wait for the one that is kept from working;
/// from time to time the other way is tried. Linux only.
class TeamPlacement {
  public:
    explicit TeamPlacement(std::int64_t threads);
    ~TeamPlacement();
    TeamPlacement(const TeamPlacement&) = delete;
    TeamPlacement& operator=(const TeamPlacement&) = delete;

    /// To be called often between passes: looks from time to time whether the processors of the calling
    /// thread's team are free.
    static void tend();
    bool holds() const; ///< whether each thread has its place
    /// What tend() does where the last thread's processor is taken: it works on the first one's from now on.
    void share();
    bool shares() const; ///< whether two threads work on one processor now

  private:
    friend class ApartScope;
    friend class UnplacedScope;
    struct Impl;
    std::unique_ptr<Impl> impl_; ///< null: nothing is placed
};

/// For work whose threads wait for each other without ever sleeping, as within some of oneDNN's primitives:
/// all are on processors of their own meanwhile, taken or not.
class ApartScope {
  public:
    explicit ApartScope(bool needed);
    ~ApartScope();
    ApartScope(const ApartScope&) = delete;
    ApartScope& operator=(const ApartScope&) = delete;

  private:
    TeamPlacement::Impl* impl_;
};

/// Threads that are started while in scope may use all the processors that the calling thread might before it
/// was placed.
class UnplacedScope {
  public:
    UnplacedScope();
    ~UnplacedScope();
    UnplacedScope(const UnplacedScope&) = delete;
    UnplacedScope& operator=(const UnplacedScope&) = delete;

  private:
    TeamPlacement::Impl* impl_;
};

} // namespace burdock
