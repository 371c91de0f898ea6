"""Start lasting servers in a folder and print their addresses as shell exports.

eval "$(python -m office.embedded var/dev)"
python -m office.embedded --stop var/dev
"""

import argparse
import sys
from pathlib import Path

from office import embedded


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m office.embedded", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--stop", action="store_true", help="stop the servers in the folder")
    wanted = parser.parse_args()
    try:
        services = embedded.start(wanted.folder, for_tests=True, tied=False)
    except embedded.EmbeddedError as error:
        sys.exit(str(error))
    if wanted.stop:
        services.stop()
        return
    for name, value in services.environment().items():
        sys.stdout.write(f"export {name}={value}\n")


if __name__ == "__main__":
    main()
