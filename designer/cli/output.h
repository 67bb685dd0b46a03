#pragma once

#include "engine/tensor/shape.h"

#include <QString>

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace burdock::cli {

using Json = nlohmann::ordered_json;

/// One object on one line of standard output, at once. Numbers that are not finite become null.
void printJson(const Json& object);
void print(const std::string& line);
/// Text as it is, on standard output, at once.
void printText(std::string_view text);
/// Whether everything that was printed could be written: a disk may be full.
bool outputIsWhole();
/// Whether standard output is a pipe whose reader has gone, which some print has met.
bool outputIsUnread();
/// A line on standard error.
void warn(const std::string& line);

// Numbers for people. ----------------------------------------------------------------------------------
std::string grouped(std::int64_t number); ///< "1,413,834"
/// "266,610 parameters (65,650 of them trainable)", where some are frozen.
std::string parametersText(std::int64_t all, std::int64_t trainable);
std::string percent(double share);    ///< "92.31 %"; "–" where it is not a number
std::string decimal(double value);    ///< four significant digits; "–" where it is not a number
std::string duration(double seconds); ///< as the window tells it: "4.2 s", "2:10", "1:02:10"
std::string percent(const std::optional<double>& share);
std::string decimal(const std::optional<double>& value);

Json orNull(const std::optional<double>& value);
Json text(const QString& value);
Json shapeJson(const Shape& shape);

} // namespace burdock::cli
