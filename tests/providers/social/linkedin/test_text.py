"""The little text format: what people write is what people read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.providers.social.linkedin.text import little, plain, same


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("New branch (Dubai)", r"New branch \(Dubai\)"),
        (r"a\b<c> #d~e_f|g[h]i*j{k}@l", r"a\\b\<c\> {hashtag|\#|d}\~e\_f\|g\[h\]i\*j\{k\}\@l"),
        ("مرحبا (بكم) في دبي", r"مرحبا \(بكم\) في دبي"),
        ("عروض #رمضان_كريم", r"عروض {hashtag|\#|رمضان\_كريم}"),
        ("We are #1 & C# is not &#39; #dubai", r"We are \#1 & C\# is not &\#39; {hashtag|\#|dubai}"),
        ("see https://x.ae/a_b#c now", r"see https://x.ae/a\_b\#c now"),
    ],
)
def test_reserved_characters_are_escaped_and_hashtags_are_ones(text: str, written: str) -> None:
    assert little(text) == written
    assert plain(written) == text


def test_a_mention_is_the_name_it_shows() -> None:
    assert plain(r"Thanks @[Desert Bloom \(LLC\)](urn:li:organization:5005)!") == "Thanks Desert Bloom (LLC)!"
    assert plain("with @[Devtestco] (urn:li:organization:2414183)") == "with Devtestco"


@given(st.text(alphabet=st.characters() | st.sampled_from("\\<>#~_|[]*(){}@ #ab1é؟مر/:")))
def test_every_text_survives(text: str) -> None:
    assert plain(little(text)) == text


def test_texts_are_the_same_to_people_however_they_are_spaced() -> None:
    assert same("Café\r\n opens ", "Cafe\u0301 opens")
    assert not same("Café opens", "Café opened")
