# The commands of Mini-CRM. `make` alone lists them.
PYTHON ?= python3
CRM = tools/.venv/bin/python -m crm_tools

.DEFAULT_GOAL := help
.PHONY: help up status doctor demo test check bench images test-images generate service env lock format servers

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: tools ## starts the whole system and keeps it running; Ctrl-C stops it
	@exec $(CRM) up

status: tools ## each process of the running system, and whether it is ready
	@$(CRM) status

doctor: tools ## what stands in the way of a start, and its mend
	@$(CRM) doctor

demo: tools ## loads a demo workspace into the running system, through its public API
	@$(CRM) demo

test: tools-dev ## every test on real servers; `make test suite=contacts arguments="-k merge"` for some
	@exec $(CRM) test $(suite) --arguments='$(arguments)'

check: tools-dev ## what CI runs: format, lint, types, import rules, generated files, every test
	@exec $(CRM) check

bench: tools-dev ## measures an installation of its own under load; `make bench quick=1` for two minutes of it
	@exec $(CRM) bench $(if $(quick),--quick)

images: tools-dev ## builds the image of each deployable
	@$(CRM) images

test-images: tools-dev ## builds the images and runs, tests, breaks and heals the compose file's system
	@exec $(CRM) images --test

generate: tools ## contracts/openapi from the services, and from these the web app's types
	@$(CRM) generate

service: tools-dev ## a new service that runs and is tested as it is: `make service name=notes`
	@$(CRM) new-service $(or $(name),$(error say which: make service name=notes)) $(if $(noun),--noun $(noun))

format: tools-dev ## formats the Python code
	@tools/.venv/bin/ruff format . && tools/.venv/bin/ruff check --fix --quiet .

env: ## prepares every environment, with the tools of the tests
	@$(PYTHON) tools/env.py --dev

lock: ## compiles the locks anew; `make lock name=contacts` for one
	@$(PYTHON) tools/lock.py $(name)

servers: tools ## servers for tests, kept until Ctrl-C; prints CRM_TEST_SERVERS
	@exec $(CRM) servers

.PHONY: tools tools-dev
tools:
	@$(PYTHON) tools/env.py tools

tools-dev:
	@$(PYTHON) tools/env.py tools --dev
