# Deep Battle: needs python3 (3.11 or newer, with venv) and make, nothing else.
PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
OUT    ?= out/demo
WORKERS ?= auto
SCENARIOS ?=
WHAT_IFS ?= $(basename $(notdir $(wildcard scenarios/what_if/*.toml)))
RUNS    ?= 50

export PYGAME_HIDE_SUPPORT_PROMPT := 1
# Where it is set, every process reads and compiles all of the source anew: tests start some dozens of them.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test quick check scores what-ifs pairings clean lock
.DEFAULT_GOAL := demo

demo: $(VENV)/.stamp            ## run Operation Doppelkopf headless: summary, recording, report
	@mkdir -p $(OUT)
	$(PY) deepbattle run doppelkopf --out $(OUT)/doppelkopf.dbr --report $(OUT)/doppelkopf.html

test: check                     ## everything: style, types, floors, tests
	SDL_VIDEODRIVER=dummy SDL_AUDIODRIVER=dummy $(PY) -m pytest -n $(WORKERS) --dist worksteal

quick: $(VENV)/.stamp           ## the tests that take seconds
	SDL_VIDEODRIVER=dummy SDL_AUDIODRIVER=dummy $(PY) -m pytest -m "not slow" -q

check: $(VENV)/.stamp           ## style, types, floors
	$(PY) -m ruff check -q
	$(PY) -m mypy --no-error-summary
	$(VENV)/bin/lint-imports --no-cache >.import_linter.log || { cat .import_linter.log; exit 1; }

scores: $(VENV)/.stamp          ## scorecards of all scenarios (or SCENARIOS="caesar riga"), RUNS runs each: hours; goes on where it was
	$(PY) deepbattle scores $(SCENARIOS) --make --runs $(RUNS)

what-ifs: $(VENV)/.stamp        ## RUNS pairs of runs of each overlay in scenarios/what_if (or WHAT_IFS="memel_warned"): hours; goes on
	$(PY) deepbattle what-if $(WHAT_IFS) --runs $(RUNS) --keep docs/scores/what_if
	$(PY) deepbattle scores --page -q >/dev/null

pairings: $(VENV)/.stamp        ## strength of play, 100 pairs of runs in each of three cases: an hour; goes on
	$(PY) deepbattle pairings --keep docs/scores/pairings.json
	$(PY) deepbattle scores --page -q >/dev/null

clean:                          ## what can be made again; saved games and results stay
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .import_linter.log .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

lock:                           ## for maintainers: needs uv
	uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 \
	    --group test --group lint pyproject.toml -o lock.txt
	! grep -nE 'https?://|index-url|find-links|trusted-host' lock.txt

$(VENV)/.stamp: lock.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Deep Battle needs Python 3.11 or newer")'
	@$(PYTHON) -c 'import ensurepip, venv' || { echo "needs the venv module (Debian: python3-venv)"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r lock.txt
	@touch $@
