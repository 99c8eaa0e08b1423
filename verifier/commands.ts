import { readFile } from 'node:fs/promises'
import * as z from 'zod/mini'
import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import { command, type Command } from '@fujie/shared/cli/command.ts'
import { exitOf } from '@fujie/shared/cli/exit.ts'
import type { Print } from '@fujie/shared/cli/print.ts'
import { utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { isInstant, type Instant } from '@fujie/shared/core/instant.ts'
import { parseEvidence } from '@fujie/shared/core/presentation/evidence.ts'
import { judgePresentation } from '@fujie/shared/core/presentation/judge.ts'
import { parsePresentationFile, type Presentation } from '@fujie/shared/core/presentation/presentation.ts'
import { parsePolicy, weightsOf, type Policy } from '@fujie/shared/core/trust/policy.ts'
import { weigh, type Verdict, type Weight } from '@fujie/shared/core/verdict.ts'
import { sayFinding } from '@fujie/shared/ui/messages.ts'

/**
 * Judges a presentation out of three files and a time: no network, no clock unless none is given, so that whoever has
 * the files reaches the same verdict.
 */
const verify = command({
  name: 'verify FILE',
  words: {
    'zh-CN': '凭证据与策略判断一次出示（不联网），列出全部发现',
    en: 'Judges a presentation by files of evidence and policy, offline, with all findings',
  },
  schema: z.strictObject({ file: z.string(), evidence: z.string(), policy: z.string(), at: z.optional(z.string()) }),
  async run({ file, evidence, policy: policyFile, at }, print) {
    const presentation = parsePresentationFile(await readText(file))
    const policy = parsePolicy(await readText(policyFile))
    const now = at === undefined ? systemClock.now() : parseInstant(at)
    const verdict = await judgePresentation(presentation, parseEvidence(await readText(evidence)), policy, now)
    const view = viewOf(verdict, presentation, policy, now)
    print.result(view, () => linesOf(view, print))
    return exitOf(verdict.outcome)
  },
})

async function readText(file: string): Promise<string> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new Fault('not_found', { file }, { cause })
  })
  const text = utf8Text(bytes)
  if (text === undefined) throw new Fault('request.malformed', { file })
  return text
}

/** Seconds since 1970, or a date and time with its zone (RFC 3339). */
function parseInstant(text: string): Instant {
  const isDate = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})$/.test(text)
  const value = /^\d+$/.test(text) ? Number(text) : isDate ? Date.parse(text) / 1000 : Number.NaN
  if (!isInstant(value)) throw new Fault('request.malformed', { argument: 'at' })
  return value
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

export const commands: readonly Command[] = [verify]
