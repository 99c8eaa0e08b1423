// A process that opens a log and commits batches to it, until it is told to stop or is no more. Says on its output, a
// line each, what it knows: {"open":{size,root}} once it stands, {"ack":[n,id,index],"head":{size,root}} for each
// operation that is acknowledged, {"halt":code} if it gives up.
import { writeSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import type { Head } from '@fujie/shared/core/log/checkpoint.ts'
import { openRealLog, recordOf, type RealLog, type Weakness } from './real-log.ts'

export interface Orders {
  readonly folder: string
  /** Numbers of the names to create: first those nobody acknowledged in a life before. */
  readonly names: readonly number[]
  /** So many go into one batch. */
  readonly perBatch: number
  readonly weak?: Weakness
}

export interface Line {
  readonly open?: SaidHead
  readonly ack?: readonly [n: number, id: string, index: number]
  readonly head?: SaidHead
  readonly halt?: string
}

export interface SaidHead {
  readonly size: number
  readonly root: string
}

const orders = JSON.parse(process.argv[2] ?? '{}') as Orders

function say(line: Line): void {
  writeSync(1, `${JSON.stringify(line)}\n`)
}

function said({ size, root }: Head): SaidHead {
  return { size, root: encodeBase64url(root) }
}

async function commit({ sequencer }: RealLog, names: readonly number[]): Promise<void> {
  const records = await Promise.all(names.map((n) => recordOf(sequencer.log, n)))
  const answers = records.map(async (record, i) => {
    const n = names[i] as number
    const answer = sequencer.submit(record)
    if (orders.weak === 'early') say({ ack: [n, record.id, sequencer.entries.size + i] })
    const { index } = await answer
    if (orders.weak !== 'early') say({ ack: [n, record.id, index], head: said(sequencer.snapshot.head) })
  })
  await sequencer.sealBatch()
  await Promise.all(answers)
}

function giveUp(code: string): never {
  say({ halt: code })
  process.exit(70)
}

/** The control of whoever must hear that a sync failed. */
async function deafen(): Promise<void> {
  const file = await open(orders.folder, 'r')
  const handles = Object.getPrototypeOf(file) as { sync(this: FileHandle): Promise<void> }
  const { sync } = handles
  handles.sync = function (this: FileHandle) {
    return sync.call(this).catch(() => undefined)
  }
  await file.close()
}

try {
  if (orders.weak === 'deaf') await deafen()
  const log = await openRealLog(orders.folder, (fault) => giveUp(fault.code), orders.weak)
  say({ open: said(log.sequencer.snapshot.head) })
  for (let i = 0; i < orders.names.length; i += orders.perBatch)
    await commit(log, orders.names.slice(i, i + orders.perBatch))
  await log.close()
} catch (error) {
  giveUp(error instanceof Error && 'code' in error ? String(error.code) : String(error))
}
