import { parseJson } from '@fujie/shared/core/encoding/json.ts'
import { formatAddCheckpoint, parseAddCheckpoint } from '@fujie/shared/core/log/add-checkpoint.ts'
import {
  bundleBounds,
  formatProofBundle,
  formatProofBundleCbor,
  parseProofBundle,
  parseProofBundleBytes,
} from '@fujie/shared/core/log/bundle-form.ts'
import { formatCheckpoint, parseCheckpoint } from '@fujie/shared/core/log/checkpoint.ts'
import { formatFork, parseFork } from '@fujie/shared/core/log/fork.ts'
import { formatMapPath, parseMapPath } from '@fujie/shared/core/log/map.ts'
import { lookUpInBucket, putIntoBucket, valueInBucket } from '@fujie/shared/core/log/map-bucket.ts'
import { formatNote, parseNote, parseSignatureLines, formatSignatureLines } from '@fujie/shared/core/log/note.ts'
import { isConsistent, mapRootOf } from '@fujie/shared/core/log/proof-way.ts'
import { formatSeal, parseSeal } from '@fujie/shared/core/log/seal.ts'
import {
  formatEntryBundle,
  formatTilePath,
  parseEntryBundle,
  parseHashTile,
  parseTilePath,
} from '@fujie/shared/core/log/tile.ts'
import { openMultiproof } from '@fujie/shared/core/log/multiproof.ts'
import { parseTrustBundle } from '@fujie/shared/core/log/trust-bundle.ts'
import { formatTrustPolicy, parseTrustPolicy } from '@fujie/shared/core/log/trust-policy.ts'
import { nameOfRecord } from '@fujie/shared/core/record/name.ts'
import { formatRecordPayload, joinRecord, parseRecord } from '@fujie/shared/core/record/record.ts'
import { text, type Target } from '../target.ts'
import { same } from './same.ts'

const recordWords = [
  'v',
  'kind',
  'create',
  'update',
  'recover',
  'deactivate',
  'seq',
  'prev',
  'keys',
  'doc',
  'next',
  'exp',
  'status',
  'body',
  'acc',
  'ver',
  'qry',
  'typ',
  'sl',
  'log',
  'pol',
  'fujie-did+jws',
  'fujie-trust+jws',
  'Ed25519',
  'ES256',
]

export const logTargets: readonly Target[] = [
  {
    name: 'note',
    words: ['\n\n', '\u2014 ', ' ', '\n'],
    read(input) {
      const note = parseNote(text(input))
      same('note', formatNote(note), text(input))
      same('lines', parseSignatureLines(formatSignatureLines(note.signatures)), note.signatures)
    },
  },
  {
    name: 'checkpoint',
    words: ['\n', '0', '9007199254740993'],
    most: 1_024,
    read(input) {
      same('checkpoint', formatCheckpoint(parseCheckpoint(text(input))), text(input))
    },
  },
  {
    name: 'trust-policy',
    words: ['log ', 'witness ', 'group ', 'quorum ', 'all', 'any', 'none', '\n', '#', 'g1'],
    most: 8 * 1024,
    read(input) {
      const policy = parseTrustPolicy(text(input))
      const formatted = formatTrustPolicy(policy)
      same('trust policy', formatTrustPolicy(parseTrustPolicy(formatted)), formatted)
    },
  },
  {
    name: 'seal',
    words: ['\n', '-', '0', '9007199254740993', 'prev ', 'batch '],
    most: 1_024,
    read(input) {
      same('seal', formatSeal(parseSeal(input)), text(input))
    },
  },
  {
    name: 'add-checkpoint',
    words: ['old ', '\n\n', '\u2014 ', '0'],
    read(input) {
      const { oldSize, path, note } = parseAddCheckpoint(text(input))
      same('add-checkpoint', formatAddCheckpoint(oldSize, path, formatNote(note)), text(input))
    },
  },
  {
    name: 'fork',
    read(input) {
      const fork = parseFork(input)
      if (fork !== undefined) same('fork', Buffer.from(formatFork(...fork)), Buffer.from(input))
    },
  },
  {
    name: 'tile',
    read(input) {
      const hashes = parseHashTile(input, Math.ceil(input.length / 32))
      same('tile', Buffer.concat(hashes), Buffer.from(input))
    },
  },
  {
    name: 'tile-path',
    words: ['tile/', 'entries', '/x000', '.p/', '256', '000', '63'],
    most: 256,
    read(input) {
      const name = parseTilePath(text(input))
      if (name !== undefined) same('path', formatTilePath(name), text(input))
    },
  },
  {
    name: 'entry-bundle',
    most: 32 * 1024,
    read(input) {
      same('entries', Buffer.from(formatEntryBundle(parseEntryBundle(input))), Buffer.from(input))
    },
  },
  {
    name: 'map-path',
    most: 16 * 1024,
    read(input) {
      const path = parseMapPath(input)
      if (path !== undefined) same('path', Buffer.from(formatMapPath(path)), Buffer.from(input))
      openMultiproof([{ key: input.slice(0, 32), value: input.slice(32, 64) }], input.subarray(64))
    },
  },
  {
    name: 'map-bucket',
    most: 4 * 1024,
    read: checkBucket,
  },
  {
    name: 'proof-bundle',
    words: [
      ...recordWords,
      'ns',
      'name',
      'state',
      'record',
      'leaf',
      'path',
      'seal',
      'sealPath',
      'checkpoint',
      'anchor',
    ],
    most: 32 * 1024,
    read(input) {
      const bundle = parseProofBundleBytes(input)
      isConsistent(bundle)
      mapRootOf(bundle)
      same(
        'cbor',
        formatProofBundleCbor(parseProofBundleBytes(formatProofBundleCbor(bundle))),
        formatProofBundleCbor(bundle),
      )
      if (bundle.checkpoint.note === undefined) return
      const json = JSON.stringify(formatProofBundle(bundle))
      same('json', parseProofBundle(parseJson(json, bundleBounds)), bundle)
    },
  },
  { name: 'trust-bundle', words: recordWords, most: 64 * 1024, read: (input) => parseTrustBundle(input) },
  {
    name: 'record',
    words: recordWords,
    most: 17 * 1024,
    read(input) {
      const record = parseRecord(text(input))
      nameOfRecord(record)
      const [, body = ''] = record.text.split('.')
      same('text', joinRecord(body, record.signatures), text(input))
      formatRecordPayload(record.payload)
    },
  },
]

/** A bucket of a map against the plain map of the platform. */
function checkBucket(input: Uint8Array): void {
  const plain = new Map<string, Uint8Array>()
  const leaves = Array.from({ length: Math.floor(input.length / 64) }, (_, i) => {
    const key = Uint8Array.from([1, 2, ...input.subarray(64 * i + 2, 64 * i + 32)])
    return { key, value: input.slice(64 * i + 32, 64 * i + 64) }
  })
  if (leaves.length === 0) return
  for (const { key, value } of leaves) plain.set(Buffer.from(key).toString('hex'), value)
  const half = leaves.length >> 1
  const first = half === 0 ? undefined : putIntoBucket(undefined, 0x0102, leaves.slice(0, half))
  const grown = putIntoBucket(first, 0x0102, leaves.slice(half))
  const whole = putIntoBucket(undefined, 0x0102, leaves)
  same('count', grown.count, plain.size)
  same('in any steps', Buffer.from(grown.hash), Buffer.from(whole.hash))
  for (const [key, value] of plain) {
    const bytes = new Uint8Array(Buffer.from(key, 'hex'))
    same('value', valueInBucket(grown, bytes), value)
    same('leaf', lookUpInBucket(grown, bytes).leaf?.value, value)
  }
}
