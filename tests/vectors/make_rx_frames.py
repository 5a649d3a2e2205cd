#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Prints rx_frames.txt: frames made by scapy, with the verdicts the X550 datasheet (7.1.11) gives them.

The expectations are written here by hand from the datasheet's table; scapy knows nothing of them and the device's
engines had no part in the frames.
"""
from scapy.all import (
    ARP, Dot1Q, Ether, GRE, ICMP, IP, IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop,
    IPv6ExtHdrRouting, IPOption_RR, PadN, Raw, SCTP, SCTPChunkData, TCP, UDP, VXLAN, HAO,
)

ETHER = Ether(dst="02:00:00:00:00:01", src="02:00:00:00:00:02")
V4 = IP(src="192.0.2.1", dst="198.51.100.2", id=0x1234)
V6 = IPv6(src="2001:db8::1", dst="2001:db8::2")
DATA = Raw(bytes(range(37)))
TCP_ = TCP(sport=4660, dport=80, seq=1000, ack=5000, flags="A") / DATA
UDP_ = UDP(sport=5000, dport=6000) / DATA
# scapy lets DATA's user choose the payload of a chunk
SCTP_ = SCTP(sport=7000, dport=7001, tag=0x11223344) / SCTPChunkData(data=b"0123456789")
OUTER4 = ETHER / IP(src="203.0.113.1", dst="203.0.113.2", id=7)
OUTER6 = ETHER / IPv6(src="2001:db8:1::1", dst="2001:db8:1::2")
INNER = Ether(dst="02:00:00:00:00:03", src="02:00:00:00:00:04")
NVGRE = GRE(key_present=1, key=0x00ABCD12, proto=0x6558)


def spoil(packet, layer, field="chksum"):
    """The same frame with one checksum that is wrong."""
    copy = packet.__class__(bytes(packet))
    value = getattr(copy[layer], field)
    setattr(copy[layer], field, value ^ 0x0101)
    return copy


def with_field(packet, layer, **fields):
    copy = packet.__class__(bytes(packet))
    for name, value in fields.items():
        setattr(copy[layer], name, value)
    return copy


def padded(packet, length):
    raw = bytes(packet)
    return raw + b"\xa5" * (length - len(raw))


def vxlan(inner, outer=OUTER4, checksum=0):
    return outer / UDP(sport=55555, dport=4789, chksum=checksum) / VXLAN(vni=42) / inner


def nvgre(inner, outer=OUTER4):
    return outer / NVGRE / inner


tcp4, tcp6 = ETHER / V4 / TCP_, ETHER / V6 / TCP_
udp4, udp6 = ETHER / V4 / UDP_, ETHER / V6 / UDP_
sctp4, sctp6 = ETHER / V4 / SCTP_, ETHER / V6 / SCTP_
options = IP(src="192.0.2.1", dst="198.51.100.2", options=[IPOption_RR(length=11)])
hop = IPv6ExtHdrHopByHop(options=[PadN(optdata=b"\0" * 4)])
dest = IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 12)])
home = IPv6ExtHdrDestOpt(options=[HAO(hoa="2001:db8::99")])
route = IPv6ExtHdrRouting(type=2, addresses=["2001:db8::5"])

# name, vxlan port, expected bits, frame
CASES = [
    ("arp", 0, "", ETHER / ARP()),
    ("ipv4-tcp", 0, "IPCS L4CS", tcp4),
    ("ipv4-tcp-bad-tcp", 0, "IPCS L4CS L4E", spoil(tcp4, TCP)),
    ("ipv4-tcp-bad-ip", 0, "IPCS L4CS IPE", spoil(tcp4, IP)),
    ("ipv4-tcp-both-bad", 0, "IPCS L4CS IPE L4E", spoil(spoil(tcp4, TCP), IP)),
    ("ipv4-tcp-vlan", 0, "IPCS L4CS", ETHER / Dot1Q(vlan=5, prio=3) / V4 / TCP_),
    ("ipv4-tcp-padding", 0, "IPCS L4CS", padded(ETHER / V4 / TCP(sport=1, dport=2), 60)),
    ("ipv4-tcp-options", 0, "IPCS L4CS",
     ETHER / V4 / TCP(sport=1, dport=2, options=[("NOP", None), ("NOP", None), ("Timestamp", (1, 2))]) / DATA),
    ("ipv4-options-tcp", 0, "IPCS L4CS", ETHER / options / TCP_),
    ("ipv4-options-tcp-bad-ip", 0, "IPCS L4CS IPE", spoil(ETHER / options / TCP_, IP)),
    ("ipv4-udp", 0, "IPCS L4CS UDPCS", udp4),
    ("ipv4-udp-bad", 0, "IPCS L4CS UDPCS L4E", spoil(udp4, UDP)),
    ("ipv4-udp-zero", 0, "IPCS", with_field(udp4, UDP, chksum=0)),
    ("ipv4-sctp", 0, "IPCS L4CS", sctp4),
    ("ipv4-sctp-bad", 0, "IPCS L4CS L4E", spoil(sctp4, SCTP)),
    ("ipv4-icmp", 0, "IPCS", ETHER / V4 / ICMP() / DATA),
    ("ipv4-first-fragment", 0, "IPCS", with_field(ETHER / V4 / UDP_, IP, flags="MF", chksum=None)),
    ("ipv4-last-fragment", 0, "IPCS", ETHER / IP(src="192.0.2.1", dst="198.51.100.2", frag=100, proto=17) / DATA),
    ("ipv4-in-ipv4", 0, "IPCS", ETHER / V4 / IP(src="203.0.113.1", dst="203.0.113.2") / TCP_),
    ("ipv6-in-ipv4", 0, "IPCS", ETHER / V4 / V6 / TCP_),
    ("ipv6-tcp", 0, "L4CS", tcp6),
    ("ipv6-tcp-bad", 0, "L4CS L4E", spoil(tcp6, TCP)),
    ("ipv6-tcp-padding", 0, "L4CS", padded(ETHER / V6 / TCP(sport=1, dport=2), 90)),
    ("ipv6-udp", 0, "L4CS UDPCS", udp6),
    ("ipv6-udp-bad", 0, "L4CS UDPCS L4E", spoil(udp6, UDP)),
    ("ipv6-udp-zero", 0, "L4CS UDPCS L4E", with_field(udp6, UDP, chksum=0)),
    ("ipv6-sctp", 0, "L4CS", sctp6),
    ("ipv6-hop-by-hop-tcp", 0, "L4CS", ETHER / V6 / hop / TCP_),
    ("ipv6-hop-dest-udp", 0, "L4CS UDPCS", ETHER / V6 / hop / dest / UDP_),
    ("ipv6-fragment", 0, "", ETHER / V6 / IPv6ExtHdrFragment(offset=0, m=1, id=9) / UDP_),
    ("ipv6-routing-left", 0, "", ETHER / V6 / route / TCP_),
    ("ipv6-routing-done", 0, "L4CS", ETHER / V6 / IPv6ExtHdrRouting(type=2, addresses=["2001:db8::5"], segleft=0) / TCP_),
    ("ipv6-home-address", 0, "", ETHER / V6 / home / TCP_),
    ("gre-without-key", 0, "IPCS", OUTER4 / GRE(proto=0x6558) / INNER / V4 / TCP_),
    ("gre-ipv4", 0, "IPCS", OUTER4 / GRE(key_present=1, key=1, proto=0x0800) / V4 / TCP_),
    ("vxlan-port-off", 0, "IPCS", vxlan(INNER / V4 / TCP_)),
    ("vxlan-ipv4-tcp", 4789, "OUTERIPCS IPCS L4CS", vxlan(INNER / V4 / TCP_)),
    ("vxlan-inner-tcp-bad", 4789, "OUTERIPCS IPCS L4CS L4E", vxlan(spoil(INNER / V4 / TCP_, TCP))),
    ("vxlan-inner-ip-bad", 4789, "OUTERIPCS IPCS L4CS IPE", vxlan(spoil(INNER / V4 / TCP_, IP))),
    ("vxlan-outer-ip-bad", 4789, "OUTERIPCS OUTERIPER IPCS L4CS",
     with_field(vxlan(INNER / V4 / TCP_), IP, chksum=0x1111)),
    ("vxlan-outer-udp-sum", 4789, "OUTERIPCS OUTERIPER IPCS L4CS", vxlan(INNER / V4 / TCP_, checksum=None)),
    ("vxlan-ipv6-udp", 4789, "OUTERIPCS L4CS UDPCS", vxlan(INNER / V6 / UDP_)),
    ("vxlan-inner-vlan", 4789, "OUTERIPCS IPCS L4CS", vxlan(INNER / Dot1Q(vlan=9) / V4 / TCP_)),
    ("vxlan-inner-arp", 4789, "OUTERIPCS", vxlan(INNER / ARP())),
    ("vxlan-over-ipv6", 4789, "IPCS L4CS", vxlan(INNER / V4 / TCP_, OUTER6)),
    ("nvgre-ipv4-tcp", 0, "OUTERIPCS IPCS L4CS", nvgre(INNER / V4 / TCP_)),
    ("nvgre-ipv4-udp-zero", 0, "OUTERIPCS IPCS", nvgre(with_field(INNER / V4 / UDP_, UDP, chksum=0))),
    ("nvgre-ipv6-tcp-bad", 0, "OUTERIPCS L4CS L4E", nvgre(spoil(INNER / V6 / TCP_, TCP))),
    ("nvgre-over-ipv6", 0, "L4CS", nvgre(INNER / V6 / TCP_, OUTER6)),
]

print("# SPDX-License-Identifier: GPL-2.0-or-later")
print("# Made by make_rx_frames.py. name | VXLAN port | expected checksum bits | frame")
for name, port, bits, frame in CASES:
    print(f"{name} | {port} | {bits} | {bytes(frame).hex()}")
