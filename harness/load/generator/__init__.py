"""One load generator process: its conversations, opened, held, measured and judged."""
