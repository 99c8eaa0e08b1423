// node scripts/run.mjs vectors FOLDER…: makes kept vectors of tests/vectors anew, by the same code that wallets, agencies
// and verifiers use. What is kept is not made anew without need: that it still holds is what it is kept for.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { jwkMembers } from '@fujie/shared/core/crypto/key.ts'
import { formatEvidence, type Evidence } from '@fujie/shared/core/presentation/evidence.ts'
import { judgePresentation } from '@fujie/shared/core/presentation/judge.ts'
import { formatPresentationFile } from '@fujie/shared/core/presentation/presentation.ts'
import { redactCredential } from '@fujie/shared/core/presentation/redact.ts'
import { formatPolicy } from '@fujie/shared/core/trust/policy.ts'
import { signEvidence } from '@fujie/shared/ports/sign-evidence.ts'
import { privateKey } from '../tests/fixtures/party.ts'
import { World } from '../tests/fixtures/world.ts'
import { alterToken } from './workbench/alter.ts'

type Keep = (name: string, value: object) => void

/** One guest at one counter at one time, and what is the matter with four more. */
async function makeFirstCheck(keep: Keep): Promise<void> {
  const world = await World.make()
  const guest = formatPresentationFile(await world.present(await world.issue()))
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

/** One check with all it takes to keep its verdict as an evidence bundle, and that bundle. The keys are public on purpose. */
async function makeEvidenceBundle(keep: Keep, folder: string): Promise<void> {
  const world = await World.make()
  const { now, verifier } = world
  const presentation = await world.present(await world.issue())
  const state = { kind: 'did_state', name: verifier.did, fetchedAt: now } as const
  const own = { ...state, bytes: world.log.proofBytes('did', verifier.did) }
  const evidence: Evidence = { items: [...world.evidence().items, own] }
  const policy = world.policy()
  const { outcome, findings } = await judgePresentation(presentation, evidence, policy, now)
  const { request, credentials } = presentation
  const occasion = { request, presented: credentials.map(redactCredential), evidence, policy, policyId: 'policy.json' }
  const signing = { signer: verifier.signer(), header: { kid: verifier.kid() }, now }
  keep('guest', formatPresentationFile(presentation))
  keep('evidence', formatEvidence(evidence))
  keep('policy', formatPolicy(policy))
  keep('hotel-key', { ...privateKey('hotel/k1'), kid: verifier.kid() })
  keep('auditor', jwkMembers(privateKey('auditor')))
  keep('auditor-key', privateKey('auditor'))
  const bundle = await signEvidence({ ...occasion, at: now, verdict: { outcome, findings } }, signing)
  writeFileSync(join(folder, 'accepted.jwt'), `${bundle}\n`)
}

const makers: Readonly<Record<string, (keep: Keep, folder: string) => Promise<void>>> = {
  'first-check': makeFirstCheck,
  'evidence-bundle': makeEvidenceBundle,
}

for (const name of process.argv.slice(2)) {
  const make = makers[name]
  if (make === undefined) throw new Error(`No vectors are called ${name}; there are ${Object.keys(makers).join(', ')}.`)
  const folder = join(import.meta.dirname, '../tests/vectors', name)
  mkdirSync(folder, { recursive: true })
  await make((file, value) => {
    writeFileSync(join(folder, `${file}.json`), `${JSON.stringify(value, null, 2)}\n`)
  }, folder)
}
