"""Which Internet addresses may be connected to: public ones, whatever they are wrapped in.

Pure. Knows no names and no URLs: every spelling of an address (decimal, octal, short, IDN…) has become
one of these by the time a connection is made, and it is the address that is judged.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address

# Networks that `ipaddress` takes for public and that lead back inside, or to no server at all.
_REFUSED_V4 = (
    IPv4Network("168.63.129.16/32"),  # Azure's platform, metadata included
    IPv4Network("192.88.99.0/24"),  # 6to4 relays
    IPv4Network("192.0.0.0/24"),  # protocol assignments, Oracle's metadata among them
)
_REFUSED_V6 = (
    IPv6Network("::/96"),  # IPv4-compatible, long deprecated
    IPv6Network("64:ff9b:1::/48"),  # NAT64 inside one network
    IPv6Network("2001::/23"),  # protocol assignments, Teredo among them
    IPv6Network("2002::/16"),  # 6to4, deprecated: carries any IPv4 address
    IPv6Network("3fff::/20"),  # documentation
    IPv6Network("5f00::/16"),  # segment routing
    IPv6Network("fec0::/10"),  # site-local, deprecated
)
_NAT64 = IPv6Network("64:ff9b::/96")
# The last 64 bits of an ISATAP address begin with one of these: an IPv4 address follows.
_ISATAP = (0x00005EFE, 0x02005EFE)


def is_public(address: Address) -> bool:
    """Return whether `address` is a host of the public Internet.

    Not private, loopback, link-local, shared (CGNAT), multicast, reserved, or a cloud's metadata, nor one of
    these carried in an IPv6 address.

    What an IPv4-mapped or NAT64 address carries is judged; other carriers are refused whole.
    """
    if isinstance(address, IPv6Address):
        carried = _carried(address)
        if carried is not None:
            return is_public(carried)
    refused = _REFUSED_V4 if isinstance(address, IPv4Address) else _REFUSED_V6
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not address.is_unspecified
        and not any(address in network for network in refused)
        and not _is_isatap(address)
    )


def _carried(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None


def _is_isatap(address: Address) -> bool:
    return isinstance(address, IPv6Address) and (int(address) >> 32) & 0xFFFFFFFF in _ISATAP
