import pytest

from consultations.finding import lexicon as lexicon_module
from consultations.finding.features import expressions_in, features, stands_in
from consultations.finding.lexicon import CATEGORY_SLUGS, lexicon
from consultations.finding.model import BIAS, reasons, weights
from consultations.finding.reading import read


def test_every_category_has_many_expressions():
    counts = dict.fromkeys(CATEGORY_SLUGS, 0)
    for expression in lexicon().expressions:
        if expression.is_category:
            counts[expression.owner] += 1
    assert min(counts.values()) >= 90


def test_every_expression_stands_in_itself():
    """What is written in the files can be found at all."""
    lost = [e.text for e in lexicon().expressions if e not in expressions_in(read(e.text))]
    assert lost == []


@pytest.mark.parametrize(
    ("expression", "sentence", "stands"),
    [
        ("学校 行けない", "がっこうに、どうしてもいけない", True),
        ("学校 行けない", "学校に行けます", False),
        ("学校 行けない", "行けない学校", False),
        ("学校 行けない", "学校の横の大きな新しい公園の先の駅まで行けない", False),
        ("生活保護", "せいかつほごを うけたい", True),
        ("8050", "8050問題", True),
    ],
)
def test_expression_in_sentence(expression, sentence, stands):
    assert stands_in(read(expression), read(sentence)) is stands


def test_expression_that_says_less_than_written_is_refused(monkeypatch, tmp_path):
    """「女 だから」 would silently match every 女."""
    for slug in CATEGORY_SLUGS:
        (tmp_path / f"{slug}.tsv").write_text("3\t相談\n", encoding="utf-8")
    (tmp_path / "cues.tsv").write_text("", encoding="utf-8")
    (tmp_path / "ideas.tsv").write_text("role\t女 だから\n", encoding="utf-8")
    monkeypatch.setattr(lexicon_module, "_FOLDER", tmp_path)
    with pytest.raises(ValueError, match="女 だから"):
        lexicon.__wrapped__()


def test_features_name_what_was_heard():
    found = features(read("夫に殴られた"))
    assert found["idea:partner"] == 1
    assert "idea:hits" in found
    assert "ideas:hits&partner" in found
    assert "word:殴る+suffered" in found
    assert found["lex:violence"] > found.get("lex:gender", 0)


def test_every_weight_belongs_to_a_known_category():
    known = weights()
    assert BIAS in known
    assert all(0 <= place < len(CATEGORY_SLUGS) for row in known.values() for place, _ in row)


def test_reasons_name_the_largest_first():
    why = reasons(features(read("家賃が払えない")), "living", weights())
    sizes = [abs(part) for _, part in why]
    assert sizes == sorted(sizes, reverse=True)
    assert dict(why)["lex:living"] > 0
