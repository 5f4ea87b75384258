"""The house for programs: who asks, people and officials, areas and units, how the worker fares."""
