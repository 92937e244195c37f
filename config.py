"""Every setting of the product: its type, default, environment variable and one line of help.

Settings are read when an application or a command is made (`Config()`), never at import. The
environment variable of a setting is its name in capitals with the prefix ``DIABA_``, except for
``DATABASE_URL``, which keeps the name that hosting platforms use.
"""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import AliasChoices, Field, PositiveInt, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).parent

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
"""The languages of the interface, by code; the first one is the language of the sources."""


class Config(BaseSettings):
    """The settings of one process. Construct it with keyword arguments to override any of them."""

    model_config = SettingsConfigDict(env_prefix="DIABA_", frozen=True, extra="forbid")

    database_url: str = Field(
        "",
        validation_alias=AliasChoices("database_url", "DATABASE_URL"),
        description="PostgreSQL to use; empty means the private cluster under var/",
    )
    secret_key: str = Field("", description="Key that signs sessions; empty means one kept in var/secret_key")
    var_dir: Path = Field(ROOT / "var", description="Folder for the cluster, keys and other state")
    site_name: str = Field("Bà Rịa – Vũng Tàu", description="Name of the place, in page titles")
    legal_crs: str = Field(
        "EPSG:5899", description="Projected CRS in which the register is kept, fixed at first migration"
    )
    towgs84: str = Field(
        "",
        description="Seven position-vector parameters from the legal CRS to WGS 84; "
        "empty means the official ones for VN-2000 and none for other countries",
    )
    timezone: str = Field("Asia/Ho_Chi_Minh", description="Time zone of calendar dates")
    default_language: str = Field("vi", description="Language when the reader states none")
    public_url: str = Field(
        "", description="Address under which readers reach the service; empty means as requested"
    )
    trusted_proxies: int = Field(
        0, ge=0, description="How many reverse proxies set X-Forwarded-* in front of the service"
    )
    secure_cookies: bool = Field(False, description="Send cookies over HTTPS only; set it in production")
    session_hours: PositiveInt = Field(12, description="Hours after which a sign-in ends")
    idle_minutes: PositiveInt = Field(30, description="Minutes without a request that end a sign-in")
    tile_timeout_ms: PositiveInt = Field(10_000, description="Longest database time of one tile")
    statement_timeout_ms: PositiveInt = Field(
        30_000, description="Longest database time of any other statement of a request"
    )
    pool_size: PositiveInt = Field(4, description="Database connections of one web process")
    max_request_mb: PositiveInt = Field(16, description="Largest request body")
    dossier_unit: str = Field(
        "000.00.00.H29",
        pattern=r"^\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}$",
        description="National code of the unit that receives dossiers, with which their codes begin",
    )
    attachment_mb: PositiveInt = Field(20, description="Largest document of a dossier")
    dossier_mb: PositiveInt = Field(200, description="Largest sum of a dossier's documents")
    languages: Annotated[tuple[str, ...], NoDecode] = Field(
        tuple(LANGUAGES), description="Languages offered, by code"
    )

    @field_validator("languages", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("legal_crs")
    @classmethod
    def _is_epsg(cls, value: str) -> str:
        authority, _, code = value.partition(":")
        if authority.upper() != "EPSG" or not code.isdigit():
            raise ValueError("write it as EPSG:5899")
        return value.upper()

    @property
    def session_lifetime(self) -> timedelta:
        return timedelta(hours=self.session_hours)
