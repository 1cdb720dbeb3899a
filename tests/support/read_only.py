"""Run in a mount namespace of its own: commands over a data folder that can't be written to.

`read_only.py FOLDER COMMAND…`: mounts a read-only file system there and prints, for each command in each
language, its exit code and what it said.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

from program import sourcier

folder, *commands = sys.argv[1:]
subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", folder], check=True)
for command in commands:
    for language in ("en", "fr"):
        done = subprocess.run(
            [*sourcier(), *command.split()],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            cwd=os.path.dirname(folder),  # noqa: PTH120
            env=os.environ | {"SOURCIER_DATA_DIR": folder, "SOURCIER_UI__LANGUAGE": language},
        )
        print(json.dumps([command, language, done.returncode, done.stdout, done.stderr]), flush=True)
