"""The formats in which news agencies deliver: ninjs, NewsML-G2, NewsML 1.2, NITF, IPTC 7901."""
