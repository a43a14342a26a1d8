"""What whoever hosts the site starts from: compose.yaml for one machine, Kubernetes for more."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
KUBERNETES = ROOT / "deploy" / "kubernetes"
VERSIONS = ("1.32", kubernetes_validate.latest_version())

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
COMPOSE_SCHEMA = json.loads((ROOT / "tests" / "compose-spec.json").read_text())
"""From https://github.com/compose-spec/compose-spec, June 2026 (Apache License 2.0)."""

KUSTOMIZATION = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text())
MANIFESTS = {
    (manifest["kind"], manifest["metadata"]["name"]): manifest
    for name in KUSTOMIZATION["resources"]
    for manifest in yaml.safe_load_all((KUBERNETES / name).read_text())
}
PODS = {
    name: manifest["spec"]["template"]
    for (_, name), manifest in MANIFESTS.items()
    if "template" in manifest.get("spec", {})
}


def test_compose_is_as_its_specification_says() -> None:
    jsonschema.Draft7Validator(COMPOSE_SCHEMA).validate(COMPOSE)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("manifest", MANIFESTS.values(), ids=map(" ".join, MANIFESTS))
def test_every_manifest_is_as_kubernetes_says(manifest: dict[str, Any], version: str) -> None:
    kubernetes_validate.validate(manifest, version, strict=True)


def test_no_manifest_is_forgotten() -> None:
    files = {path.name for path in KUBERNETES.glob("*.yaml")} - {"kustomization.yaml"}
    assert files == {*KUSTOMIZATION["resources"]}
    assert {*PODS} == {"web", "worker", "migrate"}


@pytest.mark.parametrize("pod", PODS.values(), ids=PODS)
def test_nothing_runs_as_root_writes_to_its_image_or_takes_all_memory(pod: dict[str, Any]) -> None:
    spec = pod["spec"]
    assert spec["securityContext"]["runAsNonRoot"]
    assert not spec["automountServiceAccountToken"]
    for container in spec["containers"]:
        context = container["securityContext"]
        assert context["readOnlyRootFilesystem"]
        assert not context["allowPrivilegeEscalation"]
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["requests"].keys() == {"cpu", "memory"}
        assert container["resources"]["limits"].keys() == {"memory"}


@pytest.mark.parametrize("name", ["web", "worker", "migrate"])
def test_compose_gives_as_few_rights(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_what_selects_the_web_servers_finds_them() -> None:
    labels = PODS["web"]["metadata"]["labels"].items()
    selectors = [
        MANIFESTS["Deployment", "web"]["spec"]["selector"]["matchLabels"],
        MANIFESTS["PodDisruptionBudget", "web"]["spec"]["selector"]["matchLabels"],
        MANIFESTS["NetworkPolicy", "web"]["spec"]["podSelector"]["matchLabels"],
        MANIFESTS["Service", "web"]["spec"]["selector"],
    ]
    assert all(selector.items() <= labels for selector in selectors)


def test_an_upgrade_takes_no_web_server_away_before_another_works() -> None:
    web = MANIFESTS["Deployment", "web"]["spec"]
    assert web["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    [container] = PODS["web"]["spec"]["containers"]
    probes = {name: container[f"{name}Probe"]["httpGet"] for name in ("startup", "readiness")}
    assert probes["startup"]["path"] == "/readyz"
    assert probes["readiness"]["path"] == "/healthz"
    # The site answers to no other name that a probe could use.
    for probe in probes.values():
        assert probe["httpHeaders"] == [{"name": "Host", "value": "localhost"}]


def test_both_ways_use_variables_that_are_explained() -> None:
    used = {*MANIFESTS["ConfigMap", "vitaleoverheid"]["data"], *COMPOSE["x-site"]["environment"]}
    table = (ROOT / "docs" / "beheer.md").read_text()
    explained = {*re.findall(r"`([A-Z0-9_]+)`", table)}
    assert used <= explained


def test_what_the_migrations_read_is_there_before_they_run() -> None:
    [container] = PODS["migrate"]["spec"]["containers"]
    read = [source["configMapRef"]["name"] for source in container["envFrom"][:1]]
    first = [name for (_, name), manifest in MANIFESTS.items() if part(manifest) == "migrate"]
    assert {*read, "migrate"} == {*first}


def part(manifest: dict[str, Any]) -> str:
    """What ``kubectl apply --selector part=…`` goes by."""
    label: str = manifest["metadata"].get("labels", {}).get("part", "")
    return label


def test_the_ingress_writes_down_nothing_of_what_visitors_ask_for() -> None:
    annotations = MANIFESTS["Ingress", "web"]["metadata"]["annotations"]
    assert annotations["nginx.ingress.kubernetes.io/enable-access-log"] == "false"
