"""Commands of the tools: `python -m crm_tools <command>`; `make` lists them in a user's words."""

from __future__ import annotations

import argparse
import asyncio
import sys

from crm_tools.trouble import guarded


def _servers(arguments: argparse.Namespace) -> int:
    from crm_tools.servers import throwaway

    return asyncio.run(throwaway.keep())


def _up(arguments: argparse.Namespace) -> int:
    from crm_tools import up

    return up.run()


def _build_web(arguments: argparse.Namespace) -> int:
    from crm_tools import web

    web.build(lambda text: print(text, flush=True))
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="crm_tools", description=__doc__)
    commands = parser.add_subparsers(required=True)
    servers = commands.add_parser("servers", help="a throw-away set of servers for tests; prints their URLs as JSON")
    servers.add_argument("--json", action="store_true", help="the default, and the only form")
    servers.set_defaults(run=_servers)
    commands.add_parser("up", help="starts the whole system and keeps it running").set_defaults(run=_up)
    commands.add_parser("build-web", help="builds the web app if it has changed").set_defaults(run=_build_web)
    arguments = parser.parse_args()
    return guarded(lambda: arguments.run(arguments))


if __name__ == "__main__":
    sys.exit(main())
