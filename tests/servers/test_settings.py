"""Settings come from the environment, and a wrong one is named without its value."""

import pytest

import settings as house_settings
from domain.errors import Invalid
from settings import Settings, settings, temporal_connect_config


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch, tmp_path):
    for name in Settings.model_fields:
        monkeypatch.delenv(f"RETTIDIG_{name.upper()}", raising=False)
    for name in ("TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE", "TEMPORAL_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(tmp_path / "temporal.toml"))
    (tmp_path / "temporal.toml").touch()
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_without_a_word_everything_is_on_this_machine():
    assert settings().database_url is None
    assert settings().api_host == "127.0.0.1"
    assert temporal_connect_config() == {"target_host": "127.0.0.1:7233", "namespace": "default"}


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_a_database_url_gets_the_driver_we_have(monkeypatch, scheme):
    monkeypatch.setenv("RETTIDIG_DATABASE_URL", f"{scheme}://u:p@db/claims")
    assert settings().database_url == "postgresql+asyncpg://u:p@db/claims"


def test_an_empty_database_url_is_none(monkeypatch):
    monkeypatch.setenv("RETTIDIG_DATABASE_URL", "")
    assert settings().database_url is None


def test_what_is_wrong_is_named_and_its_value_is_not_told(monkeypatch):
    monkeypatch.setenv("RETTIDIG_DATABASE_URL", "mysql://u:hemmelig@db/claims")
    monkeypatch.setenv("RETTIDIG_API_PORT", "otte-tusinde")
    with pytest.raises(Invalid) as refused:
        settings()
    named = [fault.field for fault in refused.value.faults]
    assert sorted(named) == ["RETTIDIG_API_PORT", "RETTIDIG_DATABASE_URL"]
    assert "hemmelig" not in str(refused.value)
    assert "otte-tusinde" not in str(refused.value)


def test_a_password_is_not_shown_with_the_settings(monkeypatch):
    monkeypatch.setenv("RETTIDIG_DATABASE_URL", "postgresql://u:hemmelig@db/claims")
    assert "hemmelig" not in repr(settings())


def test_a_secret_is_read_from_its_file(monkeypatch, tmp_path):
    (tmp_path / "rettidig_database_url").write_text("postgresql://u:p@db/claims\n")
    monkeypatch.setattr(house_settings, "_SECRETS", tmp_path)
    assert settings().database_url == "postgresql+asyncpg://u:p@db/claims"


@pytest.mark.parametrize("prefix", ["RETTIDIG_", ""])
def test_temporal_is_where_either_variable_says(monkeypatch, prefix):
    monkeypatch.setenv(f"{prefix}TEMPORAL_ADDRESS", "temporal.example:7233")
    monkeypatch.setenv(f"{prefix}TEMPORAL_NAMESPACE", "skanderborg")
    assert settings().temporal_address == "temporal.example:7233"
    config = temporal_connect_config()
    assert config["target_host"] == "temporal.example:7233"
    assert config["namespace"] == "skanderborg"


def test_temporals_own_configuration_counts_where_we_say_nothing(monkeypatch, tmp_path):
    (tmp_path / "temporal.toml").write_text(
        '[profile.default]\naddress = "cloud.example:7233"\nnamespace = "a"\napi_key = "k"\n'
    )
    monkeypatch.setenv("RETTIDIG_TEMPORAL_NAMESPACE", "b")
    config = temporal_connect_config()
    assert config["target_host"] == "cloud.example:7233"
    assert config["namespace"] == "b"
    assert config["api_key"] == "k"
    assert config["tls"] is True


def test_the_demos_own_server_wins_over_all(tmp_path):
    (tmp_path / "temporal.toml").write_text('[profile.default]\naddress = "cloud.example:7233"\n')
    own = settings().model_copy(update={"temporal_address": "127.0.0.1:1"})
    assert temporal_connect_config(own)["target_host"] == "127.0.0.1:1"
