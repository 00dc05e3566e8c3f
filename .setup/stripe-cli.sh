#!/bin/bash
# Stripe's own command line into var/stripe-cli, for tests/rooms/payments/test_stripe_cli.py. The version is pinned; the
# package carries the program, so no script of it runs.
set -euo pipefail
cd "$(dirname "$0")/.."
version=1.52.0
into=var/stripe-cli
if [[ "$(cat "$into/version" 2>/dev/null)" != "$version" ]]; then
    mkdir -p "$into"
    npm install --prefix "$into" --no-save --no-package-lock --no-audit --no-fund --ignore-scripts --silent \
        "@stripe/cli@$version" </dev/null
    echo "$version" >"$into/version"
fi
