import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { PublicJwk } from '../crypto/key.ts'
import { encodeBase64 } from '../encoding/base64.ts'
import { concatBytes } from '../encoding/bytes.ts'
import { Fault } from '../fault.ts'
import { lastInstant } from '../instant.ts'
import { limits } from '../limits.ts'
import { formatCheckpoint, parseCheckpoint } from './checkpoint.ts'
import {
  formatCosignature,
  formatNote,
  formatVerifierKey,
  noteMessage,
  parseNote,
  parseSignatureLines,
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

/** A verifier key by hand, with the id that belongs to it. */
function vkeyOf(name: string, type: number, key: Uint8Array): string {
  const bytes = concatBytes(Uint8Array.of(type), key)
  const id = createHash('sha256').update(`${name}\n`).update(bytes).digest('hex').slice(0, 8)
  return `${name}+${id}+${encodeBase64(bytes)}`
}

/** Code of the fault and where it was found. */
function refusal(work: () => unknown): string {
  try {
    work()
    return 'accepted'
  } catch (thrown) {
    return thrown instanceof Fault ? `${thrown.code} ${String(thrown.details.at ?? '')}`.trim() : 'unexpected'
  }
}

describe('a verifier key', () => {
  const bytes = new Uint8Array(32).fill(9)

  it('is read with its name, id, type and key, and known again', () => {
    for (const type of [1, 4] as const) {
      const x = Buffer.from(bytes).toString('base64url')
      const read = parseVerifierKey(vkeyOf('a', type, bytes))
      expect(read).toEqual(verifierKey('a', type, { kty: 'OKP', crv: 'Ed25519', x }))
      expect(parseVerifierKey(vkeyOf('a', type, bytes))).toBe(read)
    }
  })

  it.each<[string, string, string]>([
    ['of the longest name', vkeyOf('a'.repeat(128), 1, bytes), 'accepted'],
    ['of a longer name', vkeyOf('a'.repeat(129), 1, bytes), 'checkpoint.malformed vkey'],
    ['without a name', vkeyOf('', 1, bytes), 'checkpoint.malformed vkey'],
    ['with a blank before its name', vkeyOf(' a', 1, bytes), 'checkpoint.malformed vkey'],
    ['with a blank behind its name', vkeyOf('a ', 1, bytes), 'checkpoint.malformed vkey'],
    ['with a control in its name', vkeyOf('a\u007f', 1, bytes), 'checkpoint.malformed vkey'],
    ['with the id of another', vkeyOf('a', 1, bytes).replace(/^a/, 'b'), 'checkpoint.malformed vkey'],
    ['of a type nobody knows', vkeyOf('a', 2, bytes), 'checkpoint.malformed vkey'],
    ['of 31 bytes', vkeyOf('a', 1, bytes.subarray(1)), 'checkpoint.malformed vkey'],
    ['of 33 bytes', vkeyOf('a', 4, concatBytes(bytes, bytes.subarray(31))), 'checkpoint.malformed vkey'],
    ['without a key', 'a+00000000', 'checkpoint.malformed vkey'],
    ['not in base64', 'a+00000000+!', 'checkpoint.malformed vkey'],
  ])('%s is taken for what it is', (_what, text, expected) => {
    expect(refusal(() => parseVerifierKey(text))).toBe(expected)
  })

  it('is of Ed25519 and of 32 bytes', () => {
    const x = Buffer.from(bytes).toString('base64url')
    expect(refusal(() => verifierKey('a', 1, { kty: 'EC', crv: 'P-256', x, y: x }))).toBe('checkpoint.malformed key')
    expect(refusal(() => verifierKey('a', 1, { kty: 'OKP', crv: 'Ed25519', x: x.slice(0, -2) }))).toBe(
      'checkpoint.malformed key',
    )
  })
})

describe('the lines of signatures', () => {
  const line = (length: number) => encodeBase64(new Uint8Array(length).fill(1))

  it.each<[string, string, string]>([
    ['one byte behind the key id', `\u2014 a ${line(5)}\n`, 'accepted'],
    ['a key id alone', `\u2014 a ${line(4)}\n`, 'checkpoint.malformed signature'],
    ['sixteen', `\u2014 a ${line(5)}\n`.repeat(16), 'accepted'],
    ['seventeen', `\u2014 a ${line(5)}\n`.repeat(17), 'checkpoint.malformed signatures'],
    ['one that does not end', `\u2014 a ${line(5)}`, 'checkpoint.malformed signatures'],
    ['none', '', 'checkpoint.malformed signatures'],
    ['a sign in the name', `\u2014 a+b ${line(5)}\n`, 'checkpoint.malformed signature'],
    ['a name too long', `\u2014 ${'a'.repeat(129)} ${line(5)}\n`, 'checkpoint.malformed signature'],
    ['a word before it', `a \u2014 a ${line(5)}\n`, 'checkpoint.malformed signature'],
    ['a word behind it', `\u2014 a ${line(5)} a\n`, 'checkpoint.malformed signature'],
    ['too much padding', `\u2014 a ${line(5)}=\n`, 'checkpoint.malformed signature'],
    ['what is no base64', `\u2014 a ${'-'.repeat(8)}\n`, 'checkpoint.malformed signature'],
  ])('with %s are taken for what they are', (_what, lines, expected) => {
    expect(refusal(() => parseSignatureLines(lines))).toBe(expected)
    expect(refusal(() => parseNote(`${text}\n${lines}`))).toBe(expected)
  })

  it('stand behind the last empty line of a note that is not too long', () => {
    const ofLength = (length: number) => {
      const tail = `\n\n\u2014 a ${line(5)}\n`
      return `${'a'.repeat(length - tail.length)}${tail}`
    }
    expect(refusal(() => parseNote(ofLength(limits.checkpoint)))).toBe('accepted')
    expect(refusal(() => parseNote(ofLength(limits.checkpoint + 1)))).toBe('limit.exceeded')
    expect(refusal(() => parseNote(text))).toBe('checkpoint.malformed note')
    expect(parseNote(`a\n\nb\n\n\u2014 a ${line(5)}\n`).text).toBe('a\n\nb\n')
    expect(parseNote(`\n\n\u2014 a ${line(5)}\n`).text).toBe('\n')
  })
})

describe('a cosignature', () => {
  it('counts up to the last instant there is, and not behind it', async () => {
    for (const time of [0, lastInstant, lastInstant + 1]) {
      const bytes = formatCosignature(time, new Uint8Array(sign(null, noteMessage(text, 4, time), secret)))
      const signatures = [{ name: stamper.name, keyId: stamper.keyId, signature: bytes }]
      const expected = time > lastInstant ? [] : [{ key: stamper, time }]
      expect(await verifiedSignatures({ text, signatures }, [stamper])).toStrictEqual(expected)
    }
  })

  it('is no signature of a log, nor that one of the other', async () => {
    expect(await verifiedSignatures(parseNote(note), [key])).toStrictEqual([{ key }])
    const crossed = [
      { name: key.name, keyId: key.keyId, signature: stamped },
      { name: stamper.name, keyId: stamper.keyId, signature },
    ]
    expect(await verifiedSignatures({ text, signatures: crossed }, [key, stamper])).toEqual([])
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
