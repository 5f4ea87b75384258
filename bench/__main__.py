"""``make bench``: every measure, each as a ratio to a yardstick of the same run; ``python -m bench lib``: one."""

import argparse
import subprocess
import sys

MEASURES = ("lib", "signing", "exchange", "dossiers", "city")

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("measures", nargs="*", metavar="measure", help=", ".join(MEASURES))
wanted = parser.parse_args().measures or MEASURES
if unknown := set(wanted) - set(MEASURES):
    parser.error(f"{', '.join(sorted(unknown))}: there are {', '.join(MEASURES)}")
# Each with a database of its own, and settings are read once in a process.
for name in wanted:
    subprocess.run([sys.executable, "-m", f"bench.{name}"], check=True)
    print(flush=True)
