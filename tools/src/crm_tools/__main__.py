"""Commands of the tools: `python -m crm_tools <command>`; `make` lists them in a user's words."""

from __future__ import annotations

import argparse
import asyncio
import sys

from crm_tools.trouble import guarded


def _servers(arguments: argparse.Namespace) -> int:
    from crm_tools.servers import throwaway

    return asyncio.run(throwaway.keep())


def main() -> int:
    parser = argparse.ArgumentParser(prog="crm_tools", description=__doc__)
    commands = parser.add_subparsers(required=True)
    servers = commands.add_parser("servers", help="a throw-away set of servers for tests; prints their URLs as JSON")
    servers.add_argument("--json", action="store_true", help="the default, and the only form")
    servers.set_defaults(run=_servers)
    arguments = parser.parse_args()
    return guarded(lambda: arguments.run(arguments))


if __name__ == "__main__":
    sys.exit(main())
