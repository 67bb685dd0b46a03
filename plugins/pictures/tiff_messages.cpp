#include "tiff_messages.h"

#include <array>
#include <cstdarg>
#include <cstdio>
#include <tiffio.h>
#include <utility>

namespace burdock {
namespace {

thread_local std::string message;

void keep(const char* /*module*/, const char* format, va_list arguments) {
    std::array<char, 512> text{};
    std::vsnprintf(text.data(), text.size(), format, arguments);
    message = text.data();
    if (!message.empty() && message.back() != '.') message += '.';
}

} // namespace

void keepTiffMessages() {
    TIFFSetErrorHandler(keep);
    TIFFSetWarningHandler(nullptr);
}

std::string takeTiffMessage() {
    return std::exchange(message, {});
}

} // namespace burdock
