#pragma once

namespace burdock::storage {

enum class Access { ReadWrite, ReadOnly };

} // namespace burdock::storage
