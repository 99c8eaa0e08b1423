import { utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault, faultCode, type FaultCode } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { verifyHead, type LogTrust } from '@fujie/shared/core/log/bundle.ts'
import { parseCheckpoint, type Head } from '@fujie/shared/core/log/checkpoint.ts'
import { parseNote } from '@fujie/shared/core/log/note.ts'
import { equalHash } from '@fujie/shared/core/log/tree.ts'
import { continues } from '@fujie/shared/evidence/follow-log.ts'
import type { LogReader } from '@fujie/shared/ports/log-reader.ts'
import type { MonitorStore, SeenHead } from './store.ts'

/** Where somebody's own copy of the newest checkpoint is had. */
export interface Copy {
  readonly name: string
  read(): Promise<string | undefined>
}

export interface LookPorts {
  readonly reader: LogReader
  /** Of the witnesses and auditors. */
  readonly copies: readonly Copy[]
  /** The newest head on the ledger. */
  readonly anchored: () => Promise<Head | undefined>
  readonly store: MonitorStore
}

/** What one look at the log, its witnesses and its ledger came to. */
export interface Look {
  /** When the quorum last stood for the published head; absent if it does not. */
  readonly stoodAt?: Instant
  readonly size?: number
  /** What could not be read, or is not as it should be, by where it was asked. */
  readonly troubles: ReadonlyMap<string, FaultCode>
}

/** Compares what the log shows with what witnesses and ledger have, and with all that was seen before. */
export async function look(ports: LookPorts, trust: LogTrust): Promise<Look> {
  const troubles = new Map<string, FaultCode>()
  const attempt = <T>(where: string, work: () => Promise<T>): Promise<T | undefined> =>
    work().catch((thrown: unknown) => {
      troubles.set(where, faultCode(thrown))
      return undefined
    })

  // Copies first: what they have may not be newer than what is published afterwards.
  const copies = await Promise.all(ports.copies.map((copy) => attempt(copy.name, () => readCopy(copy, trust))))
  const anchored = await attempt('ledger', ports.anchored)
  const published = await attempt('registry', () => readPublished(ports, trust))
  if (published === undefined) return { troubles }

  const { head, stoodAt } = published
  await attempt('registry', () => judgeGrowth(ports, head))
  for (const [i, seen] of copies.entries()) {
    if (seen !== undefined) await attempt((ports.copies[i] as Copy).name, () => compare(ports, head, seen))
  }
  if (anchored !== undefined) await attempt('ledger', () => compareAnchor(ports, head, anchored))
  if (stoodAt === undefined) troubles.set('quorum', 'log.witness_short')
  return { size: head.size, troubles, ...(stoodAt !== undefined && { stoodAt }) }
}

async function readPublished({ reader }: LookPorts, trust: LogTrust) {
  const note = utf8Text(await reader.checkpoint()) ?? ''
  const { head, stand } = await readHead(note, trust)
  return stand.short || stand.time === undefined ? { head } : { head, stoodAt: stand.time }
}

async function readCopy(copy: Copy, trust: LogTrust): Promise<SeenHead | undefined> {
  const note = await copy.read()
  return note === undefined ? undefined : (await readHead(note, trust)).head
}

/** @throws Fault `checkpoint.malformed` for what the log itself has not signed: it accuses nobody */
async function readHead(note: string, trust: LogTrust) {
  const { text, signatures } = parseNote(note)
  const { origin, size, root } = parseCheckpoint(text)
  const stand = await verifyHead({ size, signatures, note }, trust, { size, root })
  if (origin !== trust.origin || stand === undefined) throw new Fault('checkpoint.malformed', { at: 'signature' })
  return { head: { size, root, note }, stand }
}

/** The published head goes on from the largest that was published before. */
async function judgeGrowth(ports: LookPorts, head: SeenHead): Promise<void> {
  const before = ports.store.largest()
  judgeSize(ports, head)
  if (before === undefined) return
  if (before.size > head.size) throw new Fault('registry.behind', { size: head.size })
  await demandGrowth(ports, before, head)
}

/** A witness stands for a head that is in the published log, or will be at the next look. */
async function compare(ports: LookPorts, head: SeenHead, seen: SeenHead): Promise<void> {
  judgeSize(ports, seen)
  if (seen.size > head.size) throw new Fault('registry.behind', { size: head.size })
  await demandGrowth(ports, seen, head)
}

async function compareAnchor(ports: LookPorts, head: SeenHead, anchored: Head): Promise<void> {
  if (anchored.size > head.size) throw new Fault('registry.behind', { size: head.size })
  if (!(await continues(ports.reader, anchored, head))) accuse(ports, [head])
}

/** Two roots of one size, both signed by the log: that needs no further proof. */
function judgeSize(ports: LookPorts, head: SeenHead): void {
  const other = ports.store.conflicting(head)
  if (other !== undefined) accuse(ports, [other, head])
}

async function demandGrowth(ports: LookPorts, old: SeenHead, head: SeenHead): Promise<void> {
  const same = old.size === head.size && equalHash(old.root, head.root)
  if (!same && !(await continues(ports.reader, old, head))) accuse(ports, [old, head])
}

function accuse({ store }: LookPorts, notes: readonly SeenHead[]): never {
  store.accuse('log.fork', notes)
  throw new Fault('log.fork')
}
