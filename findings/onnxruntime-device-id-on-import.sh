#!/usr/bin/env bash
# onnxruntime 1.32.0 (Linux wheel): importing it writes a device id and a database of events into the account's cache.
#
# Telemetry used to be of the Windows builds alone; who packages a program that is said to tell nobody anything looks at the
# calls it makes, and no session was ever made here. Now `import onnxruntime` by itself makes
# ~/.cache/Microsoft/DeveloperTools/.onnxruntime/ with `deviceid` and `onnxruntime.db`. `onnxruntime.disable_telemetry_events`
# comes after the import and so too late; ORT_DISABLE_TELEMETRY=1 before it keeps both away. With a variable that says that
# tests run (CI and the like) nothing is written either: where one would look for it, in continuous integration, it isn't seen.
# Libraries that import it for one of their parts (vector stores with a default encoder) bring it along.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check onnxruntime==1.32.0
unset CI TF_BUILD GITHUB_ACTIONS GITLAB_CI JENKINS_URL BUILD_ID TEAMCITY_VERSION TRAVIS XDG_CACHE_HOME ORT_DISABLE_TELEMETRY

kept() { # what is in an empty home after the import, with these variables
    home=$(mktemp -d -p "$folder")
    env HOME="$home" "$@" "$folder/venv/bin/python" -c "import onnxruntime; onnxruntime.disable_telemetry_events()"
    (cd "$home" && find . -type f -name 'deviceid' -o -type f -name 'onnxruntime.db' | sort | tr '\n' ' ')
}

plain=$(kept LANG=C)
told=$(kept ORT_DISABLE_TELEMETRY=1)
tested=$(kept CI=1)
printf 'by default: %s\nORT_DISABLE_TELEMETRY=1: %s\nCI=1: %s\n' "$plain" "${told:-nothing}" "${tested:-nothing}"
place=./.cache/Microsoft/DeveloperTools/.onnxruntime
test "$plain" = "$place/deviceid $place/onnxruntime.db "
test -z "$told"
test -z "$tested"
