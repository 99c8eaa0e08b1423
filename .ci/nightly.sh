#!/usr/bin/env bash
# Every night: the gate, then the tests that take too long for a commit. Nothing may be missing.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! { command -v strace && command -v linux.uml; } >/dev/null; then
  echo 'Installing strace, user-mode-linux, gcc and e2fsprogs'
  apt-get update -q && apt-get install -qy --no-install-recommends strace user-mode-linux gcc libc6-dev e2fsprogs ||
    echo 'apt-get failed; going on with what is here'
fi

export FUJIE_REQUIRE="${FUJIE_REQUIRE:-chromium,cjk,strace,uml}"
export CI="${CI:-true}"

npm run check
npm run test:nightly
