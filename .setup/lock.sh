#!/bin/sh
# Writes requirements.txt and requirements-dev.txt from pyproject.toml. Needs uv and the network.
# Arguments go to uv, for example: .setup/lock.sh --upgrade-package flask
set -eu
cd "$(dirname "$0")/.."
compile() {
    uv pip compile --quiet --universal --python-version 3.11.2 --generate-hashes \
        --no-header --no-emit-index-url --no-emit-find-links --no-annotate "$@"
}
compile pyproject.toml --output-file requirements.txt "$@"
compile pyproject.toml --group dev --constraints requirements.txt --output-file requirements-dev.txt "$@"
