#!/bin/sh
# Starts a program in the container. A secret is a file there: SOURCIER_…_FILE and PGPASSWORD_FILE name one,
# whose contents become the variable without _FILE.
set -eu
names=$(env | sed -n -e 's/^\(SOURCIER_[A-Z0-9_]*\)_FILE=.*/\1/p' -e 's/^\(PGPASSWORD\)_FILE=.*/\1/p')
for name in $names; do
    file=$(printenv "${name}_FILE")
    value=$(cat "$file" 2>/dev/null) || { echo "${name}_FILE: $file can't be read." >&2; exit 2; }
    unset "${name}_FILE"
    export "$name=$value"
done
exec "$@"
