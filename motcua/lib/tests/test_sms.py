import pytest

from motcua.lib.sms import Size, measure, toneless


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", Size("gsm7", 0, 1)),
        ("a" * 160, Size("gsm7", 160, 1)),
        ("a" * 161, Size("gsm7", 161, 2)),
        ("a" * 306, Size("gsm7", 306, 2)),
        ("a" * 307, Size("gsm7", 307, 3)),
        ("[" * 80, Size("gsm7", 160, 1)),
        ("[" * 81, Size("gsm7", 162, 2)),
        ("ơ" * 70, Size("ucs2", 70, 1)),
        ("ơ" * 71, Size("ucs2", 71, 2)),
        ("ơ" * 134, Size("ucs2", 134, 2)),
        ("ơ" * 135, Size("ucs2", 135, 3)),
        ("😀" * 36, Size("ucs2", 72, 2)),
        ("à la carte, 10 €", Size("gsm7", 17, 1)),
    ],
)
def test_parts_are_counted_as_networks_count_them(text: str, size: Size) -> None:
    assert measure(text) == size


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Đã nhận phản ánh “đèn hỏng”", 'Da nhan phan anh "den hong"'),
        ("phường Xuân Hương – Đà Lạt…", "phuong Xuan Huong - Da Lat..."),
        ("Nguyễn ƯỚC", "Nguyen UOC"),
        ("hẹn mới", "hen moi"),
    ],
)
def test_tones_are_dropped_and_the_rest_stays(text: str, plain: str) -> None:
    assert toneless(text) == plain
    assert measure(plain).encoding == "gsm7"
