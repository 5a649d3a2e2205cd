/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What task_offload_header_c.c does with x550/task_offload.h in C. */
#ifndef TASK_OFFLOAD_HEADER_C_H
#define TASK_OFFLOAD_HEADER_C_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

uint32_t c99_size_of_caps(void);
uint32_t c99_size_of_parameters(void);
/* Unpacks 32 words and packs them again. */
void c99_repack_parameters(const uint32_t* from, uint32_t* to);
/* The low half of each: 802.3 with a header of 14 bytes, on. */
void c99_activation(uint32_t* words);
/* 1 if the 24 words offer TCP over IPv6 in both directions, and LSOv2 over IPv4. */
int c99_offers_both(const uint32_t* words);

#ifdef __cplusplus
}
#endif

#endif /* TASK_OFFLOAD_HEADER_C_H */
