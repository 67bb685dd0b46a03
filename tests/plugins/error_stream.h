#pragma once

#include <QTemporaryFile>

#include <cstdio>
#include <unistd.h>
#include <utility>

/// What is written to the standard error stream while it lives.
class ErrorStream {
  public:
    ErrorStream() {
        if (!said_.open()) qFatal("no file");
        std::fflush(stderr);
        before_ = ::dup(STDERR_FILENO);
        ::dup2(said_.handle(), STDERR_FILENO);
    }
    ErrorStream(const ErrorStream&) = delete;
    ErrorStream& operator=(const ErrorStream&) = delete;
    ~ErrorStream() { end(); }
    QByteArray end() {
        if (before_ < 0) return {};
        std::fflush(stderr);
        ::dup2(before_, STDERR_FILENO);
        ::close(std::exchange(before_, -1));
        said_.seek(0);
        return said_.readAll();
    }

  private:
    QTemporaryFile said_;
    int before_ = -1;
};
