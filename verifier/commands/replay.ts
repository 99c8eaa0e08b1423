import * as z from 'zod/mini'
import { command } from '@fujie/shared/cli/command.ts'
import { exit } from '@fujie/shared/cli/exit.ts'
import type { Print } from '@fujie/shared/cli/print.ts'
import { openJwe } from '@fujie/shared/core/crypto/jwe.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import {
  parseEvidenceBundle,
  parseSealed,
  type EvidenceBundle,
} from '@fujie/shared/core/presentation/evidence-bundle.ts'
import { replayBundle, type Difference, type Replay } from '@fujie/shared/core/presentation/replay.ts'
import { isFindingCode } from '@fujie/shared/core/verdict.ts'
import { say, sayFinding } from '@fujie/shared/ui/messages.ts'
import { parseInstant, readAgreementKey, readText } from './files.ts'

/** Reaches the verdict of an evidence bundle again, out of the bundle alone, or names what is otherwise. */
export const replay = command({
  name: 'replay FILE',
  words: {
    'zh-CN': '凭证据包重新得出结论（不联网）：相同，或指出第一处不同',
    en: 'Reaches the verdict of an evidence bundle again, offline: the same, or the first difference',
  },
  schema: z.strictObject({ file: z.string(), at: z.optional(z.string()), key: z.optional(z.string()) }),
  async run({ file, at, key }, print) {
    const read = parseEvidenceBundle((await readText(file)).trim())
    const disclosures = await openSealed(read.bundle, key)
    const replayed = await replayBundle(read, {
      ...(at === undefined ? {} : { at: parseInstant(at) }),
      ...(disclosures === undefined ? {} : { disclosures }),
    })
    print.result(viewOf(read.bundle, replayed, disclosures !== undefined), () => linesOf(read.bundle, replayed, print))
    return replayed.difference === undefined ? exit.done : exit.refused
  },
})

/** What is sealed to an auditor is part of the evidence: without the key this bundle is not looked at. */
async function openSealed({ sealed }: EvidenceBundle, keyFile: string | undefined) {
  if (sealed === undefined) return undefined
  if (keyFile === undefined) throw new Fault('evidence.sealed')
  const content = await openJwe(sealed, await readAgreementKey(keyFile), { maxBytes: limits.answerBody })
  if (content === undefined) throw new Fault('evidence.sealed', { reason: 'another key' })
  return parseSealed(content)
}

function viewOf({ policy, verdict }: EvidenceBundle, replayed: Replay, isFull: boolean) {
  return {
    same: replayed.difference === undefined,
    form: isFull ? 'full' : 'redacted',
    ...{ at: replayed.at, stated: verdict.outcome, outcome: replayed.verdict.outcome },
    findings: replayed.verdict.findings,
    carried: replayed.carried,
    policy: { id: policy.id, sha256: policy.sha256 },
    ...(replayed.signer === undefined ? {} : { signer: replayed.signer }),
    ...(replayed.difference === undefined ? {} : { difference: replayed.difference }),
  }
}

function linesOf({ policy }: EvidenceBundle, replayed: Replay, { language }: Print): readonly string[] {
  const { difference, verdict, carried, at, signer } = replayed
  const head =
    difference === undefined
      ? say(language, 'cli.replay.same', { outcome: verdict.outcome })
      : say(language, 'cli.replay.differs', wordsOf(difference))
  const because = [difference?.stated, difference?.found].filter(isFindingCode)
  return [
    head,
    ...because.map((code) => `  ${code}  ${sayFinding(language, code)}`),
    say(language, 'cli.replay.basis', { time: new Date(at * 1_000).toISOString(), policy: policy.sha256 }),
    say(language, 'cli.replay.signer', { signer: signer ?? '-' }),
    ...carried.map(({ code, at: where }) => say(language, 'cli.replay.carried', { at: where, code })),
  ]
}

function wordsOf({ at, stated = '-', found = '-' }: Difference) {
  return { at, stated, found }
}
