// SPDX-License-Identifier: GPL-2.0-or-later
#include "local_socket.h"

#include <gio/gunixsocketaddress.h>
#include <vector>

namespace host {

LocalConnection::~LocalConnection() {
    g_cancellable_cancel(cancel_.get());
    if (reader_.joinable()) {
        reader_.join();
    }
}

void LocalConnection::start(OnBytes on_bytes, OnClose on_close) {
    reader_ = std::thread([this, on_bytes = std::move(on_bytes), on_close = std::move(on_close)] {
        read_loop(on_bytes, on_close);
    });
}

void LocalConnection::read_loop(const OnBytes& on_bytes, const OnClose& on_close) {
    GInputStream* input = g_io_stream_get_input_stream(G_IO_STREAM(stream_.get()));
    std::vector<char> buffer(1U << 16);
    while (true) {
        const gssize got =
            g_input_stream_read(input, buffer.data(), buffer.size(), cancel_.get(), nullptr);
        if (got <= 0) {
            break;
        }
        on_bytes({buffer.data(), static_cast<std::size_t>(got)});
    }
    on_close();
}

void LocalConnection::send(const std::string& bytes) {
    const std::lock_guard guard(write_lock_);
    GOutputStream* output = g_io_stream_get_output_stream(G_IO_STREAM(stream_.get()));
    Error error;
    g_output_stream_write_all(output, bytes.data(), bytes.size(), nullptr, cancel_.get(),
                              error.out());
    error.check("write to QEMU");
}

LocalListener::LocalListener(const std::string& path) {
    const Ref<GSocketAddress> address(g_unix_socket_address_new(path.c_str()));
    Error error;
    g_socket_listener_add_address(listener_.get(), address.get(), G_SOCKET_TYPE_STREAM,
                                  G_SOCKET_PROTOCOL_DEFAULT, nullptr, nullptr, error.out());
    error.check("listen on " + path);
}

std::unique_ptr<LocalConnection> LocalListener::accept(GCancellable* cancel) {
    Error error;
    Ref<GSocketConnection> stream(
        g_socket_listener_accept(listener_.get(), nullptr, cancel, error.out()));
    error.check("waiting for QEMU");
    return std::make_unique<LocalConnection>(std::move(stream));
}

}  // namespace host
