#include "files/problem.h"

namespace burdock {

tl::unexpected<Diagnostic> refuseFile(const std::filesystem::path& path, std::string code, std::string what,
                                      std::string why, std::string mend) {
    Diagnostic d;
    d.code = "data." + code;
    d.where = path.string();
    d.what = std::move(what);
    d.why = std::move(why);
    d.mend = std::move(mend);
    return refuse(std::move(d));
}

} // namespace burdock
