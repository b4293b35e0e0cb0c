# midstream: `make demo` shows what it does, `make test` proves that it works.
# Both set everything up by themselves; a second call starts at once.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
JOBS   ?= 4

# Compile once, not once for each of the hundreds of processes that tests start.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test quick check fmt lint types layers wheel clean setup rig clients \
        bench longtext

help:            ## say what there is
	@grep -hE '^[a-z-]+: .*##' $(MAKEFILE_LIST) | \
	  sed -E 's/^([a-z-]+):.*## */  make \1\t/' | expand -t 20

demo: rig  ## the catalogue against the reference client and the openai SDK
	@$(BIN)/midstream matrix --clients reference,openai_python --jobs $(JOBS) --out runs/demo \
	  || test $$? -eq 1  # a red cell of the SDK is what the demo shows

test: rig  ## the whole test suite
	$(BIN)/python -m tests

quick: $(READY)  ## the tests that need no process, browser or proxy
	$(BIN)/python -m tests --quick

check: rig lint types layers  ## everything that must hold before a commit
	$(BIN)/python -m tests

fmt: $(READY)    ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(READY)   ## ruff, all rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(READY)  ## mypy, strict
	$(BIN)/mypy

layers: $(READY) ## who may import whom
	$(BIN)/lint-imports

CLIENTS := reference,openai_python,openai_python_raw,openai_python_sync,openai_python_tuned,openai_node,openai_node_raw,openai_node_tuned,openai_node6,openai_node6_raw,openai_node6_tuned,httpx_sse,deep_chat,deep_chat_legacy,naive

clients: rig     ## write docs/clients.md: what each client does under each fault
	@$(BIN)/midstream matrix --clients $(CLIENTS) --notes docs/clients-notes.toml \
	  --page docs/clients.md --jobs 2 --out runs/clients || test $$? -eq 1

bench: rig       ## what things cost: goals, tables, curves into docs/performance; 5 minutes
	$(BIN)/python -m benchmarks.server
	$(BIN)/python -m benchmarks.paced --seconds 2 --svg docs/performance
	$(BIN)/python -m benchmarks.scale --svg docs/performance
	$(BIN)/python -m benchmarks.oracle
	$(BIN)/python -m benchmarks.load_generator
	$(BIN)/python -m benchmarks.costs

longtext: rig    ## answers of up to 256,000 tokens through all parts, and a curve; 15 minutes
	$(BIN)/python -m benchmarks.longtext --svg docs/performance

wheel: $(READY)  ## build the wheel, install it into a fresh environment, try it
	rm -rf dist && $(BIN)/pip wheel -q --no-deps -c constraints.txt -w dist .
	$(PYTHON) -m venv dist/venv
	dist/venv/bin/pip install -q -c constraints.txt "$$(ls dist/*.whl)"
	cd dist && venv/bin/python -c "import midstream, importlib.util as u; \
	  print(midstream.__version__, [n for n in ('harness', 'scenarios', 'mock_server') if u.find_spec(n)])"
	cd dist && venv/bin/midstream list | tail -1

setup: $(READY)  ## the virtual environment only

rig: $(READY)    ## what runs need besides Python packages: Toxiproxy, npm packages
	@$(BIN)/midstream toxiproxy install
	@$(BIN)/midstream node install

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "midstream needs Python 3.11 or newer: make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) || \
	  { echo "no venv module: install your system's python3-venv package"; exit 1; }
	@echo "installing midstream and its pinned dependencies into $(VENV) …"
	@$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e ".[clients,load,dev]"
	@touch $@

clean:           ## remove what make has made, but not the Toxiproxy in your cache
	rm -rf $(VENV) dist runs .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
