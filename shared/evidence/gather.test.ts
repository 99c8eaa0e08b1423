import { beforeEach, describe, expect, it } from 'vitest'
import { worldHttp } from '../../tests/fixtures/counter.ts'
import { MemoryLog } from '../../tests/fixtures/memory-log.ts'
import { Party, testSigner } from '../../tests/fixtures/party.ts'
import { World, type IssueOptions } from '../../tests/fixtures/world.ts'
import { faultCode, Fault } from '../core/fault.ts'
import { jsonObject } from '../core/encoding/json.ts'
import { utf8 } from '../core/encoding/bytes.ts'
import { judgePresentation } from '../core/presentation/judge.ts'
import type { Presentation } from '../core/presentation/presentation.ts'
import { formatRequest, parseRequest, requestHeader } from '../core/presentation/request.ts'
import { judgeVerifier } from '../core/trust/judge-verifier.ts'
import { usualPolicy } from '../core/trust/policy.ts'
import { formatDidKey } from '../core/did/key.ts'
import type { EvidenceStore } from '../ports/evidence-store.ts'
import type { Http, HttpRequest, HttpResponse } from '../ports/http.ts'
import type { LogReader } from '../ports/log-reader.ts'
import { signJws } from '../ports/sign-jws.ts'
import type { EvidencePorts } from './collect.ts'
import { gatherForPresentation, gatherForRequest } from './gather.ts'
import { createMemoryStore } from './memory-store.ts'
import { refreshEvidence } from './refresh.ts'
import { registryOverHttp } from './registry-over-http.ts'
import { statusListsOverHttp } from './status-over-http.ts'

let world: World
let asked: string[]
let isCut: (url: string) => boolean

beforeEach(async () => {
  world = await World.make()
  asked = []
  isCut = () => false
})

/** The world's registry and status list by HTTP, written down, and cut off where the test says so. */
function network(): Http {
  const http = worldHttp(world)
  return {
    send(request: HttpRequest): Promise<HttpResponse> {
      asked.push(nameOf(request.url))
      if (isCut(request.url)) return Promise.reject(new Fault('fetch.unreachable'))
      return http.send(request)
    },
  }
}

function nameOf(url: string): string {
  const { pathname } = new URL(url)
  const [, first = '', second = ''] = pathname.split('/')
  return url === world.statusUri ? 'status' : first === 'proof' ? second : first
}

function ports(store?: EvidenceStore): EvidencePorts {
  const http = network()
  const [registry, statusLists] = [registryOverHttp(http, 'https://registry.example'), statusListsOverHttp(http)]
  return { registry, statusLists, ...(store && { store }) }
}

async function guest(issue?: IssueOptions): Promise<Presentation> {
  return world.present(await world.issue(issue))
}

async function verdict(presentation: Presentation, store?: EvidenceStore, policy = world.policy()) {
  const evidence = await gatherForPresentation(presentation, policy, ports(store), world.now)
  const { outcome, findings } = await judgePresentation(presentation, evidence, policy, world.now)
  return [outcome, ...findings.map(({ code }) => code)].join(', ')
}

describe('gatherForPresentation', () => {
  it('asks for one thing after the other, the status list last, and it is enough', async () => {
    expect(await verdict(await guest())).toBe('accepted')
    expect(asked.slice(0, 2)).toEqual(['lists', 'acc'])
    expect(asked.slice(2, 4).sort()).toEqual(['blobs', 'did'])
    expect(asked.slice(4)).toEqual(['sl', 'status'])
  })

  it('opens no address of a credential whose issuer is not accredited', async () => {
    const stranger = await Party.join('stranger', world.log, world.now)
    const issue = { signer: stranger.signer(), kid: stranger.kid(), payload: { iss: stranger.did } }
    expect(await verdict(await guest(issue))).toBe('undecided, issuer.unknown')
    expect(asked).toEqual(['lists', 'acc'])
  })

  it.each<[string, IssueOptions, string]>([
    ['accredited for other types', { payload: { vct: 'urn:fujie:cn:degree:1' } }, 'did'],
    ['whose signature does not hold', { signer: testSigner('thief') }, 'status'],
    ['that has ended', { payload: { exp: World.start - 86_400 } }, 'status'],
    ['of no known party', { header: { kid: undefined }, payload: { iss: 'https://police.example' } }, 'lists'],
  ])('opens no address of one %s', async (_what, issue, never) => {
    expect(await verdict(await guest(issue))).not.toContain('accepted')
    expect(asked).not.toContain(never)
    expect(asked).not.toContain('status')
  })

  it('asks no registry about one trusted by a local anchor', async () => {
    const foreigner = testSigner('foreigner')
    const did = formatDidKey(foreigner.publicJwk)
    const issue = { signer: foreigner, header: { kid: undefined }, payload: { iss: did, status: undefined } }
    const policy = world.policy({ ...usualPolicy, anchors: [{ did, types: ['urn:fujie:cn:resident-id*'] }] })
    expect(await verdict(await guest(issue), undefined, policy)).toBe('accepted')
    expect(asked).toEqual([])
  })

  it('asks a silent registry once, and leaves open what it does not know', async () => {
    isCut = (url) => url.startsWith('https://registry.example')
    expect(await verdict(await guest())).toBe('undecided, issuer.unknown, evidence.missing')
    expect(asked).toEqual(['lists'])
  })

  it('leaves the status open where its list cannot be had', async () => {
    isCut = (url) => url === world.statusUri
    expect(await verdict(await guest())).toBe('undecided, credential.status_unknown')
  })
})

describe('with the log itself at hand', () => {
  let reader: LogReader
  let store: EvidenceStore

  beforeEach(() => {
    store = createMemoryStore()
    reader = readerOf(world.log)
  })

  const readerOf = (log: MemoryLog): LogReader => ({
    checkpoint: () => Promise.resolve(utf8(log.note)),
    tile: (name) => Promise.resolve(log.tile(name)),
  })

  async function followed(): Promise<string> {
    const policy = world.policy()
    const sources = { ...ports(store), log: { reader, trust: policy.log } }
    const presentation = await guest()
    const evidence = await gatherForPresentation(presentation, policy, sources, world.now)
    const { outcome, findings } = await judgePresentation(presentation, evidence, policy, world.now)
    return [outcome, ...new Set(findings.map(({ code }) => code))].join(', ')
  }

  it('remembers its head, and goes on as it grows', async () => {
    expect(await followed()).toBe('accepted')
    await world.verifier.update({ ...world.verifier.doc }, world.now)
    await world.pass(61)
    expect(await followed()).toBe('accepted')
    expect((await store.find('checkpoint', world.log.origin))?.bytes).toEqual(utf8(world.log.note))
  })

  it('believes nothing more of one that has another history now', async () => {
    expect(await followed()).toBe('accepted')
    await world.pass(61)
    const [log, admin] = [testSigner('log', 'Ed25519'), testSigner('other admin')]
    const other = await MemoryLog.open(world.log.origin, log, admin, world.now)
    await Party.join('somebody', other, world.now)
    for (let i = 0; other.head.size <= world.log.head.size; i++) await Party.join(`more ${i}`, other, world.now)
    reader = readerOf(other)
    expect(await followed()).toBe('rejected, log.fork')
    // What was known stays: the same is found out the next time.
    expect(await followed()).toBe('rejected, log.fork')
  })

  it('does not go on with one that keeps back what would show that it has only grown', async () => {
    expect(await followed()).toBe('accepted')
    await world.verifier.update({ ...world.verifier.doc }, world.now)
    await world.pass(601)
    reader = { ...readerOf(world.log), tile: () => Promise.reject(new Fault('record.not_found')) }
    expect(await followed()).toMatch(/^undecided/)
    // Without following, the same registry is believed: that is what this defence adds.
    expect(await verdict(await guest(), createMemoryStore())).toBe('accepted')
  })
})

describe('with a store', () => {
  it('asks nothing twice within a minute, and nothing but what moved later', async () => {
    const store = createMemoryStore()
    expect(await verdict(await guest(), store)).toBe('accepted')
    asked = []
    world.now += 59
    expect(await verdict(await guest(), store)).toBe('accepted')
    expect(asked).toEqual(['lists'])
    asked = []
    world.now += 2
    expect(await verdict(await guest(), store)).toBe('accepted')
    expect(asked.toSorted()).toEqual(['acc', 'did', 'lists', 'sl'])
    asked = []
    await world.pass(600)
    expect(await verdict(await guest(), store)).toBe('accepted')
    expect(asked.toSorted()).toEqual(['acc', 'did', 'lists', 'sl', 'status'])
  })

  it('judges without a network by what it has, and says how old that is', async () => {
    const store = createMemoryStore()
    expect(await verdict(await guest(), store)).toBe('accepted')
    isCut = () => true
    world.now += 5_000
    const offline = world.policy({ log: world.log.trust({ maxEvidenceAge: 86_400, offlineGrace: 86_400 }) })
    expect(await verdict(await guest(), store, offline)).toBe('accepted')
    world.now += 86_400
    expect(await verdict(await guest(), store, offline)).toMatch(/^accepted, .*credential.status_old/)
    world.now += 86_400
    expect(await verdict(await guest(), store, offline)).toContain('undecided')
  })

  it('sees a revocation as soon as the log knows of it', async () => {
    const store = createMemoryStore()
    expect(await verdict(await guest(), store)).toBe('accepted')
    world.now += 61
    await world.setStatus(7, 1)
    expect(await verdict(await guest(), store)).toBe('rejected, credential.revoked')
  })

  it('keeps the old list with its old digest until both are new', async () => {
    const store = createMemoryStore()
    await verdict(await guest(), store)
    const before = await store.find('status_digest', `${world.issuer.did} ${world.statusUri}`)
    world.now += 61
    await world.setStatus(9, 1)
    isCut = (url) => url === world.statusUri
    expect(await verdict(await guest(), store)).toBe('accepted')
    expect(await store.find('status_digest', `${world.issuer.did} ${world.statusUri}`)).toEqual(before)
    world.now += 600
    await world.log.stamp(world.now)
    expect(await verdict(await guest(), store)).toContain('undecided, evidence.too_old')
  })

  it('keeps a list longer than a word of the log is good for', async () => {
    const store = createMemoryStore()
    await world.publishStatus({ payload: { ttl: 3_600 } })
    await verdict(await guest(), store)
    for (let i = 0; i < 5; i++) {
      world.now += 700
      await world.log.stamp(world.now)
      asked = []
      expect(await verdict(await guest(), store)).toBe('accepted')
      expect(asked).not.toContain('status')
    }
  })

  it('is brought up to date on a timer, whoever was looked at', async () => {
    const store = createMemoryStore()
    await verdict(await guest(), store)
    await world.setStatus(7, 1)
    await world.pass(700)
    asked = []
    await refreshEvidence(store, ports(), world.now)
    expect(asked.toSorted()).toEqual(['acc', 'did', 'sl', 'status'])
    isCut = () => true
    expect(await verdict(await guest(), store)).toBe('rejected, credential.revoked')
  })

  it('forgets the oldest when it is full', async () => {
    const item = (name: string) => ({ kind: 'did_state', name, fetchedAt: 1, bytes: utf8(name) }) as const
    const store = createMemoryStore([item('a'), item('b')], 2)
    await store.put([item('c')])
    expect((await store.all()).map(({ name }) => name)).toEqual(['b', 'c'])
    await store.put([{ ...item('b'), fetchedAt: 0 }])
    expect((await store.find('did_state', 'b'))?.fetchedAt).toBe(1)
  })
})

describe('gatherForRequest', () => {
  async function request(kid = world.verifier.kid(), clientId = `decentralized_identifier:${world.verifier.did}`) {
    const claims = formatRequest({
      clientId,
      responseUri: 'https://hotel.example/vp/responses/x',
      nonce: 'n'.repeat(43),
      state: 's'.repeat(43),
      issuedAt: world.now,
      expires: world.now + 120,
      encryption: { key: testSigner('fresh').publicJwk, kid: 'k' },
      query: world.query(),
      purpose: 'hotel-check-in',
    })
    const header = jsonObject({ ...requestHeader({ kid }) })
    return parseRequest(await signJws(world.verifier.signer(), header, claims))
  }

  const occasion = () => ({
    clientId: `decentralized_identifier:${world.verifier.did}`,
    requestUri: 'https://hotel.example/vp/requests/x',
    now: world.now,
  })

  it('finds what it takes to know who asks, and for what', async () => {
    const unverified = await request()
    const evidence = await gatherForRequest(unverified, world.policy(), ports(), world.now)
    const judged = await judgeVerifier(unverified, occasion(), evidence, world.policy())
    expect(judged.findings).toEqual([])
    expect(judged.registration?.names['zh-CN']).toBe('竹里示例酒店')
    expect(judged.purpose?.retention).toBe('P30D')
    expect(evidence.items.map(({ kind }) => kind).toSorted()).toEqual(['did_state', 'query', 'registration'])
  })

  it('asks nothing about one that the log could not know', async () => {
    const unverified = await request(
      'did:key:z6Mkon3Necd6NkkyfoGoHxid2znGc59LU3K7mubaRcFbLfLX#x',
      'redirect_uri:https://a.example',
    ).catch(() => request('did:key:z6Mk#x', 'decentralized_identifier:did:key:z6Mk'))
    expect((await gatherForRequest(unverified, world.policy(), ports(), world.now)).items).toEqual([])
    expect(asked).toEqual([])
  })
})

describe('registryOverHttp', () => {
  const answering = (answer: Partial<HttpResponse>): Http => ({
    send: () => Promise.resolve({ status: 200, headers: {}, body: new Uint8Array(), ...answer }),
  })
  const code = (work: Promise<unknown>) => work.then(() => 'answered', faultCode)
  const reader = (answer: Partial<HttpResponse>) => registryOverHttp(answering(answer), 'https://registry.example')

  it('names what is not there, and one that does not answer', async () => {
    expect(await code(reader({ status: 404 }).proof('did', 'x'))).toBe('record.not_found')
    expect(await code(reader({ status: 404 }).blob('00'))).toBe('blob.not_found')
    expect(await code(reader({ status: 500 }).checkpoint())).toBe('registry.unreachable')
    expect(await code(reader({ body: utf8('{') }).names('queries', 'x'))).toBe('registry.unreachable')
    expect(await code(reader({ body: utf8('{}') }).names('queries', 'x'))).toBe('registry.unreachable')
    const broken: Http = { send: () => Promise.reject(new Fault('fetch.timeout')) }
    expect(await code(registryOverHttp(broken, 'https://registry.example').checkpoint())).toBe('registry.unreachable')
  })

  it('takes names from a list and nothing else', async () => {
    const body = utf8('[{"name":"a b","body":{"role":"issuer"}},{"other":1},7]')
    expect(await reader({ body }).names('accreditations', 'b')).toEqual(['a b'])
  })

  it('writes names into addresses so that they stay one segment', async () => {
    const urls: string[] = []
    const http: Http = {
      send: ({ url }) => {
        urls.push(url)
        return Promise.resolve({ status: 200, headers: {}, body: new Uint8Array() })
      },
    }
    await registryOverHttp(http, 'https://registry.example').proof('sl', 'did:fujie:x https://a.example/status/1')
    expect(urls).toEqual(['https://registry.example/proof/sl/did%3Afujie%3Ax%20https%3A%2F%2Fa.example%2Fstatus%2F1'])
  })

  it('refuses a status list that is not there', async () => {
    expect(await code(statusListsOverHttp(answering({ status: 404 })).token('https://a.example'))).toBe(
      'fetch.unreachable',
    )
  })
})
