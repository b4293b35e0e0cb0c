"""What keeps a benchmark from measuring."""


class BenchmarkError(RuntimeError):
    """Something that is needed is not there, or does not work; says what and why."""
