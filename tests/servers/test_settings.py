"""Settings come from the environment, and a wrong one is named without its value."""

import pytest

import settings as house_settings
from cli.demo.grounds import Grounds, Plan
from domain.errors import Invalid
from gateways.choose import choose
from gateways.digital_post.sandbox import SandboxDigitalPost
from gateways.physical_post.sandbox import SandboxPhysicalPost
from gateways.serviceplatformen.access import open_access
from gateways.serviceplatformen.account import Account
from gateways.serviceplatformen.post import (
    ServiceplatformenDigitalPost,
    ServiceplatformenPhysicalPost,
)
from policies.loading import load_policy
from settings import Settings, settings
from settings.temporal import temporal_connect_config
from workers.assembly import mail_account, post_account


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


POST = {"QUEUE": "amqp://127.0.0.1:5672/receipts", "CVR": "87654321", "PRINT_TYPE": "265"}
SANDBOX = "http://127.0.0.1:8700"


def set_post(monkeypatch, platform, **others):
    for name, value in {"PLATFORM": platform, **POST, **others}.items():
        monkeypatch.setenv(f"RETTIDIG_POST_{name}", value)


def test_without_a_platform_letters_stay_in_the_house(tmp_path):
    assert post_account(settings(), load_policy("skanderborg")) is None
    assert isinstance(choose(tmp_path, None).digital_post, SandboxDigitalPost)
    assert isinstance(choose(tmp_path, None).physical_post, SandboxPhysicalPost)


def test_letters_go_to_the_platform_in_the_municipalitys_name(monkeypatch, tmp_path):
    set_post(monkeypatch, SANDBOX)
    account = post_account(settings(), load_policy("skanderborg"))
    expected = Account(SANDBOX, POST["QUEUE"], "87654321", "Skanderborg Kommune", 265)
    assert account == expected
    assert isinstance(choose(tmp_path, account).digital_post, ServiceplatformenDigitalPost)
    assert isinstance(choose(tmp_path, account).physical_post, ServiceplatformenPhysicalPost)


@pytest.mark.parametrize("platform", ["test", "production"])
def test_the_real_platform_asks_for_a_certificate(monkeypatch, tmp_path, platform):
    set_post(monkeypatch, platform)
    with pytest.raises(Invalid) as refused:
        settings()
    [fault] = refused.value.faults
    assert fault.field == "RETTIDIG_POST_PLATFORM"
    assert "RETTIDIG_POST_CERTIFICATE" in fault.code
    set_post(monkeypatch, platform, CERTIFICATE=str(tmp_path / "municipality.pem"))
    account = post_account(settings(), load_policy("skanderborg"))
    assert account.certificate == tmp_path / "municipality.pem"
    assert not account.is_at_a_sandbox
    assert open_access(account).environment.startswith("https://")


@pytest.mark.parametrize(
    "platform",
    [
        *("http://post.example", "https://127.0.0.1:8700", "http://127.0.0.1.example:1", "x"),
        "http://127.0.0.1:8700@post.example",
    ],
)
def test_letters_go_to_no_other_place(monkeypatch, platform):
    """Unencrypted, and without a certificate, only to this machine."""
    set_post(monkeypatch, platform)
    with pytest.raises(Invalid) as refused:
        settings()
    assert [fault.field for fault in refused.value.faults] == ["RETTIDIG_POST_PLATFORM"]


def test_a_demo_writes_to_nobody_whatever_the_environment_says(monkeypatch, tmp_path):
    set_post(monkeypatch, SANDBOX)
    assert settings().post_platform == SANDBOX
    grounds = Grounds(Plan(tmp_path))
    grounds.temporal._port = 7233
    assert grounds.settings().post_platform is None


MAIL = {"PUBLIC_URL": "https://rettidig.example", "MAIL_FROM": "rettidig@kommune.example"}


def set_mail(monkeypatch, **others):
    for name, value in {**MAIL, "SMTP_HOST": "smtp.example", **others}.items():
        monkeypatch.setenv(f"RETTIDIG_{name}", value)


def test_a_mail_server_is_reached_over_tls_unless_it_is_this_machine(monkeypatch):
    set_mail(monkeypatch, SMTP_USER="rettidig", SMTP_PASSWORD="hemmelig")
    account = mail_account(settings())
    assert (account.port, account.security, account.sender) == (587, "starttls", MAIL["MAIL_FROM"])
    assert "hemmelig" not in repr(settings())
    set_mail(monkeypatch, SMTP_SECURITY="none")
    settings.cache_clear()
    with pytest.raises(Invalid):
        settings()
    set_mail(monkeypatch, SMTP_SECURITY="none", SMTP_HOST="127.0.0.1")
    assert mail_account(settings()).security == "none"


@pytest.mark.parametrize("missing", sorted(MAIL))
def test_a_mail_server_needs_our_address_and_a_sender(monkeypatch, missing):
    set_mail(monkeypatch)
    monkeypatch.delenv(f"RETTIDIG_{missing}")
    with pytest.raises(Invalid) as refused:
        settings()
    [fault] = refused.value.faults
    assert (fault.field, fault.code) == ("RETTIDIG_SMTP_HOST", f"needs RETTIDIG_{missing}")


def test_without_a_mail_server_nobody_is_mailed(tmp_path):
    assert mail_account(settings()) is None
    assert choose(tmp_path).mailer is None
