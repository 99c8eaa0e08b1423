import { appendFile, open, truncate } from 'node:fs/promises'
import { dirname } from 'node:path'
import { encodeBase64url, decodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8, utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { parseJsonObject } from '@fujie/shared/core/encoding/json.ts'
import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { Fault, within } from '@fujie/shared/core/fault.ts'
import { parseCheckpoint } from '@fujie/shared/core/log/checkpoint.ts'
import { parseNote } from '@fujie/shared/core/log/note.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { Anchor, Ledger } from '../log/ports.ts'
import { prepareFolder, readIfThere, syncFolder } from './folder.ts'

/** One line of the file; `prev` is the hash of the line before. */
interface Line {
  readonly n: number
  readonly log: string
  readonly size: number
  readonly root: string
  readonly time: number
  readonly prev: string
}

const start = encodeBase64url(new Uint8Array(32))

/**
 * A ledger that is a file of hash-chained lines beside the log: shown as "no outside ledger", since its keeper is ours.
 *
 * @throws Fault `log.damaged` where the chain is broken
 */
export async function ledgerInFile(path: string, log: () => string, clock: Clock): Promise<Ledger> {
  await prepareFolder(dirname(path))
  const { whole, isCut } = await readWhole(path)
  if (isCut) await truncate(path, whole.length)
  const lines = readChain(whole)

  async function append(size: number, root: string): Promise<Anchor> {
    const last = lines.at(-1)
    if (last !== undefined && size <= last.size) return anchorOf(last)
    const line: Line = { n: lines.length, log: log(), size, root, time: clock.now(), prev: last ? hashOf(last) : start }
    // With its own hash, that nothing but a later line would tell.
    await appendFile(path, `${JSON.stringify({ ...line, own: hashOf(line) })}\n`)
    const file = await open(path, 'r+')
    await file.sync().finally(() => file.close())
    await syncFolder(dirname(path))
    lines.push(line)
    return anchorOf(line)
  }

  return {
    id: 'file',
    anchor(checkpoint) {
      const { size, root } = parseCheckpoint(parseNote(checkpoint).text)
      return append(size, encodeBase64url(root))
    },
    latestAnchor() {
      const last = lines.at(-1)
      return Promise.resolve(last && anchorOf(last))
    },

    async *anchors(_origin, after) {
      for (const line of lines.filter(({ size }) => size > after)) yield anchorOf(line)
    },
    async *forcedRecords() {
      // Nobody but the registry writes here.
    },
  }
}

/**
 * The anchors of a ledger file.
 *
 * @throws Fault `log.damaged` where the chain is broken
 */
export async function readLedger(path: string): Promise<readonly Anchor[]> {
  return readChain((await readWhole(path)).whole).map(anchorOf)
}

/** A last line cut off by a crash was never acknowledged. */
async function readWhole(path: string): Promise<{ readonly whole: string; readonly isCut: boolean }> {
  const text = utf8Text((await readIfThere(path)) ?? new Uint8Array())
  if (text === undefined) throw new Fault('log.damaged', { at: 'ledger' })
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  return { whole, isCut: whole.length < text.length }
}

function anchorOf(line: Line): Anchor {
  const root = decodeBase64url(line.root)
  if (root?.length !== 32) throw new Fault('log.damaged', { at: 'ledger', n: line.n })
  return {
    ledger: 'file',
    tx: hashOf(line),
    block: line.n,
    time: line.time,
    size: line.size,
    root,
    state: 'final',
    isOwn: true,
  }
}

function hashOf(line: Line): string {
  return encodeBase64url(sha256(utf8(JSON.stringify(line))))
}

function readChain(text: string): Line[] {
  const lines: Line[] = []
  for (const each of text.split('\n').slice(0, -1)) {
    const line = lineOf(each)
    const last = lines.at(-1)
    const follows =
      line.n === lines.length && line.prev === (last ? hashOf(last) : start) && line.size > (last?.size ?? 0)
    if (!follows) throw new Fault('log.damaged', { at: 'ledger', n: line.n })
    lines.push(line)
  }
  return lines
}

function lineOf(text: string): Line {
  const { own, ...line } = within('log.damaged', () => parseJsonObject(text))
  const { n, size, time, log, root, prev } = line
  // Lines of earlier versions had no hash of their own.
  const isOwn = own === undefined || own === hashOf(line as unknown as Line)
  const isLine =
    isOwn &&
    Object.keys(line).length === 6 &&
    [n, size, time].every((value) => typeof value === 'number') &&
    [log, root, prev].every((value) => typeof value === 'string')
  if (!isLine) throw new Fault('log.damaged', { at: 'ledger' })
  return line as unknown as Line
}
