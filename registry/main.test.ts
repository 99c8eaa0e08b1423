import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { derivePrivateJwk, signerOfJwk } from '@fujie/shared/adapters/signer-file.ts'
import { thumbprint } from '@fujie/shared/core/crypto/key.ts'
import { parseDid } from '@fujie/shared/core/did/did.ts'
import { formatFujieLongDid } from '@fujie/shared/core/did/fujie.ts'
import { formatDidKey } from '@fujie/shared/core/did/key.ts'
import { decodeBase64url, encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { parseJson, type Json } from '@fujie/shared/core/encoding/json.ts'
import {
  bundleBounds,
  judgeState,
  parseProofBundle,
  parseProofBundleBytes,
  parseProofBundleCbor,
  type LogTrust,
} from '@fujie/shared/core/log/bundle.ts'
import { parseEntryBundle, parseHashTile } from '@fujie/shared/core/log/tile.ts'
import { hashLeaf, LogTree } from '@fujie/shared/core/log/tree.ts'
import { verifyInclusion } from '@fujie/shared/core/log/inclusion.ts'
import { parseNote } from '@fujie/shared/core/log/note.ts'
import { parseCheckpoint } from '@fujie/shared/core/log/checkpoint.ts'
import { nameOfRecord } from '@fujie/shared/core/record/name.ts'
import type { CreateOperation, DeactivateOperation, UpdateOperation } from '@fujie/shared/core/record/operation.ts'
import type { SignedRecord, TrustRecord } from '@fujie/shared/core/record/record.ts'
import type { TrustPayload } from '@fujie/shared/core/record/trust.ts'
import { signRecord } from '@fujie/shared/ports/sign-record.ts'
import type { RegistryConfig } from './config.ts'
import { demoPolicy, firstPolicy, nextPolicy } from './log/genesis.ts'
import { startRegistry, type RegistryPorts, type RunningRegistry } from './main.ts'

const origin = 'log.test'
const day = 86_400
const now = () => Math.floor(Date.now() / 1000)
const key = (name: string) => signerOfJwk(derivePrivateJwk('main', name, 'Ed25519'))
const [admin, logKey] = [key('admin'), key('log')]

let folder: string
let registry: RunningRegistry
let first: TrustRecord<'pol'>

const config = (change: Partial<RegistryConfig> = {}): RegistryConfig => ({
  ...{ folder, port: 0, origin, batchInterval: 10, stampInterval: 60, anchorInterval: 3_600 },
  ...change,
})
const ports: RegistryPorts = {
  logKey,
  firstPolicy: async () => (first ??= await firstPolicy(demoPolicy(origin, logKey, admin), [admin], now())),
}
const trust = (): LogTrust => ({
  log: registry.log,
  origin,
  logKeys: registry.logKeys,
  maxEvidenceAge: 600,
  offlineGrace: 0,
  requireAnchor: false,
})

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fujie-registry-'))
  registry = await startRegistry(config(), ports)
})

afterAll(async () => {
  await registry.stop()
  await rm(folder, { recursive: true, force: true })
})

async function create(name: string): Promise<SignedRecord<CreateOperation>> {
  const next = {
    update: { threshold: 1, thumbprints: [thumbprint(key(`${name}/update`).publicJwk)] },
    recovery: { threshold: 1, thumbprints: [thumbprint(key(`${name}/recovery`).publicJwk)] },
  }
  const doc = {
    keys: [
      {
        id: 'k1',
        jwk: key(`${name}/k1`).publicJwk,
        for: ['authentication', 'assertionMethod', 'capabilityInvocation'] as const,
      },
    ],
    services: [{ id: 'site', type: 'LinkedDomains', serviceEndpoint: 'https://agency.example/a/' }],
  }
  const signer = key(`${name}/first`)
  return signRecord<CreateOperation>(
    { v: 1, kind: 'create', log: registry.log, class: 'organisation', keys: [signer.publicJwk], doc, next },
    [{ signer }],
  )
}

async function post(text: string, type = 'application/jose') {
  const response = await fetch(`${registry.url}/ops`, { method: 'POST', headers: { 'content-type': type }, body: text })
  return {
    status: response.status,
    body: parseJson(await response.text(), bundleBounds) as never as Record<string, Json>,
  }
}

async function get(path: string, accept?: string) {
  const response = await fetch(`${registry.url}${path}`, {
    redirect: 'manual',
    ...(accept ? { headers: { accept } } : {}),
  })
  const bytes = new Uint8Array(await response.arrayBuffer())
  return {
    status: response.status,
    headers: response.headers,
    bytes,
    json: () => JSON.parse(new TextDecoder().decode(bytes)) as never,
  }
}

const judge = (bundle: Parameters<typeof judgeState>[0]) => judgeState(bundle, trust(), undefined, now(), 'x')
const proofPath = (ns: string, name: string) => `/proof/${ns}/${encodeURIComponent(name)}`

let agency: string

function trustRecord<K extends 'acc' | 'ver' | 'typ' | 'sl'>(kind: K, body: unknown, signer = 'agency') {
  const payload = { v: 1, kind, by: agency, seq: 0, exp: now() + 3_600, status: 'active', body } as TrustPayload<K>
  return signRecord(payload as TrustPayload, [{ signer: key(`${signer}/k1`), kid: `${agency}#k1` }])
}

describe('a registry over http', () => {
  it('takes a DID in and answers with its proof', async () => {
    const record = await create('agency')
    agency = nameOfRecord(record).name
    const { status, body } = await post(record.text)
    expect(status).toBe(201)
    expect(body).toMatchObject({ id: record.id, index: 2, batch: 2, stage: 'trusted' })
    const { findings, state } = await judge(parseProofBundle(body.proof as Json))
    expect(findings).toEqual([])
    expect(state?.record?.id).toBe(record.id)
    expect((await post(record.text)).body).toMatchObject({ index: 2, batch: 2 })
    expect((await get(`/ops/${record.id}`)).json()).toMatchObject({
      index: 2,
      kind: 'create',
      ns: 'did',
      name: agency,
      seq: 0,
    })
  })

  it('names roots and registrars in the second policy, and shows it with its proof', async () => {
    const second = await nextPolicy(
      first,
      { roots: [agency], registrars: [agency], publishers: [agency] },
      [admin],
      now(),
    )
    expect((await post(second.text)).status).toBe(201)
    const { findings, state } = await judge(parseProofBundleBytes((await get('/policy')).bytes))
    expect(findings).toEqual([])
    expect(state).toMatchObject({ ns: 'pol', name: 'main', seq: 1 })
    expect(new TextDecoder().decode((await get('/policy.txt')).bytes)).toContain('quorum none')
  })

  it('takes trust records in and lists them, each with a proof', async () => {
    const types = [
      {
        vct: 'urn:fujie:cn:*',
        owner: agency,
        regions: ['31'],
        notBefore: now() - day,
        notAfter: now() + 400 * day,
        depth: 0,
      },
    ]
    const acc = await trustRecord('acc', { subject: agency, role: 'issuer', types })
    const ver = await trustRecord('ver', {
      ...{
        subject: 'did:key:z6Mk',
        names: { 'zh-CN': '竹里示例酒店', en: 'Bamboo Lane Sample Hotel' },
        hosts: ['127.0.0.1:4602'],
        certs: [],
      },
      ...{ keys: [], purposes: ['hotel-check-in'], notBefore: now() - day, notAfter: now() + day },
    })
    const { status, body } = await post(`${acc.text}\n${ver.text}\n`, 'application/jose-seq')
    expect(status).toBe(201)
    expect(body).toMatchObject([{ id: acc.id }, { id: ver.id }])
    const [row] = (await get(`/lists/accreditations?type=urn:fujie:cn:degree:1&region=3101&at=${now()}`)).json() as {
      proof: string
      name: string
    }[]
    expect(row).toMatchObject({ name: `${agency} ${agency}`, status: 'active' })
    const bundle = parseProofBundleBytes((await get(row?.proof ?? '', 'application/fujie-proof+cbor')).bytes)
    expect((await judge(bundle)).findings).toEqual([])
    expect((await get('/lists/accreditations?region=44')).json()).toEqual([])
    expect((await get('/lists/registrations?subject=did:key:z6Mk')).json()).toHaveLength(1)
    expect((await get(`/search?q=${encodeURIComponent('竹里')}`)).json()).toMatchObject([{ kind: 'name', ns: 'ver' }])
  })

  it('answers a sequence line for line', async () => {
    const good = await create('b')
    const { status, body } = await post(`${good.text}\nnonsense\n`, 'application/jose-seq')
    expect(status).toBe(201)
    expect(body).toMatchObject([{ id: good.id }, { error: 'operation.malformed' }])
  })

  it.each([
    ['text that is no record', 'nonsense', 400, 'operation.malformed'],
    ['an empty body', '', 400, 'operation.malformed'],
  ])('refuses %s', async (_, text, status, code) => {
    expect(await post(text)).toMatchObject({ status, body: { error: code } })
  })

  it('refuses an operation out of order with its code', async () => {
    const deactivate: DeactivateOperation = {
      v: 1,
      kind: 'deactivate',
      did: agency,
      seq: 5,
      prev: 'A'.repeat(43),
      exp: now() + 60,
      keys: [key('agency/recovery').publicJwk],
    }
    const record = await signRecord(deactivate, [{ signer: key('agency/recovery') }])
    expect(await post(record.text)).toMatchObject({ status: 409, body: { error: 'operation.out_of_order' } })
    expect((await get(`/ops/${record.id}`)).status).toBe(404)
  })

  it('refuses a digest whose bytes nobody brought, and a bringer without a right', async () => {
    const bytes = utf8('{"vct":"urn:fujie:cn:degree:1"}')
    const sha256 = createHash('sha256').update(bytes).digest()
    const typ = await trustRecord('typ', {
      vct: 'urn:fujie:cn:degree:1',
      version: '1',
      digest: `sha256-${sha256.toString('base64')}`,
      size: bytes.length,
      uri: `${registry.url}/blobs/x`,
    })
    expect(await post(typ.text)).toMatchObject({ status: 409, body: { error: 'admission.blob_missing' } })

    const put = async (signer: string, name = sha256.toString('hex'), body = bytes, exp = now() + 60) => {
      const input = `${encodeBase64url(utf8(JSON.stringify({ alg: 'Ed25519', typ: 'fujie-blob+jws', kid: `${agency}#k1` })))}.${encodeBase64url(utf8(JSON.stringify({ sha256: name, exp })))}`
      const token = `${input}.${encodeBase64url(await key(signer).sign(utf8(input)))}`
      const headers = { authorization: `Fujie ${token}`, 'content-type': 'application/octet-stream' }
      const response = await fetch(`${registry.url}/blobs/${name}`, {
        method: 'PUT',
        headers,
        body: body as Uint8Array<ArrayBuffer>,
      })
      return response.status
    }
    expect(await put('b/k1')).toBe(401)
    expect(await put('agency/k1', sha256.toString('hex'), bytes, now() - 1)).toBe(401)
    expect(await put('agency/k1', sha256.toString('hex'), utf8('other'))).toBe(400)
    expect((await get(`/blobs/${sha256.toString('hex')}`)).status).toBe(404)
    expect(await put('agency/k1')).toBe(204)
    expect((await get(`/blobs/${sha256.toString('hex')}`)).bytes).toEqual(bytes)
    expect((await post(typ.text)).status).toBe(201)
  })

  it('proves absence with 200', async () => {
    const { status, bytes } = await get(proofPath('did', `did:fujie:ciq${'a'.repeat(52)}`))
    expect(status).toBe(200)
    expect((await judge(parseProofBundleBytes(bytes))).state?.present).toBe(false)
    expect((await get('/proof/none/x')).status).toBe(404)
    expect(
      (await judge(parseProofBundleBytes((await get(proofPath('sl', `${agency} https://a.example/status/1`))).bytes)))
        .state?.present,
    ).toBe(false)
  })

  it('can be followed by tiles alone, to the root it signs', async () => {
    const note = parseCheckpoint(parseNote(new TextDecoder().decode((await get('/checkpoint')).bytes)).text)
    const tree = new LogTree()
    const bundle = await get(`/tile/entries/000.p/${note.size}`)
    for (const entry of parseEntryBundle(bundle.bytes)) tree.append(hashLeaf(entry))
    expect(bundle.headers.get('content-encoding')).toBe('gzip')
    expect(tree.root()).toEqual(note.root)
    const hashes = parseHashTile((await get(`/tile/0/000.p/${note.size}`)).bytes, note.size)
    expect(hashes[0]).toEqual(tree.node(0, 0))
    expect((await get('/tile/0/000')).status).toBe(404)
    expect((await get('/tile/../head.sqlite')).status).toBe(404)
    expect((await get('/tile/0/%2e%2e%2f%2e%2e%2fhead.sqlite')).status).toBe(404)
  })

  it('shows an entry with its path, and checkpoints with their anchors', async () => {
    const entry = (await get('/entries/2')).json() as { entry: string; path: string[]; size: number; root: string }
    const bytes = (text: string) => decodeBase64url(text) as Uint8Array
    expect(
      verifyInclusion(
        hashLeaf(utf8(entry.entry)),
        { index: 2, size: entry.size, path: entry.path.map(bytes) },
        bytes(entry.root),
      ),
    ).toBe(true)
    expect((await get('/entries/9999')).status).toBe(404)
    expect((await get('/entries/02')).status).toBe(400)
    await registry.anchor()
    const [newest] = (await get('/checkpoints?limit=1')).json() as { size: number; anchor: { state: string } }[]
    expect(newest?.anchor).toMatchObject({ state: 'final', ledger: 'file', size: newest?.size })
    expect((await get(`/checkpoints/${newest?.size}`)).json()).toMatchObject({ size: newest?.size })
    expect((await get(`/checkpoints/${(newest?.size ?? 0) - 1}`)).status).toBe(404)
    expect((await get('/checkpoints/4')).json()).toMatchObject({ size: 4, batch: 2, first: 2, count: 1 })
    expect((await get('/anchors')).json()).toHaveLength(1)
    expect((await get('/stats')).json()).toMatchObject({
      log: registry.log,
      size: newest?.size,
      dids: 2,
      ledger: 'file',
    })
    const history = (await get(`/history/did/${agency}`)).json() as { stage: string }[]
    expect(history).toMatchObject([{ seq: 0, stage: 'anchored', kind: 'create' }])
    expect((await get(`/recovery/${thumbprint(key('agency/recovery').publicJwk)}`)).json()).toEqual({
      dids: [{ did: agency, seq: 0 }],
    })
  })

  it('tells of batches, checkpoints and anchors as they happen', async () => {
    const stop = new AbortController()
    const response = await fetch(`${registry.url}/events`, { signal: stop.signal })
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    await post((await create('streamed')).text)
    await registry.anchor()
    let text = ''
    while (!text.includes('"type":"anchor"')) text += new TextDecoder().decode((await reader.read()).value)
    stop.abort()
    expect(text).toMatch(/data: \{"type":"batch".*"kind":"create".*\}\n\ndata: \{"type":"checkpoint"/)
  })

  it('lets pages of any origin read and submit', async () => {
    expect((await get('/stats')).headers.get('access-control-allow-origin')).toBe('*')
    const asked = await fetch(`${registry.url}/ops`, { method: 'OPTIONS' })
    expect(asked.status).toBe(204)
  })
})

describe('DID resolution', () => {
  interface Result {
    didDocument: {
      id: string
      verificationMethod: { id: string }[]
      assertionMethod: string[]
      service: { id: string }[]
    } | null
    didResolutionMetadata: { contentType?: string; error?: { type: string }; proof?: { proofValue: string }[] }
    didDocumentMetadata: Record<string, unknown> & { proof?: { proofValue: string }[] }
  }
  const resolve = async (didUrl: string, accept?: string) => {
    const { status, headers, json } = await get(`/1.0/identifiers/${didUrl}`, accept)
    return { status, type: headers.get('content-type'), location: headers.get('location'), body: json as () => Result }
  }
  const errorOf = async (didUrl: string, accept?: string) => {
    const { status, body } = await resolve(didUrl, accept)
    return [status, body().didResolutionMetadata.error?.type.split('#')[1]]
  }

  it('gives the document with a proof that holds', async () => {
    const { status, type, body } = await resolve(agency)
    expect([status, type]).toEqual([200, 'application/did-resolution'])
    const { didDocument, didResolutionMetadata, didDocumentMetadata } = body()
    expect(didDocument).toMatchObject({
      id: agency,
      assertionMethod: [`${agency}#k1`],
      service: [{ id: `${agency}#site` }],
    })
    expect(didResolutionMetadata).toEqual({ contentType: 'application/did' })
    expect(didDocumentMetadata).toMatchObject({ published: true, versionId: expect.stringMatching(/^0-/) as string })
    expect(didDocumentMetadata).not.toHaveProperty('updated')
    const proof = decodeBase64url(didDocumentMetadata.proof?.[0]?.proofValue ?? '') as Uint8Array
    expect((await judge(parseProofBundleCbor(proof))).state?.present).toBe(true)
  })

  it('gives a bare document in the type asked for, and takes percent-encoded names', async () => {
    for (const type of ['application/did', 'application/did+json', 'application/did+ld+json', 'application/ld+json']) {
      const answer = await resolve(encodeURIComponent(agency), type)
      expect([answer.status, answer.type, (answer.body() as never as { id: string }).id]).toEqual([200, type, agency])
    }
    expect(await errorOf(agency, 'text/html')).toEqual([406, 'REPRESENTATION_NOT_SUPPORTED'])
  })

  it('resolves did:key and the long form out of themselves', async () => {
    const didKey = formatDidKey(key('x').publicJwk)
    expect((await resolve(didKey)).body().didDocument?.id).toBe(didKey)
    const unsent = await create('unsent')
    const long = formatFujieLongDid(unsent)
    expect(parseDid(long).long).toBe(unsent.text)
    const loose = (await resolve(long)).body()
    expect(loose.didDocument?.id).toBe(long)
    expect(loose.didDocumentMetadata).toMatchObject({ published: false, equivalentId: [nameOfRecord(unsent).name] })
    await post(unsent.text)
    const anchored = (await resolve(long)).body()
    expect(anchored.didDocument?.id).toBe(long)
    expect(anchored.didDocumentMetadata).toMatchObject({ published: true, canonicalId: nameOfRecord(unsent).name })
    expect(await errorOf(`${long.slice(0, -4)}AAAA`)).toEqual([400, 'INVALID_DID'])
  })

  it('finds versions by id and time', async () => {
    const { versionId, created } = (await resolve(agency)).body().didDocumentMetadata as {
      versionId: string
      created: string
    }
    expect((await resolve(`${agency}?versionId=${versionId}`)).status).toBe(200)
    expect((await resolve(`${encodeURIComponent(agency)}?versionTime=${created}`)).status).toBe(200)
    expect(await errorOf(`${agency}?versionId=9-x`)).toEqual([404, 'NOT_FOUND'])
    expect(await errorOf(`${agency}?versionTime=2020-01-01T00:00:00Z`)).toEqual([404, 'NOT_FOUND'])
    expect(await errorOf(`${agency}?versionTime=yesterday`)).toEqual([400, 'INVALID_OPTIONS'])
    expect(await errorOf(`${agency}?noCache=true`)).toEqual([501, 'FEATURE_NOT_SUPPORTED'])
  })

  it('dereferences keys, and services to their own origin alone', async () => {
    const type = 'application/did-url-dereferencing'
    const found = await resolve(encodeURIComponent(`${agency}#k1`), type)
    expect((found.body() as never as { contentStream: { id: string } }).contentStream.id).toBe(`${agency}#k1`)
    expect((await resolve(encodeURIComponent(`${agency}#k9`), type)).status).toBe(404)
    const sent = await resolve(`${agency}?service=site&relativeRef=b`, type)
    expect([sent.status, sent.location]).toEqual([303, 'https://agency.example/a/b'])
    expect((await resolve(`${agency}?service=site&relativeRef=//evil.example/`, type)).status).toBe(404)
  })

  it.each([
    ['nonsense', 400, 'INVALID_DID'],
    ['did:web:agency.example', 501, 'METHOD_NOT_SUPPORTED'],
    ['did:unheard:of', 501, 'METHOD_NOT_SUPPORTED'],
    ['did:fujie:CIQJT3EHPVKHRMP2UESPQGJQT5NOTG6IIDLWBVUDNGISULMBNMIIPKA', 400, 'INVALID_DID'],
  ])('refuses %s', async (did, status, error) => {
    expect(await errorOf(did)).toEqual([status, error])
  })

  it('proves that there is no such DID, and that one is no more', async () => {
    const absent = await resolve(`did:fujie:ciq${'a'.repeat(52)}`)
    expect(absent.status).toBe(404)
    const proof = decodeBase64url(absent.body().didResolutionMetadata.proof?.[0]?.proofValue ?? '') as Uint8Array
    expect((await judge(parseProofBundleCbor(proof))).state?.present).toBe(false)

    const doomed = await create('doomed')
    await post(doomed.text)
    const { name: did } = nameOfRecord(doomed)
    const operation: DeactivateOperation = {
      v: 1,
      kind: 'deactivate',
      did,
      seq: 1,
      prev: doomed.id,
      exp: now() + 60,
      keys: [key('doomed/recovery').publicJwk],
    }
    expect((await post((await signRecord(operation, [{ signer: key('doomed/recovery') }])).text)).status).toBe(201)
    const gone = await resolve(did)
    expect([gone.status, gone.body().didDocument, gone.body().didDocumentMetadata.deactivated]).toEqual([
      410,
      null,
      true,
    ])
  })
})

describe('every refusal of an operation', () => {
  const [minute, week] = [60, 604_800]
  let created: SignedRecord<CreateOperation>
  let did: string

  beforeAll(async () => {
    created = await create('refused')
    did = nameOfRecord(created).name
    await post(created.text)
  })

  const commit = (name: string) => ({ threshold: 1, thumbprints: [thumbprint(key(name).publicJwk)] })
  function update(
    change: Partial<UpdateOperation> = {},
    signer = 'refused/update',
    kind: 'update' | 'recover' = 'update',
  ) {
    const { publicJwk } = key(signer)
    const next = { update: commit('refused/later'), recovery: commit('refused/recovery') }
    return signRecord<UpdateOperation>(
      {
        ...{
          v: 1,
          kind,
          did,
          seq: 1,
          prev: created.id,
          exp: now() + minute,
          keys: [publicJwk],
          doc: { keys: [] },
          next,
        },
        ...change,
      },
      [{ signer: key(signer) }],
    )
  }
  async function createAs(change: Partial<CreateOperation>) {
    const signer = key('other/first')
    return signRecord<CreateOperation>({ ...created.payload, keys: [signer.publicJwk], ...change }, [{ signer }])
  }
  const forged = async () => {
    const [header, body] = (await update()).text.split('.')
    return `${header}.${body}.${(await update({ exp: now() + 50 })).text.split('.')[2]}`
  }

  const unknownKey = async () => {
    const body = { origin: 'audit.example', size: 1, root: 'A'.repeat(43) }
    const payload: TrustPayload<'log'> = {
      v: 1,
      kind: 'log',
      by: did,
      seq: 0,
      exp: now() + minute,
      status: 'active',
      body,
    }
    return (await signRecord(payload, [{ signer: key('refused/k1'), kid: `${did}#k2` }])).text
  }

  it.each<[string, number, () => Promise<string>]>([
    ['operation.malformed', 400, () => Promise.resolve(`${created.text}=`)],
    ['operation.wrong_log', 400, async () => (await createAs({ log: 'A'.repeat(43) })).text],
    ['admission.person_not_anchored', 403, async () => (await createAs({ class: 'person' })).text],
    ['did.not_found', 404, async () => (await update({ did: `did:fujie:ciq${'a'.repeat(52)}` })).text],
    ['operation.out_of_order', 409, async () => (await update({ seq: 3 })).text],
    ['operation.expired', 400, async () => (await update({ exp: now() - minute })).text],
    ['operation.expired', 400, async () => (await update({ exp: now() + week + minute })).text],
    ['operation.key_uncommitted', 403, async () => (await update({}, 'refused/stranger')).text],
    [
      'operation.recovery_changed',
      403,
      async () => (await update({ next: { update: commit('x'), recovery: commit('y') } })).text,
    ],
    [
      'operation.key_reused',
      403,
      async () =>
        (await update({ next: { update: commit('refused/update'), recovery: commit('refused/recovery') } })).text,
    ],
    ['operation.signer_not_authorised', 403, unknownKey],
    ['operation.signature_invalid', 403, forged],
  ])('%s answers %i, and the log stays as it was', async (code, status, text) => {
    const before = (await get('/stats')).json() as { size: number }
    expect(await post(await text())).toMatchObject({ status, body: { error: code } })
    expect((await get('/stats')).json()).toMatchObject({ size: before.size })
  })
})

describe('a start', () => {
  it('goes on with the log that is there', async () => {
    const before = (await get('/stats')).json() as { size: number; root: string; log: string }
    await registry.stop()
    registry = await startRegistry(config(), { ...ports, firstPolicy: () => Promise.reject(new Error('asked again')) })
    expect((await get('/stats')).json()).toMatchObject({ size: before.size, root: before.root, log: before.log })
    const { findings, state } = await judge(parseProofBundleBytes((await get(proofPath('did', agency))).bytes))
    expect(findings).toEqual([])
    expect(state?.present).toBe(true)
    expect((await get('/anchors')).json()).not.toEqual([])
  })

  it('is refused where the port is taken, and leaves nothing open', async () => {
    const port = Number(new URL(registry.url).port)
    const other = await mkdtemp(join(tmpdir(), 'fujie-registry-'))
    await expect(startRegistry(config({ folder: other, port }), { ...ports })).rejects.toThrow('start.port_in_use')
    const again = await startRegistry(config({ folder: other }), { ...ports })
    await again.stop()
    await rm(other, { recursive: true })
  })

  it('is refused where the folder cannot be written', async () => {
    const file = join(folder, 'a-file')
    await writeFile(file, '')
    await expect(startRegistry(config({ folder: join(file, 'below') }), ports)).rejects.toThrow(
      'start.folder_not_writable',
    )
  })
})
