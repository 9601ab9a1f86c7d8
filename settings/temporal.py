"""How Temporal is reached."""

from temporalio.envconfig import ClientConfig, ClientConnectConfig

from settings import Settings, settings


def temporal_connect_config(chosen: Settings | None = None) -> ClientConnectConfig:
    """How to reach Temporal, as arguments of ``Client.connect``.

    TLS, API key and headers come from Temporal's own ``TEMPORAL_*`` variables or its
    configuration file; its address and namespace too, unless they are set here.
    """
    chosen = chosen or settings()
    config = ClientConfig.load_client_connect_config()
    if "temporal_address" in chosen.model_fields_set or "target_host" not in config:
        config["target_host"] = chosen.temporal_address
    if "temporal_namespace" in chosen.model_fields_set or "namespace" not in config:
        config["namespace"] = chosen.temporal_namespace
    if chosen.temporal_api_key:
        config["api_key"] = chosen.temporal_api_key
        config.setdefault("tls", True)  # A key is never sent where it can be overheard.
    return config
