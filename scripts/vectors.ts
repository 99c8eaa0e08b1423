// node scripts/run.mjs vectors: makes the kept vectors of tests/vectors anew, by the same code that wallets and agencies use.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatEvidence } from '@fujie/shared/core/presentation/evidence.ts'
import { formatPresentationFile } from '@fujie/shared/core/presentation/presentation.ts'
import { formatPolicy } from '@fujie/shared/core/trust/policy.ts'
import { World } from '../tests/fixtures/world.ts'
import { alterToken } from './workbench/alter.ts'

const folder = join(import.meta.dirname, '../tests/vectors/first-check')

/** One guest at one counter at one time, and what is the matter with four more. */
async function makeFirstCheck(): Promise<void> {
  const world = await World.make()
  const guest = formatPresentationFile(await world.present(await world.issue()))
  mkdirSync(folder, { recursive: true })
  keep('guest', guest)
  keep('altered', alterOneDigit(guest))
  keep('unbound', formatPresentationFile(await world.present(await world.issue(), { bound: false })))
  keep('policy', formatPolicy(world.policy()))
  keep('evidence', formatEvidence(world.evidence()))
  keep('evidence-without-status', formatEvidence(world.evidence({ status_token: null })))
  keep('cases', {
    at: World.start,
    cases: [
      { presentation: 'guest', evidence: 'evidence', outcome: 'accepted', codes: [] },
      { presentation: 'altered', evidence: 'evidence', outcome: 'rejected', codes: ['disclosure.unreferenced'] },
      { presentation: 'unbound', evidence: 'evidence', outcome: 'rejected', codes: ['key_binding.missing'] },
      {
        presentation: 'guest',
        evidence: 'evidence-without-status',
        outcome: 'undecided',
        codes: ['credential.status_unknown'],
      },
    ],
  })
}

/** One digit of what is shown. */
function alterOneDigit(file: object): object {
  const { vp_token: shown, ...rest } = file as { readonly vp_token: Readonly<Record<string, readonly string[]>> }
  const altered = Object.entries(shown).map(([id, tokens]) => [id, tokens.map(alterToken)])
  return { ...rest, vp_token: Object.fromEntries(altered) as object }
}

function keep(name: string, value: object): void {
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(value, null, 2)}\n`)
}

await makeFirstCheck()
