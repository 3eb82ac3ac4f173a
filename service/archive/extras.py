"""Libraries that only some archives need."""

from importlib import import_module
from typing import Any

from wasim.model.errors import SettingsError


def need(module: str, extra: str, purpose: str) -> Any:
    """Import an optional library.

    Raises
    ------
    SettingsError
        When it is not installed; says what to install.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("wasim"):
            raise
        raise SettingsError(f"{purpose} need {error.name}. Run: pip install 'wasim[{extra}]'") from None
