#pragma once

#include <QFileInfo>
#include <QString>
#include <QThread>

#include <algorithm>
#include <atomic>
#include <thread>

/// Watches how large a file becomes, which may be made smaller again at once.
class GreatestSize {
  public:
    explicit GreatestSize(const QString& path)
        : watching_([this, path] {
            while (!over_) {
                greatest_ = std::max<qint64>(greatest_, QFileInfo(path).size());
                QThread::usleep(200);
            }
        }) {}
    GreatestSize(const GreatestSize&) = delete;
    GreatestSize& operator=(const GreatestSize&) = delete;
    ~GreatestSize() {
        over_ = true;
        watching_.join();
    }
    qint64 bytes() const { return greatest_; }

  private:
    std::atomic<bool> over_ = false;
    std::atomic<qint64> greatest_ = 0;
    std::thread watching_; ///< last: it uses the others
};
