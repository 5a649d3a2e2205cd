// SPDX-License-Identifier: GPL-2.0-or-later
// The shape of one row of the register map: pure data, checked by the compiler.
//
// How an access is split: RegisterFile finds the row of the offset, applies `access` and `writable`
// to the stored word and then tells the caller which hook the row names. A row without a hook has
// no code at all. Reset gives every word of the row its `reset` value. A row whose registers a
// driver can store into, but which do nothing here, is marked Effect::stored and shows up as such
// in docs/registers.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "regs/bank.h"

namespace ixgbe {

enum class Access : std::uint8_t {
    ro,   // writes are ignored
    rw,   // bits of `writable` are replaced
    w1c,  // bits of `writable` written as one are cleared
    wo,   // stores nothing: the hook gets the value written; reads 0 unless a read hook answers
    rc,   // a counter: a read returns the value and clears it; writes are ignored
};

enum class Effect : std::uint8_t {
    implemented,  // the device acts on it or keeps it true
    stored,       // kept for the driver to read back, without any effect
    zero,         // present in the datasheet, always reads 0 here
};

// What a write or a read causes beyond the row's own access; the names are the registers'.
enum class Hook : std::uint8_t {
    none,
    // writes (and reads where the name has no _read twin)
    ctrl,
    ctrl_ext,
    eicr,
    eics,
    eims,
    eimc,
    eiac,
    eics_ex,
    eims_ex,
    eimc_ex,
    eiam,
    eiam_ex,
    eitr,
    gpie,
    ivar,
    swsm,
    sw_fw_sync,
    hicr,
    fwsts,
    eerd,
    eewr,
    eec,
    msca,
    autoc,
    macc,
    hlreg0,
    ledctl,
    flex_mng,
    rxctrl,
    rxdctl,
    rdh,
    rdt,
    rdba,
    rdlen,
    srrctl,
    dmatxctl,
    txdctl,
    tdh,
    tdt,
    tdba,
    tdlen,
    rah,
    ral,
    fctrl,
    vlnctrl,
    mcstctrl,
    mta,
    vfta,
    mrqc,
    rssrk,
    reta,
    rfctl,
    queue_filter,
    vxlanctrl,
    fdirctrl,
    fdircmd,
    rsc,  // RSCCTL, RSCINT, RSCDBU, RDRXCTL, PSRTYPE
    rxcsum,
    tx_pools,
    pools,  // all that the internal switch goes by
    vfrssrk,
    pfqde,
    tcptimer,
    // reads
    status_read,
    eicr_read,
    eics_read,
    eims_read,
    eims_ex_read,
    swsm_read,
    sw_fw_sync_read,
    frtimer_read,
    tcptimer_read,
    links_read,
    fwsm_read,
};

struct RegisterDef {
    const char* name = nullptr;   // as the datasheet spells it
    std::array<Bank, 2> banks{};  // the second continues the index of the first (count 0: none)
    Access access = Access::rw;
    std::uint32_t reset = 0;       // value of every register of the row; see reset_first_only
    std::uint32_t writable = ~0u;  // for rw and w1c; the width of an rc
    std::uint32_t hidden = 0;  // bits a write hook finds in the stored word, but a read never shows
    std::uint32_t device = 0;  // bits outside `writable` that the device itself changes
    Hook on_write = Hook::none;  // runs after the word is stored; never for ro and rc
    Hook on_read = Hook::none;   // computes the value read in place of the stored word
    Bank alias{};                // a second address of the first registers of the row: same storage
    Effect effect = Effect::implemented;
    const char* section = "";  // datasheet section, "8.2.2.1.1"; empty: a register of the family
    bool reset_first_only =
        false;            // only index 0 gets `reset`, the others 0 (RXPBSIZE, TXPBSIZE, ...)
    bool sticky = false;  // survives CTRL.RST and LRST (WUS, SWSM, ...)
};

// Registers of the row, over both banks.
[[nodiscard]] constexpr std::uint32_t count_of_row(const RegisterDef& row) {
    return row.banks[0].count + row.banks[1].count;
}

// Canonical offset of register `index` of the row.
[[nodiscard]] constexpr std::uint32_t offset_in_row(const RegisterDef& row, std::uint32_t index) {
    const std::uint32_t first = row.banks[0].count;
    return index < first ? row.banks[0].at(index) : row.banks[1].at(index - first);
}

// Banks of a row that has a type in regs/.
template <typename R>
[[nodiscard]] constexpr std::array<Bank, 2> banks_of() {
    std::array<Bank, 2> banks{};
    for (std::size_t i = 0; i < R::bank.size(); ++i) {
        banks[i] = R::bank[i];
    }
    return banks;
}

// Bank of a row that has none.
[[nodiscard]] constexpr std::array<Bank, 2> at(std::uint32_t offset, std::uint32_t count = 1,
                                               std::uint32_t stride = 4) {
    return {Bank{offset, stride, count}, Bank{}};
}

}  // namespace ixgbe
