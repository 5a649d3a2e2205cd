// SPDX-License-Identifier: GPL-2.0-or-later
// Ownership of GObject references and GErrors.
#pragma once

#include <gio/gio.h>
#include <memory>
#include <stdexcept>
#include <string>

namespace host {

struct Unref {
    void operator()(void* object) const { g_object_unref(object); }
};

template <typename T>
using Ref = std::unique_ptr<T, Unref>;

// Filled by GIO calls; throws what it holds.
class Error {
public:
    Error() = default;
    Error(const Error&) = delete;
    Error& operator=(const Error&) = delete;
    ~Error() { g_clear_error(&error_); }

    [[nodiscard]] GError** out() { return &error_; }
    void check(const std::string& what) const {
        if (error_ != nullptr) {
            throw std::runtime_error(what + ": " + error_->message);
        }
    }

private:
    GError* error_ = nullptr;
};

}  // namespace host
