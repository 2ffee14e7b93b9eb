# make demo     装好环境，跑一遍样例，告诉你去哪里看结果
# make test     全部测试（含覆盖率门槛）
# make lint     代码规范和类型检查
# make soak     长时间的压力与基准（benchmarks/soak_*.py）
# make system   Debian 软件包：文字提取、文字识别、字体
# make lock     重新生成 requirements*.lock
# make lessons  照 training/ 和标注集重新学习用语特征（先装训练用的环境）
# make samples  重新生成样例文件    make docs  重新生成命令说明    make messages  编译界面译文

NEW_ENOUGH = -c 'import sys; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(shell for p in python3.11 python3; do $$p $(NEW_ENOUGH) 2>/dev/null && command -v $$p && break; done)
VENV   := .venv
BIN    := $(VENV)/bin
OUT    := build/demo/OUT

# A stamp bears the content of what it installed: another lock, another name, and only then is pip asked again.
digest = $(shell cat $(1) pyproject.toml requirements-build.in 2>/dev/null | cksum | cut -d' ' -f1)
DEV    := $(VENV)/installed-dev-$(call digest,requirements-dev.lock)
RUN    := $(or $(wildcard $(DEV)),$(VENV)/installed-run-$(call digest,requirements.lock))

.PHONY: help demo test lint soak system lock lessons samples docs messages wheel clean
.DEFAULT_GOAL := help

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

demo: $(RUN)
	@sh scripts/system-packages.sh demo
	@sh scripts/demo.sh $(BIN)/markpipe $(OUT)

test: $(DEV)
	@sh scripts/system-packages.sh test
	$(BIN)/python -m pytest -n auto --dist worksteal --cov=markpipe --cov-branch --cov-report= --cov-report=json:build/coverage.json
	$(BIN)/python scripts/coverage_gates.py build/coverage.json

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

soak: $(DEV)
	@sh scripts/system-packages.sh test
	@for script in $(sort $(wildcard benchmarks/soak_*.py)); do echo "== $$script"; $(BIN)/python $$script || exit $$?; done

system:
	@sh scripts/system-packages.sh test

lock:
	sh scripts/lock.sh "$(PYTHON)"

lessons:
	@sh scripts/venv.sh "$(PYTHON)" build/training-venv requirements-training.lock
	build/training-venv/bin/python training/teach.py

samples: $(DEV)
	$(BIN)/python samples/build.py samples

docs: $(DEV)
	$(BIN)/python scripts/command_reference.py docs/commands.md

messages: $(DEV)
	$(BIN)/pybabel -q compile -D markpipe -d src/markpipe/cli/locale -l zh_CN

wheel: $(DEV)
	$(BIN)/python -m hatchling build -t wheel -d build/dist

clean:
	rm -rf build samples/state

$(VENV)/installed-dev-%:
	sh scripts/venv.sh "$(PYTHON)" $(VENV) requirements-dev.lock
	@rm -f $(VENV)/installed-*
	@touch $@

$(VENV)/installed-run-%:
	sh scripts/venv.sh "$(PYTHON)" $(VENV) requirements.lock
	@rm -f $(VENV)/installed-*
	@touch $@
