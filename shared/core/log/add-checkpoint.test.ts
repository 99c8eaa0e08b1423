import { describe, expect, it } from 'vitest'
import { sha256 } from '../crypto/hash.ts'
import { encodeBase64 } from '../encoding/base64.ts'
import { utf8 } from '../encoding/bytes.ts'
import { Fault } from '../fault.ts'
import { limits } from '../limits.ts'
import { formatAddCheckpoint, originHash, parseAddCheckpoint } from './add-checkpoint.ts'

const hash = (text: string) => sha256(utf8(text))
const line = encodeBase64(hash('a'))
const note = `log.test\n9\n${encodeBase64(hash('root'))}\n\n\u2014 log.test AAAAAAAAAAAA\n`

const refusal = (body: string) => {
  try {
    parseAddCheckpoint(body)
    return 'accepted'
  } catch (thrown) {
    return thrown instanceof Fault ? thrown.code : 'unexpected'
  }
}

describe('the body of add-checkpoint', () => {
  it('has the old size, the proof, an empty line and the checkpoint', () => {
    const path = [hash('a'), hash('b')]
    const body = formatAddCheckpoint(7, path, note)
    expect(body).toBe(`old 7\n${encodeBase64(hash('a'))}\n${encodeBase64(hash('b'))}\n\n${note}`)
    expect(parseAddCheckpoint(body)).toMatchObject({ oldSize: 7, path, checkpoint: { origin: 'log.test', size: 9 } })
  })

  it('needs no proof where nothing was before', () => {
    expect(parseAddCheckpoint(formatAddCheckpoint(0, [], note))).toMatchObject({ oldSize: 0, path: [] })
  })

  it('has no more hashes than the longest proof', () => {
    const path = Array.from({ length: limits.logProof }, (_, i) => hash(String(i)))
    expect(parseAddCheckpoint(formatAddCheckpoint(7, path, note)).path).toEqual(path)
    expect(refusal(formatAddCheckpoint(7, [...path, hash('more')], note))).toBe('request.malformed')
  })

  it.each([
    ['no old size', `\n\n${note}`],
    ['an old size with a zero before it', `old 07\n\n${note}`],
    ['a word before it', `so old 7\n\n${note}`],
    ['a word behind the old size', `old 7 \n\n${note}`],
    ['an old size that is too large', `old 9007199254740992\n\n${note}`],
    ['no empty line', `old 7\n${line}`],
    ['a hash too short', `old 7\n${encodeBase64(hash('a').subarray(1))}\n\n${note}`],
    ['a hash that is none', `old 7\n!\n\n${note}`],
    ['more hashes than a proof can have', `old 7\n${`${line}\n`.repeat(64)}\n${note}`],
    ['no checkpoint', 'old 7\n\n'],
    ['a checkpoint without signatures', `old 7\n\n${note.slice(0, note.indexOf('\u2014'))}`],
    ['a checkpoint with an extension line', `old 7\n\n${note.replace('\n\n', '\nmore\n\n')}`],
  ])('is refused with %s', (_what, body) => {
    expect(refusal(body)).toBe('request.malformed')
  })

  it('is refused if it is larger than any checkpoint', () => {
    // The proof counts too: the note alone would not be too large.
    const bodyOf = (length: number) => {
      const [head, tail] = [`old 7\n${`${line}\n`.repeat(63)}\n`, '\n\n\u2014 log.test AAAAAAAAAAAA\n']
      return `${head}${'x'.repeat(length - head.length - tail.length)}${tail}`
    }
    expect(refusal(bodyOf(limits.checkpoint))).toBe('request.malformed')
    expect(refusal(bodyOf(limits.checkpoint + 1))).toBe('limit.exceeded')
  })
})

it('names a log by the hash of its origin', () => {
  expect(originHash('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
})
