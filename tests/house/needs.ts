import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { findAnvil } from '../../scripts/anvil.ts'
import { findChromium } from '../../scripts/chromium.ts'
import { recordSkip } from './skips.ts'

interface Part {
  readonly present: () => boolean
  readonly cure: string
}

/** What a test may need besides the install. */
const parts = {
  anvil: { present: () => findAnvil() !== undefined, cure: 'npm ci on Linux x64, or set FUJIE_ANVIL' },
  chromium: { present: () => findChromium() !== undefined, cure: 'apt-get install chromium, or set FUJIE_CHROMIUM' },
  cjk: { present: hasCjkFont, cure: 'apt-get install fonts-noto-cjk' },
  oracles: {
    present: () => existsSync(join(import.meta.dirname, '../oracles/node_modules')),
    cure: 'npm ci in tests/oracles',
  },
  postgresql: { present: () => existsSync('/usr/lib/postgresql'), cure: 'apt-get install postgresql' },
  qrencode: { present: () => onPath('qrencode'), cure: 'apt-get install qrencode' },
  softhsm2: { present: () => onPath('softhsm2-util'), cure: 'apt-get install softhsm2 opensc' },
  strace: { present: canTrace, cure: 'apt-get install strace; the machine has to allow ptrace' },
  uml: {
    present: () => ['linux.uml', 'cc', 'mkfs.ext4', 'debugfs'].every(onPath) && canTrace(),
    cure: 'apt-get install user-mode-linux gcc libc6-dev e2fsprogs strace; the machine has to allow ptrace',
  },
  zbar: { present: () => onPath('zbarimg'), cure: 'apt-get install zbar-tools' },
} satisfies Record<string, Part>

export type Need = keyof typeof parts

/**
 * Whether a part outside the install is here: `describe.skipIf(!needs('softhsm2'))`.
 *
 * Absent, the run says so among its last lines; named in `FUJIE_REQUIRE`, absence is an error.
 */
export function needs(name: Need): boolean {
  const { present, cure } = parts[name]
  if (present()) return true
  const required = (process.env.FUJIE_REQUIRE ?? '').split(',')
  if (required.includes(name) || required.includes('all')) throw new Error(`${name} is required and absent: ${cure}`)
  recordSkip({ kind: 'needs', name, cure })
  return false
}

function onPath(command: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, command)))
}

function canTrace(): boolean {
  return spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0
}

function hasCjkFont(): boolean {
  const folder = '/usr/share/fonts/opentype/noto'
  return existsSync(folder) && readdirSync(folder).some((file) => file.includes('CJK'))
}
