"""``make bench``: every measure, each as a ratio to a yardstick of the same run."""

import subprocess
import sys

from bench import city, lib, signing

lib.main()
print()
signing.show(signing.measures())
print(flush=True)
# Each with a database of its own, and settings are read once in a process.
for name in ("exchange", "dossiers"):
    subprocess.run([sys.executable, "-m", f"bench.{name}"], check=True)
    print(flush=True)
city.show(city.measures())
