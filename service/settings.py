"""What changes only the running of the service, never an answer. Read from ``WASIM_*`` variables."""

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from wasim.model.errors import SettingsError

PREFIX = "WASIM_"


class ServiceSettings(BaseSettings):
    """Settings of ``wasim serve``; each is a variable with the prefix ``WASIM_``."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True)

    artifacts: Annotated[Path, Field(description="the artifacts folder, or one artifact")] = Path("artifacts")
    host: Annotated[str, Field(description="the address to listen on")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="the port to listen on; 0 takes a free one")] = 8000
    workers: Annotated[int, Field(ge=1, le=64, description="processes that answer")] = 1
    max_body_bytes: Annotated[int, Field(ge=1, description="largest request body; larger ones get 413")] = 1_048_576
    max_batch: Annotated[int, Field(ge=1, description="most articles in one batch request")] = 256
    database_url: Annotated[
        str, Field(repr=False, description="where keys and corrections are kept: sqlite:///file or postgresql://...")
    ] = "sqlite:///wasim.db"
    access: Annotated[
        Literal["auto", "keys", "open"],
        Field(description="whether API keys are asked for: from the first key on (auto), always (keys), never (open)"),
    ] = "auto"
    max_in_flight: Annotated[int, Field(ge=1, description="requests at a time in a worker; more get 503")] = 256
    rate_limit: Annotated[
        float, Field(ge=0, description="articles a second of each caller, in a worker; more get 429; 0 is no limit")
    ] = 0
    client_seconds: Annotated[
        float, Field(gt=0, description="time a client has to send a request, and to take its answer")
    ] = 30
    idle_seconds: Annotated[int, Field(ge=1, description="time a connection may stay open between requests")] = 65
    shutdown_seconds: Annotated[int, Field(ge=1, description="time that requests have to finish at the end")] = 30
    watch_seconds: Annotated[float, Field(ge=0, description="how often to look for a promoted model; 0 is never")] = 2
    cors_origins: Annotated[
        str, Field(description="web pages elsewhere that may ask, as https://one.example,https://two.example")
    ] = ""
    log_level: Annotated[
        Literal["info", "warning", "error"], Field(description="info logs every request; warning, what went wrong")
    ] = "info"


def read_settings(**changed: Any) -> ServiceSettings:
    """Read the settings from the environment; ``changed`` ones go before it.

    Raises
    ------
    SettingsError
        When a value is out of its range, or a ``WASIM_*`` variable is not a setting: a misspelt one would
        otherwise be ignored in silence.
    """
    known = {f"{PREFIX}{name.upper()}" for name in ServiceSettings.model_fields}
    unknown = sorted(name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() not in known)
    if unknown:
        raise SettingsError(f"{', '.join(unknown)}: no such setting. There are {', '.join(sorted(known))}.")
    try:
        return ServiceSettings(**changed)
    except ValidationError as error:
        wrong = "; ".join(
            f"{PREFIX}{str(issue['loc'][0]).upper()}={issue['input']!r}: {issue['msg'].lower()}"
            for issue in error.errors()
        )
        raise SettingsError(wrong) from None
