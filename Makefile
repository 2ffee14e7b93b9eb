messages:
	.venv/bin/pybabel -q compile -D markpipe -d src/markpipe/cli/locale -l zh_CN
