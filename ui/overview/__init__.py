"""The panorama: map and timeline."""
