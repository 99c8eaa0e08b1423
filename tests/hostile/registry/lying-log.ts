import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Hash } from '@fujie/shared/core/crypto/hash.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { formatAddCheckpoint } from '@fujie/shared/core/log/add-checkpoint.ts'
import type { ProofBundle } from '@fujie/shared/core/log/bundle.ts'
import { formatCheckpoint, type Head } from '@fujie/shared/core/log/checkpoint.ts'
import { makeConsistency } from '@fujie/shared/core/log/consistency.ts'
import { makeInclusion } from '@fujie/shared/core/log/inclusion.ts'
import { emptyMap, insertIntoMap, lookUpInMap, mapRoot, type LogMap } from '@fujie/shared/core/log/map.ts'
import {
  formatNote,
  noteTypes,
  parseNote,
  parseSignatureLines,
  type NoteSignature,
} from '@fujie/shared/core/log/note.ts'
import { sealEntry, type Seal } from '@fujie/shared/core/log/seal.ts'
import { mapKey, stateHash } from '@fujie/shared/core/log/state.ts'
import {
  formatEntryBundle,
  formatHashTile,
  hashesAt,
  parseTilePath,
  tileWidth,
  type TileName,
} from '@fujie/shared/core/log/tile.ts'
import { hashLeaf, LogTree } from '@fujie/shared/core/log/tree.ts'
import { nameOfRecord } from '@fujie/shared/core/record/name.ts'
import type { Namespace, SignedRecord } from '@fujie/shared/core/record/record.ts'
import type { RecordState } from '@fujie/shared/core/record/history.ts'
import { signNote } from '@fujie/shared/ports/sign-note.ts'
import { logKey, origin } from '../../fixtures/witnessed.ts'

/** How a batch is made otherwise than it should be. */
export interface Lie {
  readonly mapRoot?: Hash
  readonly time?: Instant
}

/** One that cosigns, by where it is asked. */
export interface Cosigner {
  readonly url: string
}

/** A log with its own key and none of its rules: it takes whatever it is given, and shows what it likes. */
export class LyingLog {
  readonly log: string
  readonly #entries: Uint8Array[] = []
  readonly #tree = new LogTree()
  readonly #states = new Map<string, RecordState>()
  #map: LogMap = emptyMap
  #seal: Seal | undefined
  #server: Server | undefined
  #note = ''
  /** Whose checkpoint and tiles go out. */
  shown: LyingLog = this
  /** What records name, by SHA-256 in hexadecimal. */
  readonly blobs = new Map<string, Uint8Array>()
  /** Changes a tile as it goes out. */
  bend: (bytes: Uint8Array, name: TileName) => Uint8Array = (bytes) => bytes

  constructor(first: SignedRecord, at: Instant) {
    this.log = first.id
    this.append([first], at)
  }

  get head(): Head {
    return { size: this.#tree.size, root: this.#tree.root() }
  }

  get mapRoot(): Hash {
    return mapRoot(this.#map)
  }

  get note(): string {
    return this.#note
  }

  /** Seals records without asking any rule. */
  append(records: readonly SignedRecord[], at: Instant, lie: Lie = {}): void {
    const time = lie.time ?? at
    const first = this.#tree.size
    for (const record of records) this.#take(record, time)
    this.#seal = {
      batch: (this.#seal?.batch ?? 0) + 1,
      first,
      count: records.length,
      mapRoot: lie.mapRoot ?? mapRoot(this.#map),
      leaves: this.#map.leaves,
      time,
      policy: this.#states.get('pol main')?.index ?? 0,
      ...(first === 0 ? {} : { prev: first - 1 }),
    }
    this.#put(sealEntry(this.#seal))
  }

  #take(record: SignedRecord, time: Instant): void {
    const { ns, name } = nameOfRecord(record)
    const before = this.#states.get(`${ns} ${name}`)
    const seq = record.payload.kind === 'create' ? 0 : record.payload.seq
    const state: RecordState = {
      ...{ ns, name, seq, id: record.id, index: this.#tree.size, status: 'active' },
      ...{ created: before?.created ?? time, updated: time, record },
    }
    this.#states.set(`${ns} ${name}`, state)
    this.#map = insertIntoMap(this.#map, mapKey(ns, name), stateHash(state))
    this.#put(utf8(record.text))
  }

  #put(entry: Uint8Array): void {
    this.#entries.push(entry)
    this.#tree.append(hashLeaf(entry))
  }

  /** Signs its head, and shows it with the signatures of whoever gives one. Their answers by their status. */
  async publish(at: Instant, cosigners: readonly Cosigner[] = [], from = 0): Promise<readonly number[]> {
    const text = formatCheckpoint({ origin, ...this.head })
    const own = await Promise.all(
      [noteTypes.ed25519, noteTypes.cosignature].map((type) => signNote(logKey, origin, type, text, at)),
    )
    const answers = await Promise.all(
      cosigners.map((each) => this.#ask(each, formatNote({ text, signatures: own }), from)),
    )
    const lines = answers.flatMap(({ signatures }) => signatures)
    this.show(formatNote({ text, signatures: [...own, ...lines] }))
    return answers.map(({ status }) => status)
  }

  /** Shows a checkpoint, whatever it says. */
  show(note: string): void {
    this.#note = note
  }

  async #ask(
    { url }: Cosigner,
    note: string,
    from: number,
  ): Promise<{ status: number; signatures: readonly NoteSignature[] }> {
    const path = from === 0 ? [] : makeConsistency(this.#tree, from, this.#tree.size).path
    const body = formatAddCheckpoint(from, path, note)
    const response = await fetch(`${url}/add-checkpoint`, { method: 'POST', body })
    const text = await response.text()
    const known = /^[0-9]+\n$/.test(text) ? Number(text) : from
    // A log that lies still knows where a witness stands.
    if (response.status === 409 && known !== from && known <= this.#tree.size) return this.#ask({ url }, note, known)
    return { status: response.status, signatures: response.status === 200 ? parseSignatureLines(text) : [] }
  }

  tile(name: TileName): Uint8Array | undefined {
    const { level, index, width } = name
    const end = index * tileWidth + width
    if (end > (level === 'entries' ? this.#entries.length : hashesAt(this.#tree.size, level))) return undefined
    const bytes =
      level === 'entries'
        ? formatEntryBundle(this.#entries.slice(index * tileWidth, end))
        : formatHashTile(this.#tree, level, index, width)
    return this.bend(bytes, name)
  }

  /** What it answers for a name. */
  prove(ns: Namespace, name: string): ProofBundle {
    const lookup = lookUpInMap(this.#map, mapKey(ns, name))
    const { mapRoot: _, ...terms } = this.#seal as Seal
    const { size } = this.head
    const checkpoint = { size, signatures: parseNote(this.#note).signatures, note: this.#note }
    const sealPath = makeInclusion(this.#tree, size - 1, size).path
    const carried = { log: this.log, ns, name, path: lookup.path, seal: terms, sealPath, checkpoint }
    const state = this.#states.get(`${ns} ${name}`)
    if (state === undefined) return { ...carried, present: false, leaf: lookup.leaf }
    const { seq, index, status, created, updated, record } = state
    return { ...carried, present: true, state: { seq, index, status, created, updated }, record }
  }

  /** Serves itself as tlog-tiles. */
  async serve(): Promise<string> {
    this.#server = createServer((request, response) => {
      const path = request.url?.slice(1) ?? ''
      const name = parseTilePath(path)
      if (path === 'checkpoint') return response.end(this.shown.note)
      const bytes = name === undefined ? this.blobs.get(path.replace('blobs/', '')) : this.shown.tile(name)
      return bytes === undefined ? response.writeHead(404).end() : response.end(bytes)
    })
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections()
    await new Promise<void>((resolve) => void (this.#server?.close(() => resolve()) ?? resolve()))
  }
}
