#!/bin/sh
# What the official image's entrypoint does with POSTGRES_PASSWORD_FILE: makes the cluster once, then runs as its user.
set -eu
if [ "$(id -u)" = 0 ]; then
  install -d -o postgres -m 0700 "$PGDATA"
  [ -e "$PGDATA/PG_VERSION" ] || install -o postgres -m 0400 "$POSTGRES_PASSWORD_FILE" /tmp/password
  exec setpriv --reuid postgres --regid postgres --clear-groups "$0" "$@"
fi
if [ ! -e "$PGDATA/PG_VERSION" ]; then
  initdb --username=postgres --pwfile=/tmp/password --auth=scram-sha-256 --encoding=UTF8 \
    --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C >/dev/null
  echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
fi
shift
exec postgres -c listen_addresses='*' "$@"
