from __future__ import annotations

from data.neardup import clusters, jaccard, near_duplicates, shingles

BASE = (
    "Sáng nay tại thành phố Pleiku, lãnh đạo tỉnh Gia Lai tiếp đoàn doanh nghiệp Nhật Bản đến tìm "
    "hiểu cơ hội đầu tư vào nông nghiệp công nghệ cao và năng lượng tái tạo trên địa bàn tỉnh."
)
REPRINT = BASE.replace("Sáng nay", "Sáng 5-3").replace("lãnh đạo tỉnh", "lãnh đạo UBND tỉnh")
OTHER = (
    "Chiều qua ở Cần Thơ, hội chợ nông sản đồng bằng sông Cửu Long khép lại sau ba ngày mở cửa với "
    "hơn hai trăm gian hàng và nhiều hợp đồng được ký kết ngay tại chỗ."
)


def test_a_light_rewrite_is_found_and_another_story_is_not() -> None:
    pairs = near_duplicates([BASE, OTHER, REPRINT], 0.5)
    assert [(i, j) for i, j, _ in pairs] == [(0, 2)]
    assert pairs[0][2] == jaccard(shingles(BASE), shingles(REPRINT))


def test_clusters_join_what_is_linked() -> None:
    found = clusters([OTHER, BASE, REPRINT, ""], 0.5)
    assert found[1] == found[2]
    assert len({found[0], found[1], found[3]}) == 3


def test_case_and_unicode_form_do_not_matter() -> None:
    import unicodedata

    assert shingles(unicodedata.normalize("NFD", BASE).upper()) == shingles(BASE)
