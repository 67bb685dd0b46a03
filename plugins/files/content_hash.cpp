#include "files/content_hash.h"

#include "engine/data/reading.h"
#include "files/file_reader.h"

#include <array>
#include <memory>
#include <openssl/evp.h>
#include <stdexcept>

namespace burdock {
namespace {

void check(bool done) {
    if (!done) throw std::runtime_error("SHA-256 cannot be computed");
}

} // namespace

/// By OpenSSL, which uses what the processor has for it.
struct Sha256::Impl {
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
};

Sha256::Sha256()
    : impl_(std::make_unique<Impl>()) {
    check(impl_->context && EVP_DigestInit_ex(impl_->context.get(), EVP_sha256(), nullptr) == 1);
}
Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) {
    check(EVP_DigestUpdate(impl_->context.get(), bytes.data(), bytes.size()) == 1);
}

std::string Sha256::hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    check(EVP_DigestFinal_ex(impl_->context.get(), bytes.data(), &size) == 1);
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (unsigned i = 0; i < size; ++i)
        text.append(1, digits[bytes[i] >> 4]).append(1, digits[bytes[i] & 15]);
    return text;
}

std::string sha256Hex(std::initializer_list<std::string_view> contents, const std::function<void()>& letGo) {
    constexpr std::size_t most = 64u << 20;
    Sha256 hash;
    for (std::string_view part : contents)
        while (!part.empty()) {
            continueReading();
            const std::string_view piece = part.substr(0, most);
            hash.add(piece);
            part.remove_prefix(piece.size());
            if (letGo) letGo();
        }
    return hash.hex();
}

Result<std::string> sha256OfFile(const std::filesystem::path& path) {
    auto reader = FileReader::open(path);
    if (!reader) return tl::unexpected(reader.error());
    Sha256 hash;
    std::string piece(1u << 20, '\0');
    for (;;) {
        const auto got = reader->read(piece);
        if (!got) return tl::unexpected(got.error());
        hash.add(std::string_view(piece).substr(0, *got));
        if (*got < piece.size()) return hash.hex();
    }
}

} // namespace burdock
