"""``make bench``: every measure, each as a ratio to a yardstick of the same run."""

from bench import city, lib, signing

lib.main()
print()
signing.show(signing.measures())
print()
city.show(city.measures())
