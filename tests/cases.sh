#!/bin/sh
# Run each case of a folder of small inputs, and say of each whether it came out right:
#   tests/cases.sh CASES_DIR [NAME...]
# What is right is in tests/cases.toml. PYTHON is the interpreter to use.
here=$(cd "$(dirname "$0")/.." && pwd)
PYTHON=${PYTHON:-$here/.venv/bin/python}
export PYTHONPATH="$here/src${PYTHONPATH:+:$PYTHONPATH}"
exec "$PYTHON" "$here/tests/cases.py" "$@"
