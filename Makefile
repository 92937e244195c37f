# Each command is a script in bin/, which runs as well without make.
.DEFAULT_GOAL := help
.PHONY: help demo test test-long check bench

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

demo: ## from nothing to the running service with demo data on http://127.0.0.1:8000 (PORT= to change)
	@bin/demo

test: ## everything the tests need, then all tests
	@bin/test

test-long: ## the same suites at full counts
	@DIABA_LONG=1 bin/test

check: ## what CI runs: lints, types, import contracts, migrations without drift, then the tests
	@bin/check

bench: ## the benchmarks; raw figures go to benchmarks/results
	@bin/bench
