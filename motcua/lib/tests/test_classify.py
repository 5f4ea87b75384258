import json
import random
from pathlib import Path

import numpy as np
import pytest

from motcua.lib.classify import Model, evaluate, features, train, with_slips
from motcua.lib.classify.features import presence, tokens_of, weigh
from motcua.lib.classify.model import softmax

LIGHTS = """Đèn đường trước nhà tắt ba hôm nay
Bóng đèn hẻm bị cháy
Cột đèn số 17 không sáng
Hẻm tối thui vì đèn hỏng
Đèn chập chờn lúc sáng lúc tắt
Xin lắp thêm đèn chiếu sáng
Đèn công cộng bật sáng cả ngày
Cả dãy đèn đường mất sáng"""
WASTE = """Rác chất đống đầu hẻm
Xe rác không vào thu gom
Thùng rác đầy tràn ra ngoài
Ai đó đổ trộm xà bần
Rác trôi nổi trên hồ
Bãi rác tự phát cạnh trường
Người dân vứt rác xuống suối
Túi rác bốc mùi hôi thối"""
WATER = """Mất nước từ hôm qua
Nước máy đục ngầu
Ống nước vỡ phun giữa đường
Nước yếu không lên bồn
Đồng hồ nước chạy nhanh
Cúp nước không báo trước
Nước sinh hoạt có mùi clo
Hóa đơn tiền nước tính sai"""
EXAMPLES = [
    (text, label)
    for label, texts in (("lights", LIGHTS), ("waste", WASTE), ("water", WATER))
    for text in texts.splitlines()
]


@pytest.fixture(scope="module")
def model() -> Model:
    return train(EXAMPLES)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("đèn đường nhà tôi không sáng", "lights"),
        ("den duong hong roi", "lights"),
        ("đèn đg tắt mấy bữa nay ad ơi", "lights"),
        ("rcá thải đầy ngõ, thùng rcá tràn", "waste"),
        ("xe rac ko vao hem", "waste"),
        ("nuoc may duc", "water"),
        ("maats nuwowcs turwf hoom qua", "water"),  # the keyboard was not switched to Vietnamese
        ("Mât nước".replace("â", "a\u0302\u0301"), "water"),  # letters and marks sent apart
    ],
)
def test_it_understands_what_people_type(model: Model, text: str, label: str) -> None:
    assert model.predict([text])[0][0][0] == label


def test_it_gives_the_likeliest_first_and_all_chances_make_one(model: Model) -> None:
    prediction = model.predict(["đèn và rác"], top=3)[0]
    chances = [chance for _, chance in prediction]
    assert chances == sorted(chances, reverse=True)
    assert sum(chances) == pytest.approx(1, abs=1e-5)
    assert len(model.predict(["đèn"], top=2)[0]) == 2
    assert model.predict([]) == []


@pytest.mark.parametrize("text", ["", "   ", "🙂", "!!!", "\u200b", "qwx"])
def test_it_is_not_sure_of_what_it_does_not_know(model: Model, text: str) -> None:
    assert model.predict([text])[0][0][1] == pytest.approx(1 / 3, abs=0.01)


def test_a_text_is_judged_alone(model: Model) -> None:
    texts = ["đèn hỏng", "", "mất nước", "rác " * 100_000]
    together = model.predict(texts)
    for text, prediction in zip(texts, together, strict=True):
        alone = model.predict([text])[0]
        assert [label for label, _ in alone] == [label for label, _ in prediction]
        assert [chance for _, chance in alone] == pytest.approx([chance for _, chance in prediction], abs=1e-6)


def test_weights_lie_row_by_row(model: Model) -> None:
    assert model.weights.flags["C_CONTIGUOUS"]  # otherwise each text to judge copies all of them


def test_what_is_judged_is_what_was_trained(model: Model) -> None:
    """Training reads texts as matrices, judging reads them one by one: both must see the same."""
    texts = [*(text for text, _label in EXAMPLES), "den duong hong", "đèn đèn đèn rác", "zzz", ""]
    rows = weigh(presence([tokens_of(text) for text in texts]), model.lookup, model.column_weights)
    expected = softmax((rows @ model.weights + model.bias) * model.sharpness)
    expected[np.diff(rows.indptr) == 0] = 1 / len(model.labels)
    assert np.abs(model.probabilities(texts) - expected).max() < 1e-6


def test_the_same_examples_give_the_same_model(model: Model) -> None:
    again = train(EXAMPLES)
    assert np.array_equal(again.weights, model.weights)
    assert again.sharpness == model.sharpness


def test_a_correction_replaces_what_was_learned_before() -> None:
    corrected = train([*EXAMPLES, ("rác chất đống ĐẦU HẺM", "water")])
    learned = train([example for example in EXAMPLES if example[0] != "Rác chất đống đầu hẻm"])
    text = "Rác chất đống đầu hẻm"
    assert dict(corrected.predict([text])[0])["water"] > dict(learned.predict([text])[0])["water"]
    assert corrected.predict([text])[0][0][0] == "water"


def test_a_label_with_one_text_is_learned() -> None:
    model = train([*EXAMPLES, ("Chó thả rông cắn trẻ em", "animals")])
    assert model.predict(["chó thả rông"])[0][0][0] == "animals"


def test_two_labels_are_enough_and_one_is_refused() -> None:
    model = train([row for row in EXAMPLES if row[1] != "water"])
    assert [model.predict([text])[0][0][0] for text in ("đèn tắt", "xe rác")] == ["lights", "waste"]
    with pytest.raises(ValueError, match="two labels"):
        train([("rác", "waste"), ("thùng rác", "waste"), ("...", "lights")])


def test_a_saved_model_says_the_same(model: Model, tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    model.save(path)
    texts = [text for text, _ in EXAMPLES] + ["gì đó khác", ""]
    assert Model.load(path).predict(texts) == model.predict(texts)
    assert [file.name for file in tmp_path.iterdir()] == ["model.npz"]


def test_a_file_that_is_no_model_is_refused(model: Model, tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    model.save(path)
    whole = path.read_bytes()
    with np.load(path) as file:
        parts = {name: file[name] for name in file.files}

    def about(**other: object) -> dict[str, object]:
        told = {"format": 1, "labels": model.labels, "sharpness": 3.0} | other
        return parts | {"about": np.frombuffer(json.dumps(told).encode(), dtype=np.uint8)}

    def write(arrays: dict[str, object]) -> None:
        with path.open("wb") as file:
            np.savez_compressed(file, **arrays)  # type: ignore[arg-type]

    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match="not a classifier"):
        Model.load(path)
    path.write_bytes(b"")
    with pytest.raises(ValueError, match="not a classifier"):
        Model.load(path)
    for arrays in (
        about(format=2),
        about(labels=["one"]),
        {name: array for name, array in parts.items() if name != "weights"},
        parts | {"bias": np.zeros(2, dtype=np.float32)},
        parts | {"columns": parts["columns"] + 2**30},
    ):
        write(arrays)
        with pytest.raises(ValueError, match="not a classifier"):
            Model.load(path)
    with pytest.raises(FileNotFoundError):
        Model.load(tmp_path / "none.npz")


class _Trap:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (Path.touch, (Path("trap"),))  # type: ignore[return-value]


def test_a_model_file_cannot_run_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "model.npz"
    with path.open("wb") as file:
        np.savez(file, about=np.array([_Trap()], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="not a classifier"):
        Model.load(path)
    assert not (tmp_path / "trap").exists()


def test_evaluation_counts(model: Model) -> None:
    rows = [("đèn đường tắt", "lights"), ("đèn đường hỏng", "waste"), ("xe rác", "waste"), ("mất nước", "unheard-of")]
    report = evaluate(model, rows, gate=0.0)
    assert (report.count, report.accuracy, report.coverage, report.gated_accuracy) == (4, 0.5, 1.0, 0.5)
    assert report.top3 == 0.75
    assert ("waste", "lights", 1) in report.confusions
    assert ("unheard-of", "water", 1) in report.confusions
    assert report.per_label["waste"].recall == 0.5
    assert report.per_label["waste"].precision == 1.0
    assert report.per_label["lights"].precision == 0.5
    assert report.macro_f1 == pytest.approx((2 / 3 + 2 / 3 + 0) / 3)
    assert evaluate(model, rows, gate=1.01).coverage == 0
    with pytest.raises(ValueError, match="nothing"):
        evaluate(model, [])


def test_slips_are_small_and_repeat() -> None:
    text = "cột đèn trước nhà tôi bị xe tông nghiêng sắp ngã rồi"
    slipped = with_slips(text, random.Random(3))
    assert slipped == with_slips(text, random.Random(3))
    assert 1 <= sum(one != other for one, other in zip(text.split(), slipped.split(), strict=True)) <= 2
    assert with_slips("", random.Random(3)) == ""


def test_a_word_without_an_end_is_not_kept_whole() -> None:
    """What was read of each word is kept for a while; whoever sends long ones would fill the memory."""
    letters = "abcdefghij" * 200
    features._letters.cache_clear()
    presence([tokens_of(letters)])
    assert len(features._letters(letters[:20])) < 60
    assert features._letters.cache_info().hits == 1
