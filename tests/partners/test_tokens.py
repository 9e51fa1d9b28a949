import pytest

from huunghi.partners.sharing.tokens import Purpose, digest_of, digests_of, is_token, new_token, without_tokens


def test_a_token_is_new_each_time_and_known_by_its_purpose_only():
    made = {new_token(Purpose.VIEW) for _ in range(200)}
    assert len(made) == 200
    for token in made:
        assert [purpose for purpose in Purpose if is_token(token, purpose)] == [Purpose.VIEW]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-1],
        lambda token: token + "0",
        lambda token: token.swapcase(),
        lambda token: token.lower(),
        lambda token: "hhp" + token[3:],
        lambda token: token[:10] + ("0" if token[10] != "0" else "1") + token[11:],
        lambda token: token[:10] + token[11] + token[10] + token[12:] if token[10] != token[11] else "",
        lambda token: token + "\x00",
        lambda token: token.replace(token[8], "٣"),
        lambda token: " " + token,
        lambda token: "",
    ],
)
def test_what_is_spoiled_is_no_token(spoil):
    for _ in range(50):
        assert not is_token(spoil(new_token(Purpose.VIEW)), Purpose.VIEW)


def test_a_stored_digest_is_found_again_after_the_secret_key_changed(settings):
    token = new_token(Purpose.KEY)
    stored = digest_of(token)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert stored != digest_of(token)
    assert stored in digests_of(token)
    settings.SECRET_KEY_FALLBACKS = []
    assert stored not in digests_of(token)


def test_a_log_line_keeps_the_purpose_and_loses_the_secret():
    token = new_token(Purpose.CALENDAR)
    assert without_tokens(f"GET /s/{token}/?a=1") == "GET /s/hhc_…/?a=1"
