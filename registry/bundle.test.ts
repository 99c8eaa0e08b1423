import { createHash } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHttp } from '@fujie/shared/adapters/fetch-http.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { faultCode } from '@fujie/shared/core/fault.ts'
import type { PresenceBundle } from '@fujie/shared/core/log/bundle-form.ts'
import { formatTrustBody, parseTrustBody, stateIn, type TrustBody } from '@fujie/shared/core/log/trust-body.ts'
import {
  joinTrustBundle,
  judgeTrustBundle,
  parseTrustBundle,
  scopeName,
  trustBundleClaims,
  trustBundleType,
  type BundleScope,
  type TrustBundle,
} from '@fujie/shared/core/log/trust-bundle.ts'
import { VerifiedCache } from '@fujie/shared/core/presentation/verified-cache.ts'
import type { SignedRecord } from '@fujie/shared/core/record/record.ts'
import { judgeAccreditation } from '@fujie/shared/core/trust/judge-accreditation.ts'
import { usualPolicy, type Policy } from '@fujie/shared/core/trust/policy.ts'
import { createMemoryStore } from '@fujie/shared/evidence/memory-store.ts'
import { fetchTrustBundle, importTrustBundle } from '@fujie/shared/evidence/trust-bundle.ts'
import { signJws } from '@fujie/shared/ports/sign-jws.ts'
import { namedKey, TestRegistry } from '../tests/fixtures/registry.ts'

const vct = 'urn:fujie:cn:resident-id:1'
const [day, year] = [86_400, 365 * 86_400]
const http = createHttp({ insecureLoopback: true })

interface Named {
  readonly name: string
  readonly did: string
}

let registry: TestRegistry
let root: Named
let agency: Named
let accreditation: SignedRecord
let scope: BundleScope
let file: Uint8Array

beforeAll(async () => {
  registry = await TestRegistry.start()
  root = await registry.join('root')
  agency = await registry.join('agency')
  const stranger = await registry.join('stranger')
  await registry.decide({ roots: [root.did], registrars: [root.did], publishers: [root.did] })
  const metadata = utf8(`{"vct":"${vct}"}`)
  await putBlob(metadata)
  const digest = `sha256-${createHash('sha256').update(metadata).digest('base64')}`
  const type = { vct, version: '1', digest, size: metadata.length, uri: 'https://registry.example/t' }
  await submit(await registry.trustRecord(root, 'typ', type))
  accreditation = await registry.trustRecord(root, 'acc', bodyFor(agency.did))
  await submit(accreditation)
  await submit(await registry.trustRecord(root, 'acc', { ...bodyFor(stranger.did), types: [typeEntry('urn:other:1')] }))
  scope = { types: ['urn:fujie:cn:*'], regions: ['*'], roots: [root.did] }
  await registry.stop()
  await registry.open({}, { publisher: { kid: `${root.did}#k1`, signer: namedKey('root/k1'), scopes: [scope] } })
  await registry.running.publish()
  file = new Uint8Array(await (await registry.get(`/bundle/${scopeName(scope)}`)).arrayBuffer())
})

afterAll(() => registry.remove())

const submit = (record: SignedRecord) => registry.running.submit(record.text)

function typeEntry(name: string) {
  const { now } = registry
  return { vct: name, owner: root.did, regions: ['*'], notBefore: now - day, notAfter: now + year, depth: 0 }
}

function bodyFor(subject: string) {
  return { subject, role: 'issuer' as const, types: [typeEntry('urn:fujie:cn:resident-id*')] }
}

async function putBlob(bytes: Uint8Array): Promise<void> {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const header = { typ: 'fujie-blob+jws', kid: `${root.did}#k1` }
  const token = await signJws(namedKey('root/k1'), header, { sha256, exp: registry.now + 60 })
  const { status } = await fetch(`${registry.running.url}/blobs/${sha256}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream', authorization: `Fujie ${token}` },
    body: Buffer.from(bytes),
  })
  expect(status).toBe(204)
}

const judge = async (bytes: Uint8Array, later = 0) =>
  judgeTrustBundle(await parseTrustBundle(bytes), registry.trust(), undefined, registry.now + later, 'bundle')

const codes = (judged: { readonly findings: readonly { readonly code: string }[] }) =>
  judged.findings.map(({ code }) => code)

/** A bundle by this publisher of any body. */
async function publish(
  body: TrustBody,
  change: Partial<TrustBundle> = {},
  signer = namedKey('root/k1'),
  kid = `${root.did}#k1`,
): Promise<Uint8Array> {
  const packed = await formatTrustBody(body)
  const made = { log: registry.running.log, scope, made: registry.now, ...change }
  return joinTrustBundle(await signJws(signer, { typ: trustBundleType, kid }, trustBundleClaims(made, packed)), packed)
}

const bytesOf = ({ bytes }: { readonly bytes: Uint8Array }) => bytes

const policy = (): Policy => ({ ...usualPolicy, log: registry.trust(), roots: [root.did] })

describe('a trust bundle', () => {
  it('holds what is in scope and nothing beside', async () => {
    const { body } = await parseTrustBundle(file)
    const names = body.states.map(({ ns, name }) => `${ns} ${name}`).sort()
    const acc = `acc ${root.did} ${agency.did}`
    expect(names).toEqual([acc, `did ${root.did}`, `did ${agency.did}`, 'pol main', `typ ${root.did} ${vct}`].sort())
    expect(body.blobs).toHaveLength(1)
  })

  it('is whole by its publisher, and lets the counter judge without a network', async () => {
    const store = createMemoryStore()
    const fetched = await fetchTrustBundle(http, registry.running.url, scope)
    const imported = await importTrustBundle(fetched?.file ?? new Uint8Array(), policy(), store, registry.now)
    expect([imported.findings, imported.isComplete, imported.items]).toEqual([[], true, 4])
    const evidence = { items: await store.all() }
    const grounds = { evidence, policy: policy(), now: registry.now, cache: new VerifiedCache() }
    expect((await judgeAccreditation(agency.did, { vct, at: registry.now }, grounds)).codes).toEqual([])
    expect(await fetchTrustBundle(http, registry.running.url, scope, fetched?.etag)).toBeUndefined()
  })

  it('is listed, and only what is made is there', async () => {
    expect(await (await registry.get('/bundle')).json()).toEqual([
      { id: scopeName(scope), scope, made: registry.now, expires: registry.now + 2 * day, size: file.length },
    ])
    expect((await registry.get('/bundle/0123456789abcdef')).status).toBe(404)
    const other = fetchTrustBundle(http, registry.running.url, { ...scope, types: [] })
    await expect(other).rejects.toThrow('record.not_found')
  })

  it('tampered with at any byte is refused or loses its publisher, and never gives other evidence', async () => {
    const good = await judge(file)
    for (let at = 0; at < file.length; at += 7) {
      const altered = file.map((byte, i) => (i === at ? byte ^ 1 : byte))
      const judged = await judge(altered).catch((thrown: unknown) => faultCode(thrown))
      if (typeof judged === 'string') expect(judged).toMatch(/^(bundle\.malformed|limit\.exceeded)$/)
      else {
        const { items } = judged.evidence
        expect(judged.isComplete).toBe(false)
        if (items.length > 0) expect(items.map(bytesOf)).toEqual(good.evidence.items.map(bytesOf))
      }
    }
  })

  it('expired is named, sooner or later', async () => {
    const lenient = registry.trust({ maxEvidenceAge: 30 * day, offlineGrace: day })
    const at = async (later: number, trust = lenient) =>
      codes(await judgeTrustBundle(await parseTrustBundle(file), trust, undefined, registry.now + later, 'b'))
    expect(await at(2 * day)).toEqual([])
    expect(await at(2 * day + 1)).toEqual(['evidence.old'])
    expect(await at(3 * day + 1)).toEqual(['evidence.too_old'])
    expect(await at(601, registry.trust())).toEqual(['evidence.too_old'])
    expect(await at(-61)).toEqual(['clock.wrong'])
  })
})

describe('a publisher', () => {
  const changed = (body: TrustBody, change: (state: PresenceBundle) => PresenceBundle): TrustBody => ({
    ...body,
    states: body.states.map((state) => (state.ns === 'acc' ? change(state) : state)),
  })

  it.each<[string, (state: PresenceBundle) => Promise<PresenceBundle>]>([
    ['another record', async (state) => ({ ...state, record: await wider() })],
    ['an older state', (state) => Promise.resolve({ ...state, state: { ...state.state, seq: 0, index: 3 } })],
    ['another time', (state) => Promise.resolve({ ...state, state: { ...state.state, updated: 1 } })],
    ['another name', (state) => Promise.resolve({ ...state, name: `${root.did} ${root.did}` })],
  ])('cannot invent: %s', async (_what, change) => {
    const { body } = await parseTrustBundle(file)
    const [acc] = body.states.filter(({ ns }) => ns === 'acc')
    const invented = await change(acc as PresenceBundle)
    const bytes = await publish(changed(body, () => invented)).catch(() => undefined)
    const judged = bytes && (await judge(bytes).catch((thrown: unknown) => faultCode(thrown)))
    if (typeof judged === 'string') expect(judged).toBe('bundle.malformed')
    else if (judged) expect([codes(judged), judged.evidence.items]).toEqual([['log.inclusion_invalid'], []])
  })

  const wider = () => registry.trustRecord(root, 'acc', { ...bodyFor(agency.did), types: [typeEntry('urn:fujie:*')] })

  it('can leave out, and what is missing is then unknown', async () => {
    const { body } = await parseTrustBundle(file)
    const bytes = await publish({ ...body, states: body.states.filter(({ ns }) => ns !== 'acc') })
    const { findings, evidence } = await judge(bytes)
    expect(findings).toEqual([])
    const grounds = { evidence, policy: policy(), now: registry.now, cache: new VerifiedCache() }
    expect((await judgeAccreditation(agency.did, { vct, at: registry.now }, grounds)).codes).toContain('issuer.unknown')
  })

  it.each<[string, () => Promise<Uint8Array>, string]>([
    [
      'nobody named',
      async () => publish(await body(), {}, namedKey('agency/k1'), `${agency.did}#k1`),
      'issuer.not_accredited',
    ],
    ['another key', async () => publish(await body(), {}, namedKey('thief')), 'jws.signature_invalid'],
    [
      'an unknown key',
      async () => publish(await body(), {}, namedKey('root/k1'), `${root.did}#k9`),
      'issuer.key_unknown',
    ],
  ])('by %s says nothing about what is missing', async (_who, make, code) => {
    const judged = await judge(await make())
    expect([codes(judged), judged.isComplete]).toEqual([[code], false])
    expect(judged.evidence.items.length).toBeGreaterThan(0)
  })

  const body = async () => (await parseTrustBundle(file)).body

  it('of another log is refused', async () => {
    const judged = await judge(await publish(await body(), { log: encodeBase64url(new Uint8Array(32)) }))
    expect(codes(judged)).toEqual(['log.inclusion_invalid'])
  })
})

describe('a packed body', () => {
  it('that is a bomb is cut off while it grows', async () => {
    const packed = new Uint8Array(deflateRawSync(Buffer.alloc(200 * 1024 * 1024), { level: 1 }))
    expect(packed.length).toBeLessThan(8 * 1024 * 1024)
    const before = process.memoryUsage().arrayBuffers
    await expect(parseTrustBody(packed, registry.running.log)).rejects.toThrow('bundle.malformed')
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(80 * 1024 * 1024)
  })

  it('with more than it should have is refused', async () => {
    const { body } = await parseTrustBundle(file)
    const packed = await formatTrustBody(body)
    await expect(parseTrustBody(packed.slice(0, -1), registry.running.log)).rejects.toThrow('bundle.malformed')
    const trailing = Uint8Array.of(...packed, 0)
    await expect(parseTrustBody(trailing, registry.running.log)).rejects.toThrow('bundle.malformed')
  })

  it('of two states is a registration proof, short enough for a code', async () => {
    const { body } = await parseTrustBundle(file)
    const [acc, typ] = [`${root.did} ${agency.did}`, `${root.did} ${vct}`]
    const states = [stateIn(body, 'acc', acc), stateIn(body, 'typ', typ)].filter((state) => state !== undefined)
    const packed = await formatTrustBody({ states, blobs: [], lists: [] })
    const read = await parseTrustBody(packed, registry.running.log)
    expect(read.states.map(({ name }) => name).sort()).toEqual([acc, typ].sort())
    expect(packed.length).toBeLessThan(3_200)
  })
})

describe('a withdrawal', () => {
  it('is in the bundle on the next beat', async () => {
    registry.now += 60
    const ended = { ...bodyFor(agency.did), ended: { at: registry.now } }
    const change = { seq: 1, prev: accreditation.id, status: 'withdrawn' } as const
    await submit(await registry.trustRecord(root, 'acc', ended, change))
    await registry.running.publish()
    const fetched = await fetchTrustBundle(http, registry.running.url, scope)
    const bundle = await parseTrustBundle(fetched?.file ?? new Uint8Array())
    expect(bundle.made).toBe(registry.now)
    expect(stateIn(bundle.body, 'acc', `${root.did} ${agency.did}`)?.state.status).toBe('closed')
  })

  it('or nothing, until an hour has passed', async () => {
    const made = async () => ((await (await registry.get('/bundle')).json()) as { made: number }[])[0]?.made
    const before = await made()
    registry.now += 3_599
    await registry.running.publish()
    expect(await made()).toBe(before)
    registry.now += 1
    await registry.running.publish()
    expect(await made()).toBe(registry.now)
  })
})
