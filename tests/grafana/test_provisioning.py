"""What the compose file puts together fits together. The containers themselves are not started."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from tests.grafana.house import GRAFANA

ROOT = GRAFANA.parent


def read(path: str) -> Any:
    return yaml.safe_load((GRAFANA / path).read_text(encoding="utf-8"))


COMPOSE = read("compose.yml")
SERVICES = COMPOSE["services"]


def mounts(service: str) -> dict[str, str]:
    """Return what a service sees, by where it sees it."""
    volumes = (volume.split(":") for volume in SERVICES[service].get("volumes", ()))
    return {inside: outside for outside, inside, *_ in volumes}


def seen(service: str, path: str) -> Path:
    """Return the file of the repository that a service sees at a path."""
    inside = max((at for at in mounts(service) if path.startswith(at)), key=len)
    return GRAFANA / mounts(service)[inside] / path.removeprefix(inside).lstrip("/")


def test_demo_prometheus_and_grafana_come_up_together() -> None:
    assert set(SERVICES) >= {"demo", "prometheus", "grafana"}
    for service in SERVICES.values():
        assert set(service.get("depends_on", ())) <= set(SERVICES)


@pytest.mark.parametrize("service", SERVICES)
def test_every_image_is_pinned(service: str) -> None:
    if "build" in SERVICES[service]:
        text = (GRAFANA / SERVICES[service]["build"]["context"]).joinpath(
            SERVICES[service]["build"]["dockerfile"]
        )
        images = re.findall(r"^FROM (\S+)", text.read_text(encoding="utf-8"), re.MULTILINE)
    else:
        images = [SERVICES[service]["image"]]
    assert images
    for image in images:
        assert re.search(r":v?\d+(\.\d+)+[\w.-]*$", image), image


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_mounted_is_there(service: str) -> None:
    for outside in mounts(service).values():
        assert outside in COMPOSE["volumes"] or (GRAFANA / outside).is_dir(), outside


def test_nothing_listens_to_the_network() -> None:
    for service in SERVICES.values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))


def test_the_image_of_the_demo_is_made_of_what_is_there() -> None:
    build = SERVICES["demo"]["build"]
    assert (GRAFANA / build["context"]).resolve() == ROOT
    text = (ROOT / build["dockerfile"]).read_text(encoding="utf-8")
    copied = re.findall(r"^COPY (?!--from)(\S+)", text, re.MULTILINE)
    assert copied
    assert all((ROOT / path).exists() for path in copied)


def test_prometheus_scrapes_the_demo_that_lets_it_in() -> None:
    config = read("prometheus/prometheus.yml")
    assert seen("prometheus", "/etc/prometheus/prometheus.yml").is_file()
    ((target,),) = [each["targets"] for each in config["scrape_configs"][0]["static_configs"]]
    host, port = target.split(":")
    assert host in SERVICES["demo"]["environment"]["ALLOWED_HOSTS"].split(",")
    assert SERVICES["demo"]["ports"] == [f"127.0.0.1:{port}:{port}"]
    for file in config["rule_files"]:
        assert seen("prometheus", f"/etc/prometheus/{file}").is_file()


def test_grafana_finds_prometheus_and_knows_how_often_it_scrapes() -> None:
    (source,) = read("provisioning/datasources/prometheus.yml")["datasources"]
    url = urlsplit(source["url"])
    assert url.hostname in SERVICES
    assert SERVICES[str(url.hostname)]["ports"] == [f"127.0.0.1:{url.port}:{url.port}"]
    assert source["type"] == "prometheus"
    interval = read("prometheus/prometheus.yml")["global"]["scrape_interval"]
    assert source["jsonData"]["timeInterval"] == interval


def test_grafana_finds_the_dashboards() -> None:
    provisioning = seen("grafana", "/etc/grafana/provisioning")
    assert {each.name for each in provisioning.iterdir()} == {"dashboards", "datasources"}
    (provider,) = read("provisioning/dashboards/pykka_live.yml")["providers"]
    assert seen("grafana", provider["options"]["path"]) == GRAFANA / "dashboards"
    home = SERVICES["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert seen("grafana", home).is_file()
