import { describe, expect, it } from 'vitest'
import { sha256 } from '../crypto/hash.ts'
import { encodeBase64 } from '../encoding/base64.ts'
import { utf8 } from '../encoding/bytes.ts'
import { Fault } from '../fault.ts'
import { formatAddCheckpoint, originHash, parseAddCheckpoint } from './add-checkpoint.ts'

const hash = (text: string) => sha256(utf8(text))
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

  const line = encodeBase64(hash('a'))
  it.each([
    ['no old size', `\n\n${note}`],
    ['an old size with a zero before it', `old 07\n\n${note}`],
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
    expect(refusal(`old 7\n\n${note}${'x'.repeat(70_000)}`)).toBe('limit.exceeded')
  })
})

it('names a log by the hash of its origin', () => {
  expect(originHash('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
})
