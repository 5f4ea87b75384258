"""``make bench``: every measure, each as a ratio to a yardstick of the same run."""

from bench import city, lib

lib.main()
print()
city.show(city.measures())
