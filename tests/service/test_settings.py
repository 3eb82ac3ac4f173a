import pytest

from wasim.model.errors import SettingsError
from wasim.service.settings import ServiceSettings, read_settings


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WASIM_PORT", "8123")
    assert read_settings().port == 8123


def test_a_given_setting_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WASIM_PORT", "8123")
    assert read_settings(port=8124).port == 8124


def test_a_misspelt_variable_is_refused_and_the_right_ones_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WASIM_PROT", "8123")
    with pytest.raises(SettingsError, match=r"WASIM_PROT: no such setting.*WASIM_PORT"):
        read_settings()


def test_every_setting_says_what_it_does() -> None:
    assert [name for name, field in ServiceSettings.model_fields.items() if not field.description] == []
