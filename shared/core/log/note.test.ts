import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { PublicJwk } from '../crypto/key.ts'
import { formatCheckpoint, parseCheckpoint } from './checkpoint.ts'
import {
  formatCosignature,
  formatNote,
  formatVerifierKey,
  noteMessage,
  parseNote,
  parseVerifierKey,
  verifiedSignatures,
  verifierKey,
} from './note.ts'

const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 5)])
const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
const jwk = {
  kty: 'OKP',
  crv: 'Ed25519',
  x: createPublicKey(secret).export({ format: 'jwk' }).x as string,
} satisfies PublicJwk
const root = new Uint8Array(32).fill(3)
const text = formatCheckpoint({ origin: 'example.cn/log', size: 12, root })
const key = verifierKey('example.cn/log', 1, jwk)
const stamper = verifierKey('witness', 4, jwk)

const signature = new Uint8Array(sign(null, noteMessage(text, 1), secret))
const stamped = formatCosignature(
  1_795_392_000,
  new Uint8Array(sign(null, noteMessage(text, 4, 1_795_392_000), secret)),
)
const note = formatNote({
  text,
  signatures: [
    { name: key.name, keyId: key.keyId, signature },
    { name: stamper.name, keyId: stamper.keyId, signature: stamped },
  ],
})

describe('a signed note', () => {
  it('comes back as it was written and names who signed it, and when', async () => {
    expect(parseNote(note).text).toBe(text)
    expect(formatNote(parseNote(note))).toBe(note)
    expect(await verifiedSignatures(parseNote(note), [key, stamper])).toEqual([
      { key },
      { key: stamper, time: 1_795_392_000 },
    ])
  })

  it('leaves out signatures over another text and of other keys', async () => {
    const other = parseNote(note.replace('\n12\n', '\n13\n'))
    expect(await verifiedSignatures(other, [key, stamper])).toEqual([])
    expect(await verifiedSignatures(parseNote(note), [verifierKey('other', 1, jwk)])).toEqual([])
  })

  it('does not take a cosignature at another time', async () => {
    const later = formatCosignature(1_795_392_001, stamped.subarray(8))
    const altered = { text, signatures: [{ name: stamper.name, keyId: stamper.keyId, signature: later }] }
    expect(await verifiedSignatures(altered, [stamper])).toEqual([])
  })

  it('knows the example key of the format', () => {
    const vkey = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
    expect(parseVerifierKey(vkey).name).toBe('PeterNeumann')
    expect(formatVerifierKey(parseVerifierKey(vkey))).toBe(vkey)
    expect(() => parseVerifierKey(vkey.replace('c74f', 'c74e'))).toThrow('checkpoint.malformed')
  })

  it.each([
    ['no blank line', text],
    ['no line feed at the end', note.slice(0, -1)],
    ['a hyphen for a dash', note.replace('\u2014', '-')],
    ['no signature', `${text}\n`],
    ['respelled base64', note.replace(/=\n$/, '\n')],
    ['a blank line behind', `${note}\n`],
  ])('is refused with %s', (_, broken) => {
    expect(() => parseNote(broken)).toThrow('checkpoint.malformed')
  })
})

describe('the text of a checkpoint', () => {
  it('comes back as it was written', () => {
    expect(parseCheckpoint(text)).toEqual({ origin: 'example.cn/log', size: 12, root })
  })

  it.each([
    ['an extension line', `${text}extension\n`],
    ['a leading zero', text.replace('\n12\n', '\n012\n')],
    ['a short root', text.replace(/\n[^\n]*\n$/, '\nAAAA\n')],
    ['no end', text.slice(0, -1)],
    ['a blank in its origin', text.replace('example', 'exa mple')],
  ])('is refused with %s', (_, broken) => {
    expect(() => parseCheckpoint(broken)).toThrow('checkpoint.malformed')
  })
})
