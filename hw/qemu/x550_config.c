/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI configuration space. Drivers read two capabilities at fixed addresses
 * (MSI-X at 0x70, PCI Express at 0xA0); the others lie where the card has
 * them.
 */
#include "qemu/osdep.h"
#include "x550.h"

#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "hw/pci/pcie.h"
#include "hw/pci/pcie_regs.h"

#define X550_MSIX_BAR 4
#define X550_MSIX_BAR_SIZE (16 * KiB)
#define X550_MSIX_TABLE 0x0000
#define X550_MSIX_PBA 0x2000

#define X550_CAP_PM 0x40
#define X550_CAP_MSI 0x50
#define X550_CAP_MSIX 0x70
#define X550_CAP_EXPRESS 0xa0
#define X550_CAP_AER 0x100
#define X550_CAP_SERIAL 0x140

#define X550_MAX_PAYLOAD_512 2
#define X550_READ_REQUEST_512 (2 << 12)
#define X550_TIMEOUT_RANGES 0xf

static bool x550_pm_init(PCIDevice *dev, Error **errp)
{
    if (x550_compat_pm_init(dev, X550_CAP_PM, errp) < 0) {
        return false;
    }
    pci_set_word(dev->config + X550_CAP_PM + PCI_PM_PMC,
                 3 | PCI_PM_CAP_DSI | PCI_PM_CAP_PME_D0 |
                 PCI_PM_CAP_PME_D3hot);
    pci_set_word(dev->config + X550_CAP_PM + PCI_PM_CTRL,
                 PCI_PM_CTRL_NO_SOFT_RESET);
    pci_set_word(dev->wmask + X550_CAP_PM + PCI_PM_CTRL,
                 PCI_PM_CTRL_STATE_MASK | PCI_PM_CTRL_PME_ENABLE);
    pci_set_word(dev->w1cmask + X550_CAP_PM + PCI_PM_CTRL,
                 PCI_PM_CTRL_PME_STATUS);
    return true;
}

/* 8 GT/s, four lanes; QEMU's helper for that came after 7.2. */
static void x550_link_init(uint8_t *cap)
{
    pci_long_test_and_clear_mask(cap + PCI_EXP_LNKCAP,
                                 PCI_EXP_LNKCAP_MLW | PCI_EXP_LNKCAP_SLS);
    pci_long_test_and_set_mask(cap + PCI_EXP_LNKCAP,
                               QEMU_PCI_EXP_LNKCAP_MLW(QEMU_PCI_EXP_LNK_X4) |
                               QEMU_PCI_EXP_LNKCAP_MLS(QEMU_PCI_EXP_LNK_8GT));
    pci_set_word(cap + PCI_EXP_LNKSTA,
                 QEMU_PCI_EXP_LNKSTA_NLW(QEMU_PCI_EXP_LNK_X4) |
                 QEMU_PCI_EXP_LNKSTA_CLS(QEMU_PCI_EXP_LNK_8GT));
    pci_set_long(cap + PCI_EXP_LNKCAP2, PCI_EXP_LNKCAP2_SLS_2_5GB |
                 PCI_EXP_LNKCAP2_SLS_5_0GB | PCI_EXP_LNKCAP2_SLS_8_0GB);
    pci_set_word(cap + PCI_EXP_LNKCTL2, QEMU_PCI_EXP_LNK_8GT);
}

static bool x550_express_init(PCIDevice *dev, Error **errp)
{
    uint8_t *cap = dev->config + X550_CAP_EXPRESS;
    uint8_t *wmask = dev->wmask + X550_CAP_EXPRESS;

    /* Always there: also behind a conventional bus drivers read its place. */
    if (pcie_endpoint_cap_init(dev, X550_CAP_EXPRESS) < 0) {
        error_setg(errp, "cannot add the PCI Express capability");
        return false;
    }
    pcie_cap_deverr_init(dev);
    pcie_cap_flr_init(dev);
    x550_link_init(cap);

    pci_long_test_and_set_mask(cap + PCI_EXP_DEVCAP, X550_MAX_PAYLOAD_512);
    pci_set_word(cap + PCI_EXP_DEVCTL,
                 PCI_EXP_DEVCTL_RELAX_EN | PCI_EXP_DEVCTL_NOSNOOP_EN |
                 X550_READ_REQUEST_512);
    pci_word_test_and_set_mask(wmask + PCI_EXP_DEVCTL,
                               PCI_EXP_DEVCTL_RELAX_EN |
                               PCI_EXP_DEVCTL_NOSNOOP_EN |
                               PCI_EXP_DEVCTL_PAYLOAD |
                               PCI_EXP_DEVCTL_READRQ);
    pci_long_test_and_set_mask(cap + PCI_EXP_DEVCAP2, X550_TIMEOUT_RANGES |
                               PCI_EXP_DEVCAP2_COMP_TMOUT_DIS);
    pci_word_test_and_set_mask(wmask + PCI_EXP_DEVCTL2,
                               PCI_EXP_DEVCTL2_COMP_TIMEOUT |
                               PCI_EXP_DEVCTL2_COMP_TMOUT_DIS);
    return true;
}

/* EUI-64 made of the MAC address, as the card's own serial number is. */
static uint64_t x550_serial_number(const MACAddr *mac)
{
    const uint8_t eui[8] = {
        mac->a[0], mac->a[1], mac->a[2], 0xff,
        0xff, mac->a[3], mac->a[4], mac->a[5],
    };

    return ldq_be_p(eui);
}

static bool x550_extended_init(X550State *s, Error **errp)
{
    PCIDevice *dev = &s->parent_obj;

    if (pcie_aer_init(dev, PCI_ERR_VER, X550_CAP_AER, PCI_ERR_SIZEOF,
                      errp) < 0) {
        return false;
    }
    pcie_dev_ser_num_init(dev, X550_CAP_SERIAL,
                          x550_serial_number(&s->conf.macaddr));
    return true;
}

static bool x550_msi_init(X550State *s, Error **errp)
{
    Error *err = NULL;
    int ret;

    if (s->msi == ON_OFF_AUTO_OFF) {
        return true;
    }
    ret = msi_init(&s->parent_obj, X550_CAP_MSI, 1, true, true, &err);
    if (ret == -ENOTSUP && s->msi == ON_OFF_AUTO_AUTO) {
        error_free(err);
        return true;
    }
    if (ret < 0) {
        error_propagate(errp, err);
        error_append_hint(errp, "You might try msi=off\n");
    }
    return ret >= 0;
}

static bool x550_msix_init(X550State *s, Error **errp)
{
    PCIDevice *dev = &s->parent_obj;
    Error *err = NULL;
    int ret;

    memory_region_init(&s->msix_bar, OBJECT(s), "x550-msix",
                       X550_MSIX_BAR_SIZE);
    pci_register_bar(dev, X550_MSIX_BAR, PCI_BASE_ADDRESS_MEM_TYPE_64 |
                     PCI_BASE_ADDRESS_MEM_PREFETCH, &s->msix_bar);
    if (s->msix == ON_OFF_AUTO_OFF) {
        return true;
    }
    ret = msix_init(dev, IXGBE_VECTORS, &s->msix_bar, X550_MSIX_BAR,
                    X550_MSIX_TABLE, &s->msix_bar, X550_MSIX_BAR,
                    X550_MSIX_PBA, X550_CAP_MSIX, &err);
    if (ret == -ENOTSUP && s->msix == ON_OFF_AUTO_AUTO) {
        error_free(err);
        return true;
    }
    if (ret < 0) {
        error_propagate(errp, err);
        error_append_hint(errp, "You might try msix=off\n");
        return false;
    }
    for (unsigned vector = 0; vector < IXGBE_VECTORS; vector++) {
        msix_vector_use(dev, vector);
    }
    return true;
}

/* After a failure x550_config_exit() takes back what was done. */
bool x550_config_init(X550State *s, Error **errp)
{
    PCIDevice *dev = &s->parent_obj;

    return x550_msix_init(s, errp) && x550_express_init(dev, errp) &&
           x550_msi_init(s, errp) && x550_pm_init(dev, errp) &&
           x550_extended_init(s, errp);
}

void x550_config_exit(X550State *s)
{
    PCIDevice *dev = &s->parent_obj;

    if (dev->exp.aer_cap) {
        pcie_aer_exit(dev);
    }
    if (dev->exp.exp_cap) {
        pcie_cap_exit(dev);
    }
    if (msix_present(dev)) {
        msix_unuse_all_vectors(dev);
        msix_uninit(dev, &s->msix_bar, &s->msix_bar);
    }
    msi_uninit(dev);
}

bool x550_is_awake(X550State *s)
{
    uint16_t control;

    /* An unplugged function has no configuration space any more. */
    if (s->gone) {
        return false;
    }
    control = pci_get_word(s->parent_obj.config + X550_CAP_PM + PCI_PM_CTRL);
    return (control & PCI_PM_CTRL_STATE_MASK) == 0;
}

void x550_wake(X550State *s)
{
    pci_word_test_and_clear_mask(s->parent_obj.config + X550_CAP_PM +
                                 PCI_PM_CTRL, PCI_PM_CTRL_STATE_MASK);
}

void x550_update_dma(X550State *s)
{
    uint16_t command = pci_get_word(s->parent_obj.config + PCI_COMMAND);

    ixgbe_set_dma_enabled(s->core, (command & PCI_COMMAND_MASTER) &&
                                   x550_is_awake(s));
}

uint32_t x550_config_read(PCIDevice *dev, uint32_t addr, int len)
{
    X550State *s = X550(dev);
    uint32_t value;
    bool was_busy, taken;

    if (s->gone) {
        return pci_default_read_config(dev, addr, len);
    }
    was_busy = x550_enter(s);
    taken = x550_window_read(s, addr, len, &value);
    x550_leave(s, was_busy);
    return taken ? value : pci_default_read_config(dev, addr, len);
}

void x550_config_write(PCIDevice *dev, uint32_t addr, uint32_t val, int len)
{
    X550State *s = X550(dev);
    bool was_busy;

    pci_default_write_config(dev, addr, val, len);
    if (s->gone) {
        return; /* the message of an interrupt that this unmasked did it */
    }
    pcie_cap_flr_write_config(dev, addr, val, len);

    was_busy = x550_enter(s);
    if (!x550_window_write(s, addr, val, len)) {
        x550_update_dma(s);
        x550_update_intx(s);
    }
    x550_leave(s, was_busy);
}
