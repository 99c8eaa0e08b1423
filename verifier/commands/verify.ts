import * as z from 'zod/mini'
import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import { systemRandom } from '@fujie/shared/adapters/random-system.ts'
import { command } from '@fujie/shared/cli/command.ts'
import { exitOf } from '@fujie/shared/cli/exit.ts'
import type { Print } from '@fujie/shared/cli/print.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import type { Evidence } from '@fujie/shared/core/presentation/evidence.ts'
import { judgePresentation } from '@fujie/shared/core/presentation/judge.ts'
import { parsePresentationFile, type Presentation } from '@fujie/shared/core/presentation/presentation.ts'
import { redactCredential } from '@fujie/shared/core/presentation/redact.ts'
import { parsePolicy, weightsOf, type Policy } from '@fujie/shared/core/trust/policy.ts'
import { weigh, type Verdict, type Weight } from '@fujie/shared/core/verdict.ts'
import { signEvidence } from '@fujie/shared/ports/sign-evidence.ts'
import { sayFinding } from '@fujie/shared/ui/messages.ts'
import { createEncrypter } from '@fujie/shared/web/encrypter.ts'
import { evidenceIn, gatherMissing, openEvidence } from './evidence-source.ts'
import { judgeForeign, withFindings } from './foreign.ts'
import { parseInstant, readNamedSigner, readPublicKey, readText, writeText, type NamedSigner } from './files.ts'

/**
 * Judges a presentation out of files and a time: no network unless it is to gather, no clock unless no time is given,
 * so that whoever has the files reaches the same verdict. With a key it keeps the verdict as an evidence bundle.
 */
export const verify = command({
  name: 'verify FILE',
  words: {
    'zh-CN': '凭证据与策略判断一次出示（默认不联网），列出全部发现；可写出证据包',
    en: 'Judges a presentation by evidence and policy, offline unless told to gather, with all findings; may keep a bundle',
  },
  schema: z.strictObject({
    file: z.string(),
    evidence: z.string(),
    policy: z.string(),
    at: z.optional(z.string()),
    gather: z.optional(z.string()),
    insecureLoopback: z.optional(z.boolean()),
    bundle: z.optional(z.string()),
    key: z.optional(z.string()),
    auditor: z.optional(z.string()),
  }),
  async run(input, print) {
    const presentation = parsePresentationFile(await readText(input.file))
    const policy = parsePolicy(await readText(input.policy))
    const at = input.at === undefined ? undefined : parseInstant(input.at)
    const signer = await signerFor(input)
    const source = await openEvidence(input.evidence, input.gather !== undefined)
    if (input.gather !== undefined) {
      const insecureLoopback = input.insecureLoopback === true
      const terms = { registry: input.gather, insecureLoopback, did: didOf(signer) }
      await gatherMissing(source, presentation, policy, terms, systemClock.now())
    }
    const evidence = await evidenceIn(source)
    const now = at ?? systemClock.now()
    const verdict = await judgePresentation(presentation, evidence, policy, now)
    if (input.bundle !== undefined && signer !== undefined) {
      const judged: JudgedFiles = { presentation, evidence, policy, now, verdict }
      await writeText(input.bundle, await bundleOf(judged, signer, input))
    }
    // A bundle holds the judge's verdict alone, so that whoever replays it can reach the same.
    const told = withFindings(verdict, await judgeForeign(presentation, evidence, policy, now), policy)
    const view = viewOf(told, presentation, policy, now)
    print.result(view, () => linesOf(view, print))
    return exitOf(told.outcome)
  },
})

interface BundleOptions {
  readonly policy: string
  readonly bundle?: string | undefined
  readonly key?: string | undefined
  readonly auditor?: string | undefined
}

/** A bundle is the verifier's word: it is asked for together with the key that gives it. */
async function signerFor({ bundle, key, auditor }: BundleOptions): Promise<NamedSigner | undefined> {
  if ((bundle === undefined) !== (key === undefined) || (auditor !== undefined && bundle === undefined))
    throw new Fault('request.malformed', { argument: bundle === undefined ? 'bundle' : 'key' })
  return key === undefined ? undefined : readNamedSigner(key)
}

function didOf(signer: NamedSigner | undefined): string | undefined {
  const kid = signer?.header.kid
  return typeof kid === 'string' ? kid.split('#')[0] : undefined
}

interface JudgedFiles {
  readonly presentation: Presentation
  readonly evidence: Evidence
  readonly policy: Policy
  readonly now: Instant
  readonly verdict: Verdict<unknown>
}

/** Signed at the instant of the verdict, which is the one whose evidence it holds. */
async function bundleOf(
  { presentation, evidence, policy, now, verdict }: JudgedFiles,
  signer: NamedSigner,
  options: BundleOptions,
): Promise<string> {
  const { outcome, findings } = verdict
  const occasion = {
    ...{
      request: presentation.request,
      seconds: presentation.seconds ?? [],
      evidence,
      policy,
      at: now,
      policyId: options.policy.split(/[/\\]/).at(-1) ?? '',
    },
    presented: presentation.credentials.map(redactCredential),
    verdict: { outcome, findings },
  }
  if (options.auditor === undefined) return signEvidence(occasion, { ...signer, now })
  const key = await readPublicKey(options.auditor)
  return signEvidence(occasion, { ...signer, now, auditor: { key, encrypter: createEncrypter(systemRandom) } })
}

function viewOf(verdict: Verdict<unknown>, { credentials }: Presentation, policy: Policy, now: Instant) {
  const weights = weightsOf(policy)
  const { outcome, findings } = verdict
  return {
    outcome,
    at: now,
    findings: findings.map(({ code, at }) => ({ code, at, weight: weigh(code, weights) })),
    // Of one that is not accepted nobody may rely on what it says.
    ...(outcome === 'accepted'
      ? { credentials: credentials.map(({ queryId, credential }) => ({ query: queryId, claims: credential.claims })) }
      : {}),
  }
}

const marks: Readonly<Record<Weight, string>> = { no: '✖', unknown: '?', check: '◐', note: 'i' }

function linesOf({ outcome, findings }: ReturnType<typeof viewOf>, { language }: Print): readonly string[] {
  const told = findings.map(({ code, at, weight }) => `${marks[weight]} ${at}  ${code}  ${sayFinding(language, code)}`)
  return [outcome, ...told]
}
