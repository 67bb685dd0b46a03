#pragma once

#include "engine/schema/param_spec.h"

#include <cassert>
#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace burdock {

/// The entries of one kind (layers, losses, optimizers, …) in the order of registration. Everything that
/// offers, reads or explains them iterates over it; built-in entries and those of plugins are alike.
///
/// An entry T has the members `id`, `name` (or `title`) and `doc`, and says of its kind:
///   static constexpr std::string_view kind = "loss", plural = "losses"; ///< as in "The loss has no id."
///   std::string_view lacks() const;                   ///< what must be given and is not: "make"; or nothing
///
/// Entries never move: a pointer to one stays good until it is taken back. Filled at start, before any thread
/// runs; any thread may read.
template <class T>
class Registry {
  public:
    Registry() = default;
    /// With what the program itself brings.
    explicit Registry(std::vector<T> builtin) {
        for (T& entry : builtin) {
            [[maybe_unused]] const Status status = add(std::move(entry));
            assert(status && "a built-in entry's description is wrong");
        }
    }
    Registry(const Registry&) = delete;
    Registry& operator=(const Registry&) = delete;

    /// Refuses an id that is empty or already there, and an entry that lacks something.
    Status add(T entry) {
        const auto refusal = [&entry](std::string what, std::string mend) {
            Diagnostic d;
            d.code = "registry.entry";
            d.where = entry.id;
            d.what = std::move(what);
            d.mend = std::move(mend);
            return refuse(std::move(d));
        };
        const std::string kind(T::kind);
        if (entry.id.empty()) return refusal("The " + kind + " has no id.", "Give it an id.");
        if (find(entry.id))
            return refusal("A " + kind + " of this id is there already.", "Give it an id of its own.");
        if (const std::string_view lacking = entry.lacks(); !lacking.empty())
            return refusal("The description of the " + kind + " is incomplete.",
                           "Give it " + std::string(lacking) + ".");
        entries_.push_back(std::move(entry));
        const T& kept = entries_.back();
        byId_.emplace(kept.id, &kept);
        choices_.push_back({kept.id, labelOf(kept), kept.doc});
        if (isRanked(kept)) ranked_.push_back(choices_.back());
        return {};
    }
    const T* find(std::string_view id) const {
        const auto it = byId_.find(id);
        return it == byId_.end() ? nullptr : it->second;
    }

    auto begin() const { return entries_.begin(); }
    auto end() const { return entries_.end(); }
    std::size_t size() const { return entries_.size(); }
    bool empty() const { return entries_.empty(); }
    const T& front() const { return entries_.front(); }
    const T& operator[](std::size_t i) const { return entries_[i]; }

    /// The entries as the choices of a hyperparameter; grows with the registry.
    const std::vector<Choice>& choices() const { return choices_; }
    /// Those of the entries by which one thing can be better than another.
    const std::vector<Choice>& rankedChoices() const { return ranked_; }
    /// "sgd, adam, lion": for messages.
    std::string ids() const {
        std::string text;
        for (const T& entry : entries_)
            text += (text.empty() ? "" : ", ") + entry.id;
        return text;
    }

    /// Takes back all entries but the first `count`: those of a plugin that failed.
    void truncate(std::size_t count) {
        while (entries_.size() > count) {
            byId_.erase(entries_.back().id);
            if (isRanked(entries_.back())) ranked_.pop_back();
            entries_.pop_back();
            choices_.pop_back();
        }
    }

  private:
    static bool isRanked(const T& entry) {
        if constexpr (requires { entry.isRanked(); })
            return entry.isRanked();
        else
            return false;
    }
    static std::string labelOf(const T& entry) {
        if constexpr (requires { entry.name; })
            return entry.name;
        else
            return entry.title;
    }
    std::deque<T> entries_;
    std::unordered_map<std::string_view, const T*> byId_; ///< keys lie in the entries
    std::vector<Choice> choices_, ranked_;
};

} // namespace burdock
