from motcua.lib.rows import Insert, together


def test_inserts_become_one_statement() -> None:
    sql, values = together(
        [
            Insert("person", [{"id": 7, "name": "Thử"}]),
            Insert("file", []),
            Insert("clock", [{"case_id": 70_000, "late": True}, {"late": False, "case_id": None}]),
        ]
    )
    assert sql == (
        'WITH w0 AS (INSERT INTO "person" ("id", "name") VALUES ($1, $2)), '
        'w1 AS (INSERT INTO "clock" ("case_id", "late") VALUES ($3, $4), ($5, $6)) SELECT 1'
    )
    assert values == ["7", "Thử", "70000", True, None, False]


def test_equal_shapes_are_one_text_to_prepare() -> None:
    first, second = (together([Insert("clock", [{"case_id": number}])]) for number in (1, 5_000_000_000))
    assert first[0] is second[0]
    assert [type(value) for value in (*first[1], *second[1])] == [str, str]
