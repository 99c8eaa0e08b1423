import { describe, expect, it } from 'vitest'
import { encodeBase64url } from '../encoding/base64url.ts'
import { utf8 } from '../encoding/bytes.ts'
import type { Evidence } from '../presentation/evidence.ts'
import { VerifiedCache } from '../presentation/verified-cache.ts'
import { usualLogTrust, usualPolicy } from '../trust/policy.ts'
import { digestOfDisclosure, formatDisclosure } from './disclosure.ts'
import { judgeType } from './judge-type.ts'
import { joinSdJwt, parseSdJwt, type UnverifiedSdJwt } from './sd-jwt.ts'
import { integrityOf } from './type-metadata.ts'

const now = 1_800_000_000
const log = { ...usualLogTrust, log: 'A'.repeat(43), origin: 'log.example', logKeys: [] }

const segment = (value: object) => encodeBase64url(utf8(JSON.stringify(value)))
const written = (metadata: object) => utf8(JSON.stringify(metadata))

/** A credential of a type by the metadata's bytes; nobody looks at its signature here. */
function credential(claims: object, metadata: Uint8Array, disclosures: readonly string[] = []): UnverifiedSdJwt {
  const payload = { vct: 'urn:x', 'vct#integrity': integrityOf(metadata), ...claims }
  const jwt = [segment({ typ: 'dc+sd-jwt', alg: 'ES256' }), segment(payload), 'AA'].join('.')
  return parseSdJwt(joinSdJwt(jwt, disclosures))
}

function evidenceOf(...all: readonly Uint8Array[]): Evidence {
  return {
    items: all.map((bytes) => ({ kind: 'type_metadata', name: integrityOf(bytes), fetchedAt: now, bytes })),
  }
}

function judge(shown: UnverifiedSdJwt, evidence: Evidence, isExpected = true) {
  const policy = { ...usualPolicy, log, roots: [] }
  return judgeType(shown, isExpected, { evidence, policy, now, cache: new VerifiedCache() })
}

const plain = written({ vct: 'urn:x' })
const mismatch = ['credential.type_metadata_mismatch']

describe('the type of a credential', () => {
  it('is not looked at where its issuer named no digest', async () => {
    for (const claims of [{ 'vct#integrity': undefined }, { 'vct#integrity': 1 }, { vct: undefined }, { vct: 1 }])
      expect(await judge(credential(claims, plain), evidenceOf(plain))).toEqual({ codes: [], ancestors: [] })
  })

  it('holds by the metadata its issuer named', async () => {
    expect(await judge(credential({}, plain), evidenceOf(plain))).toEqual({ codes: [], ancestors: [] })
  })

  it('is open where metadata that are expected are missing', async () => {
    const none = { items: [] }
    expect(await judge(credential({}, plain), none)).toEqual({ codes: ['evidence.missing'], ancestors: [] })
    expect(await judge(credential({}, plain), none, false)).toEqual({ codes: [], ancestors: [] })
  })

  it.each<[string, Uint8Array, Uint8Array]>([
    ['other bytes', plain, written({ vct: 'urn:x', display: [] })],
    ['what cannot be read', utf8('{'), utf8('{')],
    ['metadata of another type', written({ vct: 'urn:y' }), written({ vct: 'urn:y' })],
  ])('is refused by %s, expected or not', async (_what, named, bytes) => {
    const items = [{ kind: 'type_metadata', name: integrityOf(named), fetchedAt: now, bytes }] as const
    for (const isExpected of [true, false])
      expect(await judge(credential({}, named), { items }, isExpected)).toEqual({ codes: mismatch, ancestors: [] })
  })
})

/** Types of which each extends the next, the credential's own first. */
function line(length: number, last: object = {}): readonly Uint8Array[] {
  const all: Uint8Array[] = []
  for (let i = length - 1; i >= 0; i--) {
    const [above] = all
    const more = above === undefined ? last : { extends: `urn:x${i + 1}`, 'extends#integrity': integrityOf(above) }
    all.unshift(written({ vct: i === 0 ? 'urn:x' : `urn:x${i}`, ...more }))
  }
  return all
}

describe('a type that extends others', () => {
  it('is of their types too, up to four above it', async () => {
    const five = line(5)
    expect(await judge(credential({}, five[0] as Uint8Array), evidenceOf(...five))).toEqual({
      codes: [],
      ancestors: ['urn:x1', 'urn:x2', 'urn:x3', 'urn:x4'],
    })
    const six = line(6)
    expect((await judge(credential({}, six[0] as Uint8Array), evidenceOf(...six))).codes).toEqual(mismatch)
  })

  it('ends where no digest is named', async () => {
    const all = line(2, { extends: 'urn:z' })
    expect(await judge(credential({}, all[0] as Uint8Array), evidenceOf(...all))).toEqual({
      codes: [],
      ancestors: ['urn:x1'],
    })
  })

  it('is open where one above it is missing', async () => {
    const [own, above] = line(3) as [Uint8Array, Uint8Array]
    expect(await judge(credential({}, own), evidenceOf(own, above))).toEqual({
      codes: ['evidence.missing'],
      ancestors: ['urn:x1'],
    })
  })

  it('does not come back to itself', async () => {
    const upper = written({ vct: 'urn:x' })
    const own = written({ vct: 'urn:x', extends: 'urn:x', 'extends#integrity': integrityOf(upper) })
    expect((await judge(credential({}, own), evidenceOf(own, upper))).codes).toEqual(mismatch)
  })

  it('is held to their rules', async () => {
    const all = line(2, { claims: [{ path: ['a'], sd: 'always' }] })
    const [own] = all as [Uint8Array]
    expect((await judge(credential({ a: 1 }, own), evidenceOf(...all))).codes).toEqual(mismatch)
    expect((await judge(credential({ b: 1 }, own), evidenceOf(...all))).codes).toEqual([])
  })
})

describe('a rule of a type', () => {
  const hidden = formatDisclosure(new Uint8Array(16), 'a', { b: 1 })
  const element = formatDisclosure(new Uint8Array(16), undefined, 'red')
  const inner = formatDisclosure(new Uint8Array(16), 'b', 1)
  const concealed = { _sd: [digestOfDisclosure(hidden)] }
  const list = { a: ['white', { '...': digestOfDisclosure(element) }] }
  const nested = { a: { _sd: [digestOfDisclosure(inner)] } }

  type Shown = readonly [object, readonly string[]]
  const clear: Shown = [{ a: { b: 1 } }, []]
  const absent: Shown = [{}, []]
  const shown: Shown = [concealed, [hidden]]
  const withheld: Shown = [concealed, []]
  const inList: Shown = [list, [element]]
  const inside: Shown = [nested, [inner]]
  const claimHidden = ['disclosure.claim_hidden']

  it.each<[string, object, Shown, readonly string[]]>([
    ['always: hidden and shown', { path: ['a'], sd: 'always' }, shown, []],
    ['always: hidden and kept', { path: ['a'], sd: 'always' }, withheld, []],
    ['always: absent', { path: ['a'], sd: 'always', mandatory: true }, absent, []],
    ['always: in the clear', { path: ['a'], sd: 'always' }, clear, mismatch],
    ['always: inside what was hidden', { path: ['a', 'b'], sd: 'always' }, shown, mismatch],
    ['always: inside, in the clear', { path: ['a', 'b'], sd: 'always' }, clear, mismatch],
    ['always: inside, hidden', { path: ['a', 'b'], sd: 'always' }, inside, []],
    ['always: above what is hidden', { path: ['a'], sd: 'always' }, inside, mismatch],
    ['always: below what is no object', { path: ['a', 'b', 'c'], sd: 'always' }, clear, []],
    ['always: elements', { path: ['a', null], sd: 'always' }, inList, []],
    ['always: an index where there is an object', { path: ['a', 0], sd: 'always' }, [{ a: { 0: 1 } }, []], []],
    ['always: below null', { path: ['a', 'b'], sd: 'always' }, [{ a: null }, []], []],
    ['always: a member of a list', { path: ['a', 'length'], sd: 'always' }, [{ a: [] }, []], []],
    ['allowed: hidden', { path: ['a'], sd: 'allowed', mandatory: true }, shown, []],
    ['allowed: in the clear', { path: ['a'], mandatory: true }, clear, []],
    ['allowed: absent', { path: ['a'], mandatory: true }, absent, []],
    ['never: in the clear', { path: ['a'], sd: 'never', mandatory: true }, clear, []],
    ['never: hidden', { path: ['a'], sd: 'never' }, shown, claimHidden],
    ['never: inside what was hidden', { path: ['a', 'b'], sd: 'never' }, shown, []],
    ['never: inside, hidden', { path: ['a', 'b'], sd: 'never' }, inside, claimHidden],
    ['never: another inside, hidden', { path: ['a', 'c'], sd: 'never' }, inside, []],
    ['never: any element', { path: ['a', null], sd: 'never' }, inList, claimHidden],
    ['never: any member', { path: ['a', null], sd: 'never' }, inside, []],
    ['never: the element hidden', { path: ['a', 1], sd: 'never' }, inList, claimHidden],
    ['never: the element in the clear', { path: ['a', 0], sd: 'never' }, inList, []],
    ['never: absent', { path: ['a'], sd: 'never' }, absent, []],
    ['never: absent and mandatory', { path: ['a'], sd: 'never', mandatory: true }, absent, mismatch],
    ['never: kept and mandatory', { path: ['a'], sd: 'never', mandatory: true }, withheld, mismatch],
    ['never: absent inside and mandatory', { path: ['a', 'b'], sd: 'never', mandatory: true }, absent, []],
  ])('%s', async (_what, rule, [claims, disclosures], codes) => {
    const metadata = written({ vct: 'urn:x', claims: [rule] })
    const judged = await judge(credential(claims, metadata, disclosures), evidenceOf(metadata))
    expect(judged).toEqual({ codes, ancestors: [] })
  })

  it('that is broken twice is named once, beside others', async () => {
    const rules = [
      { path: ['c'], sd: 'always' },
      { path: ['a'], sd: 'never' },
      { path: ['d'], sd: 'always' },
    ]
    const metadata = written({ vct: 'urn:x', claims: rules })
    const token = credential({ ...concealed, c: 1, d: 1 }, metadata, [hidden])
    expect((await judge(token, evidenceOf(metadata))).codes).toEqual([...mismatch, ...claimHidden])
  })
})
