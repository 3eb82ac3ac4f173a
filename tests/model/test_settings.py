import pytest

from wasim.model import ModelSettings
from wasim.model.errors import SettingsError


def test_settings_come_back_from_json_unchanged() -> None:
    import orjson

    settings = ModelSettings(passage_weight=0.5)
    assert ModelSettings.from_dict(orjson.loads(orjson.dumps(settings.to_dict()))) == settings


@pytest.mark.parametrize(
    ("name", "value"),
    [("shortest_stem", 0), ("longest_phrase", 3), ("title_weight", 0), ("passage_length", 1), ("passage_weight", 1.5)],
)
def test_a_value_out_of_range_is_refused_by_name(name: str, value: float) -> None:
    with pytest.raises(SettingsError, match=name):
        ModelSettings(**{name: value})


def test_an_unknown_setting_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match="passage_wieght"):
        ModelSettings.from_dict(ModelSettings().to_dict() | {"passage_wieght": 1})
