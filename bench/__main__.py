"""``make bench``: every measure, each as a ratio to a yardstick of the same run."""

import subprocess
import sys

from bench import city, lib, signing

lib.main()
print()
signing.show(signing.measures())
print(flush=True)
# With a database of its own, and settings are read once in a process.
subprocess.run([sys.executable, "-m", "bench.exchange"], check=True)
print()
city.show(city.measures())
