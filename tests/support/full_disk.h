#pragma once

#include <QtGlobal>

#include <csignal>

#include <sys/resource.h>

/// While it lives no file may grow beyond so many bytes: to the database that is a disk that takes no more.
class FullDisk {
  public:
    explicit FullDisk(rlim_t bytes) {
        std::signal(SIGXFSZ, SIG_IGN);
        const bool known = ::getrlimit(RLIMIT_FSIZE, &before_) == 0;
        const rlimit small{bytes, before_.rlim_max};
        if (!known || ::setrlimit(RLIMIT_FSIZE, &small) != 0) qFatal("no limit can be set");
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;
    ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }

  private:
    rlimit before_{};
};
