/* SPDX-License-Identifier: GPL-2.0-or-later */
/* x550/task_offload.h in C99, and as in a kernel that brings integer types of its own. */
#include "task_offload_header_c.h"

#define X550_TASK_OFFLOAD_NO_STDINT
#include <x550/task_offload.h>

uint32_t c99_size_of_caps(void) {
    return (uint32_t)sizeof(struct x550_offload_caps);
}

uint32_t c99_size_of_parameters(void) {
    return (uint32_t)sizeof(struct x550_offload_parameters);
}

void c99_repack_parameters(const uint32_t* from, uint32_t* to) {
    struct x550_offload_parameters parameters;
    x550_unpack_parameters(from, &parameters);
    x550_pack_parameters(&parameters, to);
}

void c99_activation(uint32_t* words) {
    struct x550_encapsulation request;
    request.enabled = X550_ENCAPSULATED_ON;
    request.type = X550_ENCAPSULATION_802_3;
    request.header_size = 14;
    x550_pack_encapsulation(&request, words);
}

int c99_offers_both(const uint32_t* words) {
    struct x550_offload_caps caps;
    x550_unpack_caps(words, &caps);
    return caps.ip6_transmit.tcp_checksum && caps.ip6_receive.tcp_checksum &&
           caps.lso2_ip4.supported;
}
