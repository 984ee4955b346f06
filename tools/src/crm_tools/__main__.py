"""Commands of the tools: `python -m crm_tools <command>`; `make` lists them in a user's words.

Each command imports what it needs when it runs, so that none waits for the others' imports.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from crm_tools.trouble import guarded

Run = Callable[[argparse.Namespace], int]


def _up(_: argparse.Namespace) -> int:
    from crm_tools import up

    return up.run()


def _status(_: argparse.Namespace) -> int:
    from crm_tools import status

    return status.run()


def _doctor(_: argparse.Namespace) -> int:
    from crm_tools import doctor

    return doctor.run()


def _servers(_: argparse.Namespace) -> int:
    from crm_tools.servers import throwaway

    return asyncio.run(throwaway.keep())


def _with_system(arguments: argparse.Namespace) -> int:
    from crm_tools import with_system

    return with_system.run(arguments.command)


def _images(arguments: argparse.Namespace) -> int:
    from crm_tools.images import build, system

    if arguments.test:
        return system.test(_say, cache=not arguments.no_cache)
    build.build_all(_say, cache=not arguments.no_cache)
    return 0


def _build_web(_: argparse.Namespace) -> int:
    from crm_tools import web

    web.build(_say)
    return 0


def _demo(_: argparse.Namespace) -> int:
    from crm_tools import demo

    demo.run(_say)
    return 0


def _bench(arguments: argparse.Namespace) -> int:
    from crm_tools import bench

    return bench.run(quick=arguments.quick, say=_say)


def _generate(_: argparse.Namespace) -> int:
    from crm_tools import generate

    generate.run(_say)
    return 0


def _new_service(arguments: argparse.Namespace) -> int:
    from crm_tools import new_service

    new_service.run(arguments.name, arguments.noun, _say)
    return 0


def _imports(arguments: argparse.Namespace) -> int:
    from crm_tools import imports

    wrong = imports.broken(Path(arguments.root).resolve())
    print(wrong or "the import rules are kept")
    return int(bool(wrong))


def _test(arguments: argparse.Namespace) -> int:
    from crm_tools import suites

    return _counted(suites.run(arguments.suite, arguments.arguments.split(), _say))


def _check(_: argparse.Namespace) -> int:
    from crm_tools import check

    return _counted(check.run(_say))


def _counted(results: Sequence[object]) -> int:
    from crm_tools import suites

    failed = [one.name for one in results if one.failed]  # type: ignore[attr-defined]
    if failed:
        _say(f"failed: {', '.join(failed)}")
    _say(suites.count(results))  # type: ignore[arg-type]
    return int(bool(failed))


def _say(text: str) -> None:
    print(text, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="crm_tools", description=__doc__)
    commands = parser.add_subparsers(required=True)

    def command(name: str, run: Run, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text)
        added.set_defaults(run=run)
        return added

    command("up", _up, "starts the whole system and keeps it running")
    command("status", _status, "each process and whether it is ready")
    command("doctor", _doctor, "what stands in the way of a start, with its mend")
    command("demo", _demo, "loads a demo workspace into the running system")
    bench = command("bench", _bench, "measures an installation of its own under load")
    bench.add_argument("--quick", action="store_true", help="two minutes: fewer rows, shorter runs")
    command("build-web", _build_web, "builds the web app if it has changed")
    command("generate", _generate, "writes contracts/openapi and the web app's types")
    new_service = command("new-service", _new_service, "a new service that runs and is tested as it is")
    new_service.add_argument("name")
    new_service.add_argument("--noun", default="", help="one of what it keeps; by default the name's singular")
    command("check", _check, "format, lint, types, rules, generated files, tests")
    command("servers", _servers, "servers for tests; prints their URLs").add_argument("--json", action="store_true")
    command("imports", _imports, "the import rules").add_argument("--root", default=".")
    command("with-system", _with_system, "a command beside an installation of its own").add_argument(
        "command", nargs="+"
    )
    images = command("images", _images, "builds the images; with --test runs and tests the compose file's system")
    images.add_argument("--test", action="store_true")
    images.add_argument("--no-cache", action="store_true")
    test = command("test", _test, "every suite, or those named")
    test.add_argument("suite", nargs="*")
    test.add_argument("--arguments", default="", help="for pytest or vitest")
    arguments = parser.parse_args()
    return guarded(lambda: arguments.run(arguments))


if __name__ == "__main__":
    sys.exit(main())
