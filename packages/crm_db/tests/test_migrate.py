"""Provisioning and migrating: as on a managed server, twice at once, on data of a newer version."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from msgspec.structs import astuple

from crm_db.migrate import MigrateSettings, migrate, run, versions
from crm_db.provision import ProvisionError
from crm_testkit import eventually


async def fetch(url: str, sql: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch(sql)
    finally:
        await connection.close()


RoleUrl = Callable[..., str]


async def test_two_migrators_wait_for_each_other(
    settings: MigrateSettings, migrations: list[Path], role_url: RoleUrl
) -> None:
    await asyncio.gather(*(migrate("probe", migrations, settings) for _ in range(2)))
    applied = await fetch(role_url(settings, "owner"), "select version from schema_migrations order by version")
    assert [row["version"] for row in applied] == ["0001", "0002", "0100"]


async def test_a_second_run_changes_nothing(
    settings: MigrateSettings, migrations: list[Path], role_url: RoleUrl
) -> None:
    await migrate("probe", migrations, settings)
    await migrate("probe", migrations, settings)
    assert len(await fetch(role_url(settings, "owner"), "select * from schema_migrations")) == 3


async def test_the_administrator_need_not_be_a_superuser(
    settings: MigrateSettings, migrations: list[Path], role_url: RoleUrl
) -> None:
    """As on managed servers: what CREATEROLE and CREATEDB give is enough. A service whose roles are new."""
    service = f"managed{settings.crm_db_name_prefix.strip('_')}"
    await fetch(settings.postgres_url, f"create role {service}_admin login createrole createdb password 'x'")
    parts = urlsplit(settings.postgres_url)
    url = urlunsplit(parts._replace(netloc=f"{service}_admin:x@{parts.hostname}:{parts.port}"))
    managed = MigrateSettings(url, "owner-pw", "api-pw", "worker-pw")
    await migrate(service, migrations, managed, extensions=["pg_trgm", "unaccent"])
    installed = await fetch(role_url(managed, "owner", service), "select extname from pg_extension order by 1")
    assert [row["extname"] for row in installed] == ["pg_trgm", "plpgsql", "unaccent"]


async def test_data_of_a_newer_version_is_refused_with_one_sentence(
    settings: MigrateSettings, migrations: list[Path], role_url: RoleUrl
) -> None:
    await migrate("probe", migrations, settings)
    await fetch(role_url(settings, "owner"), "insert into schema_migrations values ('0999')")
    with pytest.raises(ProvisionError, match=r"newer version \(migration 0999 is unknown here\)"):
        await migrate("probe", migrations, settings)


def test_the_command_ends_with_one_sentence(migrations: list[Path]) -> None:
    away = MigrateSettings("postgres://x:y@127.0.0.1:1/postgres", "o", "a", "w")
    with pytest.raises(SystemExit) as ended:
        run("probe", migrations, away)
    assert str(ended.value.code).startswith("probe: the database could not be prepared")


async def test_a_failing_migration_is_named(settings: MigrateSettings, migrations: list[Path], tmp_path: Path) -> None:
    (tmp_path / "0101_pre_wrong.sql").write_text("-- migrate:up\nselect nonsense;\n-- migrate:down\n")
    with pytest.raises(ProvisionError, match="nonsense") as refused:
        await migrate("probe", [*migrations, tmp_path], settings)
    assert "owner-pw" not in str(refused.value)


async def test_a_migration_waits_for_a_lock_and_tries_again(
    settings: MigrateSettings, migrations: list[Path], role_url: RoleUrl, tmp_path: Path
) -> None:
    await migrate("probe", migrations, settings)
    (tmp_path / "0101_pre_wide.sql").write_text(
        "-- migrate:up\nalter table note add column title text;\n-- migrate:down\nalter table note drop column title;\n"
    )
    reader = await asyncpg.connect(role_url(settings, "owner"))
    await reader.execute("begin; select * from note")
    job = asyncio.create_task(migrate("probe", [*migrations, tmp_path], settings))
    done, _ = await asyncio.wait([job], timeout=3)
    assert not done
    await reader.execute("commit")
    await job
    assert await reader.fetch("select title from note") == []
    await reader.close()


async def test_a_killed_migrator_leaves_work_that_the_next_one_completes(
    settings: MigrateSettings, migrations: list[Path], role_url: RoleUrl, tmp_path: Path
) -> None:
    await migrate("probe", migrations, settings)
    (tmp_path / "0101_pre_slow.sql").write_text(
        "-- migrate:up\ncreate table slow (id int);\nselect pg_sleep(3);\n-- migrate:down\ndrop table slow;\n"
    )
    folders = [*map(str, migrations), str(tmp_path)]
    program = (
        "import sys; from pathlib import Path; from crm_db.migrate import *;"
        "run('probe', [Path(p) for p in sys.argv[7:]], MigrateSettings(*sys.argv[1:6]))"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, *astuple(settings), "", *folders)
    sleeping = "select 1 from pg_stat_activity where query like '%pg_sleep(3)%' and usename = 'probe_owner'"
    await eventually(lambda: fetch(settings.postgres_url, sleeping))
    process.kill()
    await process.wait()
    await migrate("probe", [*migrations, tmp_path], settings)
    assert await fetch(role_url(settings, "owner"), "select * from slow") == []


async def test_passwords_can_be_changed(settings: MigrateSettings, migrations: list[Path], role_url: RoleUrl) -> None:
    service = f"rotated{settings.crm_db_name_prefix.strip('_')}"
    for number in (1, 2):
        changed = MigrateSettings(settings.postgres_url, f"o{number}", f"a{number}", f"w{number}")
        await migrate(service, migrations, changed)
    assert await fetch(role_url(changed, "api", service, "a2"), "select 1")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await fetch(role_url(changed, "api", service, "a1"), "select 1")


async def test_a_role_with_too_many_rights_is_refused(settings: MigrateSettings, migrations: list[Path]) -> None:
    service = f"unsafe{settings.crm_db_name_prefix.strip('_')}"
    await fetch(settings.postgres_url, f"create role {service}_api login bypassrls")
    with pytest.raises(ProvisionError, match=f"{service}_api has rights over all data"):
        await migrate(service, migrations, settings)


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        (["0100_pre_a.sql", "0100_post_b.sql"], "same number"),
        (["100_a.sql"], "not named"),
        (["0100_a.sql"], "not named"),
    ],
)
def test_names_are_checked_before_anything_runs(tmp_path: Path, names: list[str], problem: str) -> None:
    for name in names:
        (tmp_path / name).touch()
    with pytest.raises(ProvisionError, match=problem):
        versions([tmp_path])
