"""Provinces before and after the mergers of 2025 (Nghị quyết 202/2025/QH15, 175/2024/QH15).

A story about a place keeps belonging to it when the place changes its name: stories on Bình Định
from before the merger are stories on today's Gia Lai (``domain/metrics.md`` M7 and section 7.8).
"""

from __future__ import annotations

MERGED: dict[str, tuple[str, ...]] = {
    "An Giang": ("Kiên Giang",),
    "Bắc Ninh": ("Bắc Giang",),
    "Cà Mau": ("Bạc Liêu",),
    "Cần Thơ": ("Hậu Giang", "Sóc Trăng"),
    "Đà Nẵng": ("Quảng Nam",),
    "Đắk Lắk": ("Phú Yên",),
    "Đồng Nai": ("Bình Phước",),
    "Đồng Tháp": ("Tiền Giang",),
    "Gia Lai": ("Bình Định",),
    "Hải Phòng": ("Hải Dương",),
    "Huế": ("Thừa Thiên Huế", "Thừa Thiên - Huế"),
    "Hưng Yên": ("Thái Bình",),
    "Khánh Hòa": ("Ninh Thuận",),
    "Lào Cai": ("Yên Bái",),
    "Lâm Đồng": ("Bình Thuận", "Đắk Nông"),
    "Ninh Bình": ("Hà Nam", "Nam Định"),
    "Phú Thọ": ("Hòa Bình", "Vĩnh Phúc"),
    "Quảng Ngãi": ("Kon Tum",),
    "Quảng Trị": ("Quảng Bình",),
    "Tây Ninh": ("Long An",),
    "Thái Nguyên": ("Bắc Kạn",),
    "Thành phố Hồ Chí Minh": ("TP. Hồ Chí Minh", "Bà Rịa - Vũng Tàu", "Bình Dương"),
    "Tuyên Quang": ("Hà Giang",),
    "Vĩnh Long": ("Bến Tre", "Trà Vinh"),
}
"""Names of before, by the name of today; most took the name of one of the merged provinces."""

CURRENT: dict[str, str] = {old: new for new, olds in MERGED.items() for old in olds}
"""The province of today for a name that is no longer one."""


def names_of(locality: str) -> tuple[str, ...]:
    """A locality's own name and those it took in."""
    return (locality, *MERGED.get(locality, ()))


def current_name(locality: str) -> str:
    """The name of today for a locality."""
    return CURRENT.get(locality, locality)
