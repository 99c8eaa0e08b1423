#!/usr/bin/env bash
# Every night: the gate, then the tests that take too long for a commit. Nothing may be missing.
set -euo pipefail
cd "$(dirname "$0")/.."

export FUJIE_REQUIRE="${FUJIE_REQUIRE:-chromium,cjk,strace}"
export CI="${CI:-true}"

npm run check
npm run test:nightly
