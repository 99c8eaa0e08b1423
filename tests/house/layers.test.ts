import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PlantedHouse, root } from './planted.ts'

const aim = 'export const aim = 1\n'

/** What the planted imports point at. */
const targets: Record<string, string> = {
  'shared/core/aim.ts': aim,
  'shared/ports/aim.ts': aim,
  'shared/evidence/aim.ts': aim,
  'shared/adapters/aim.ts': aim,
  'shared/web/aim.ts': aim,
  'shared/server/aim.ts': aim,
  'shared/ui/aim.ts': aim,
  'shared/ui/messages.ts': aim,
  'wallet/engine/aim.ts': aim,
  'wallet/engine/contract.ts': aim,
  'wallet/engine/ports.ts': aim,
  'wallet/transport/aim.ts': aim,
  'issuer/desk/aim.ts': aim,
  'issuer/desk/ports.ts': aim,
  'issuer/contract.ts': aim,
  'verifier/desk/aim.ts': aim,
  'verifier/main.ts': aim,
  'registry/log/aim.ts': aim,
  'registry/log/ports.ts': aim,
  'scripts/aim.ts': aim,
}

/** A file, what it must not import, and the rule that has to say so. */
const wrong: readonly (readonly [file: string, imported: string, rule: string])[] = [
  ['shared/core/a.ts', '../ports/aim.ts', 'layer shared/core'],
  ['shared/core/b.ts', '@fujie/wallet/engine/aim.ts', 'layer shared/core'],
  ['shared/core/c.ts', '../../scripts/aim.ts', 'layer shared/core'],
  ['shared/ports/a.ts', '../evidence/aim.ts', 'layer shared/ports'],
  ['shared/evidence/a.ts', '../adapters/aim.ts', 'layer shared/evidence'],
  ['shared/adapters/a.ts', '../server/aim.ts', 'layer shared/adapters'],
  ['shared/web/a.ts', '../evidence/aim.ts', 'layer shared/web'],
  ['shared/server/a.ts', '../adapters/aim.ts', 'layer shared/server'],
  ['shared/ui/a.ts', '../web/aim.ts', 'layer shared/ui'],
  ['shared/cli/a.ts', '@fujie/wallet/engine/aim.ts', 'layer shared/cli'],
  ['wallet/engine/a.ts', '@fujie/shared/web/aim.ts', 'layer wallet/engine'],
  ['wallet/engine/b.ts', '@fujie/issuer/contract.ts', 'layer wallet/engine'],
  ['wallet/transport/a.ts', '../engine/aim.ts', 'layer wallet/transport'],
  ['wallet/screens/A.svelte', '../engine/aim.ts', 'layer wallet/screens'],
  ['wallet/web/a.ts', '@fujie/shared/adapters/aim.ts', 'layer wallet/web'],
  ['issuer/desk/a.ts', '@fujie/registry/log/aim.ts', 'layer issuer/(catalogue|desk)'],
  ['issuer/routes/a.ts', '@fujie/shared/adapters/aim.ts', 'layer issuer/routes'],
  ['issuer/screens/A.svelte', '../desk/aim.ts', 'layer issuer/screens'],
  ['issuer/adapters/a.ts', '../desk/aim.ts', 'layer issuer/adapters'],
  ['verifier/desk/a.ts', '../main.ts', 'layer verifier/(desk|sign-in)'],
  ['verifier/page/a.ts', '../desk/aim.ts', 'layer verifier/page'],
  ['registry/log/a.ts', '@fujie/shared/server/aim.ts', 'layer registry/(log|lists)'],
  ['registry/main.ts', '@fujie/verifier/desk/aim.ts', 'layer registry/(main|config|commands)'],
  ['registry/witness/a.ts', '../log/aim.ts', 'layer registry/(signer|witness|auditor|monitor)'],
  ['issuer/elsewhere/a.ts', '@fujie/shared/core/aim.ts', 'row'],
  ['shared/core/d.ts', 'node:fs', 'node where rules or pages run'],
  ['registry/lists/a.ts', 'node:path', 'node where rules or pages run'],
  ['wallet/screens/b.ts', 'node:os', 'node where rules or pages run'],
  ['shared/server/b.ts', 'node:crypto', 'home (node:)?(crypto|zlib)'],
  ['registry/routes/a.ts', 'node:sqlite', 'home node:sqlite'],
  ...(['node:http', 'https', 'node:http2', 'node:net', 'node:tls', 'node:dns/promises', 'node:dgram'] as const).map(
    (door, i) => [`issuer/routes/door${i}.ts`, door, 'home (node:)?(https?|http2|net|tls|dns|dgram)'] as const,
  ),
  ['verifier/adapters/a.ts', 'fastify', 'home fastify'],
  ['wallet/cli/a.ts', 'electron', 'home electron'],
  ['wallet/screens/c.ts', '@zxing/library', 'home @zxing'],
  ['verifier/routes/a.ts', 'svelte', 'home svelte'],
  ['wallet/cli/b.ts', 'playwright', 'dev package in the product'],
  ['shared/core/e.ts', './gone.ts', 'unresolved'],
  ['wallet/engine/c.ts', 'acorn', 'undeclared'],
  ['scripts/b.ts', 'acorn', 'undeclared anywhere'],
]

/** The nearest thing that is allowed, so that the rules above are not caught by refusing everything. */
const right: readonly (readonly [file: string, imported: string])[] = [
  ['shared/core/r.ts', './aim.ts'],
  ['shared/ports/r.ts', '../core/aim.ts'],
  ['shared/evidence/r.ts', '../ports/aim.ts'],
  ['shared/adapters/r.ts', '../ports/aim.ts'],
  ['shared/adapters/s.ts', 'node:sqlite'],
  ['shared/server/r.ts', 'fastify'],
  ['shared/cli/r.ts', '../ui/messages.ts'],
  ['shared/ui/scan/r.ts', '@zxing/library'],
  ['wallet/engine/r.ts', '@fujie/shared/evidence/aim.ts'],
  ['wallet/transport/r.ts', '../engine/contract.ts'],
  ['wallet/screens/R.svelte', '../engine/contract.ts'],
  ['wallet/web/r.ts', '../transport/aim.ts'],
  ['issuer/adapters/r.ts', '../desk/ports.ts'],
  ['issuer/routes/r.ts', '../desk/aim.ts'],
  ['issuer/screens/r.ts', '../contract.ts'],
  ['registry/config.ts', './log/aim.ts'],
  ['scripts/r.ts', '@fujie/verifier/main.ts'],
  ['scripts/s.ts', 'jose'],
]

const imports = (file: string, imported: string) => {
  const text = `import '${imported}'\n`
  return file.endsWith('.svelte') ? `<script lang="ts">\n${text}</script>\n` : text
}

interface Violation {
  readonly from: string
  readonly rule: { readonly name: string }
}

describe('the layers', () => {
  let house: PlantedHouse
  let violations: readonly Violation[]

  beforeAll(() => {
    const planted = [...wrong, ...right].map(([file, imported]) => [file, imports(file, imported)])
    const cycle = { 'shared/core/round.ts': "import './trip.ts'\n", 'shared/core/trip.ts': "import './round.ts'\n" }
    house = new PlantedHouse({ ...targets, ...Object.fromEntries(planted), ...cycle })
    violations = cruise(house.folder)
  })
  afterAll(() => house.remove())

  const rulesBrokenBy = (file: string) =>
    violations.filter((violation) => violation.from === file).map((violation) => violation.rule.name)

  it.each(wrong)('it refuses that %s imports %s', (file, _imported, rule) => {
    expect(rulesBrokenBy(file)).toContain(rule)
  })

  it.each(right)('it accepts that %s imports %s', (file) => {
    expect(rulesBrokenBy(file)).toEqual([])
  })

  it('refuses a cycle', () => {
    expect(rulesBrokenBy('shared/core/round.ts')).toContain('cycle')
  })

  it('plants at least twenty-five', () => {
    expect(wrong.length).toBeGreaterThanOrEqual(25)
  })
})

describe('the repository', () => {
  it('keeps a row for every folder that holds code', () => {
    const tracked = execFileSync('git', ['ls-files', '--', '*.ts', '*.svelte'], { cwd: root, encoding: 'utf8' })
    const folders = new Set(tracked.split('\n').map((file) => file.split('/')[0]))
    const known = ['shared', 'wallet', 'verifier', 'registry', 'issuer', 'scripts', 'tests', 'bench']
    const strange = [...folders].filter((name) => name !== '' && !name?.endsWith('.ts') && !known.includes(name ?? ''))
    expect(strange).toEqual([])
  })
})

function cruise(folder: string): readonly Violation[] {
  const command = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
  const folders = ['shared', 'wallet', 'verifier', 'registry', 'issuer', 'scripts']
  const ran = spawnSync(process.execPath, [command, '--output-type', 'json', ...folders], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  if (ran.stdout === '') throw new Error(ran.stderr)
  const report = JSON.parse(ran.stdout) as { summary: { violations: readonly Violation[] } }
  return report.summary.violations
}
