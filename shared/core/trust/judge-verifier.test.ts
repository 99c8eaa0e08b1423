import { beforeEach, describe, expect, it } from 'vitest'
import { World } from '../../../tests/fixtures/world.ts'
import { Party, privateKey, testSigner } from '../../../tests/fixtures/party.ts'
import { makeAuthority, makeLeaf } from '../../adapters/certificate.ts'
import { signJws } from '../../ports/sign-jws.ts'
import type { Signer } from '../../ports/signer.ts'
import { formatDidKey } from '../did/key.ts'
import { encodeBase64 } from '../encoding/base64.ts'
import type { JsonObject } from '../encoding/json.ts'
import { formatClientId } from '../presentation/client-id.ts'
import { parseDcqlQuery } from '../presentation/dcql.ts'
import type { Evidence, EvidenceKind } from '../presentation/evidence.ts'
import { formatRequest, parseRequest, requestHeader, type RequestTerms } from '../presentation/request.ts'
import type { DocumentService, OperationDocument } from '../record/operation.ts'
import type { Registration } from '../record/registration.ts'
import type { FindingCode } from '../verdict.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { headerOf, judgeShowTo, judgeVerifier, type VerifierHeader, type VerifierJudgement } from './judge-verifier.ts'

const requestUri = 'https://hotel.example/vp/requests/A'
const day = 86_400

let world: World

beforeEach(async () => {
  world = await World.make()
})

const byDid = () => formatClientId({ did: world.verifier.did })

/** The hotel's request, by its DID unless told otherwise. */
async function ask(
  members: Partial<RequestTerms> = {},
  header: JsonObject = requestHeader({ kid: world.verifier.kid() }),
  signer: Signer = world.verifier.signer(),
): Promise<string> {
  const claims = formatRequest({
    clientId: byDid(),
    responseUri: 'https://hotel.example/vp/responses/A',
    nonce: 'n'.repeat(43),
    state: 's',
    issuedAt: world.now,
    expires: world.now + 300,
    encryption: { key: testSigner('session').publicJwk, kid: 'k' },
    query: world.query(),
    purpose: 'hotel-check-in',
    ...members,
  })
  return signJws(signer, header, claims)
}

/** What the log says of the hotel; a kind set to null is not to be had. */
function known(changes: Partial<Record<EvidenceKind, Uint8Array | null>> = {}): Evidence {
  const [root, hotel] = [world.root.did, world.verifier.did]
  const names = [
    ['did_state', 'did', hotel],
    ['registration', 'ver', `${root} ${hotel}`],
    ['query', 'qry', `${root} ${hotel} hotel-check-in`],
  ] as const
  return {
    items: names.flatMap(([kind, ns, name]) => {
      const bytes = changes[kind] === undefined ? world.log.proofBytes(ns, name) : changes[kind]
      return bytes === null ? [] : [{ kind, name, fetchedAt: world.now, bytes }]
    }),
  }
}

function judge(
  text: string,
  evidence = known(),
  more: { clientId?: string; now?: number } = {},
): Promise<VerifierJudgement> {
  const request = parseRequest(text)
  const occasion = { clientId: more.clientId ?? request.clientId.text, requestUri, now: more.now ?? world.now }
  return judgeVerifier(request, occasion, evidence, world.policy())
}

const site = (endpoint: string): DocumentService => ({ id: 'site', type: 'Site', serviceEndpoint: endpoint })

const codes = ({ findings }: VerifierJudgement) => findings.map(({ code }) => code)

/** A new version of the hotel's registration. */
async function register(
  changes: Partial<Registration>,
  status: 'active' | 'suspended' | 'withdrawn' = 'active',
): Promise<void> {
  const before = world.log.find('ver', `${world.root.did} ${world.verifier.did}`)?.record.payload
  if (before?.kind !== 'ver') throw new Error('the hotel is not registered')
  await world.root.state('ver', { ...before.body, ...changes }, world.now, status)
}

describe('judgeVerifier', () => {
  it('accepts a registered verifier and tells who it is by the registry alone', async () => {
    const judged = await judge(await ask())
    expect(judged.findings).toEqual([])
    expect(judged.header).toBe('accredited')
    expect(judged.did).toBe(world.verifier.did)
    expect(judged.registration?.names).toEqual({ 'zh-CN': '竹里示例酒店', en: 'Zhuli Sample Hotel' })
    expect(judged.purpose?.words.en).toBe('Hotel check-in')
    expect(judged.purpose?.legalBasis.en).toBe('Hotel security rules')
    expect(judged.purpose?.retention).toBe('P30D')
    expect(judged.excess.size).toBe(0)
    expect(judged.entry?.index).toBeGreaterThan(0)
    expect(judged.asOf).toBeLessThanOrEqual(world.now)
  })

  it('tells no name beside a signature that is not its', async () => {
    const judged = await judge(await ask({}, requestHeader({ kid: world.verifier.kid() }), testSigner('thief')))
    expect(codes(judged)).toEqual(['verifier.signature_invalid'])
    expect(judged.header).toBe('unknown')
    expect(judged.registration).toBeUndefined()
    expect(judged.purpose).toBeUndefined()
  })

  it('refuses a key that was retired, compromised, or is for another use', async () => {
    const key = world.verifier.key('k1')
    for (const change of [{ retired: world.now }, { compromised: true }, { for: ['assertionMethod'] }] as const) {
      world = await World.make()
      const fresh = { ...world.verifier.key('k2') }
      await world.verifier.update({ keys: [{ ...key, ...change }, fresh] }, world.now)
      expect(codes(await judge(await ask()))).toEqual(['verifier.signature_invalid'])
      const byNew = await ask({}, requestHeader({ kid: world.verifier.kid('k2') }), world.verifier.signer('k2'))
      expect(codes(await judge(byNew))).toEqual([])
    }
  })

  it('accepts a key from its first second, and until the one before it is retired', async () => {
    const key = world.verifier.key('k1')
    for (const [change, found] of [
      [{ from: world.now }, []],
      [{ from: world.now + 1 }, ['verifier.signature_invalid']],
      [{ retired: world.now + 1 }, []],
      [{ retired: world.now }, ['verifier.signature_invalid']],
      [{ from: world.now - 1, retired: world.now + 1 }, []],
    ] as const) {
      world = await World.make()
      await world.verifier.update({ keys: [{ ...key, ...change }] }, world.now)
      expect(codes(await judge(await ask()))).toEqual(found)
    }
  })

  it('is as of the oldest proof it rests on', async () => {
    const [root, hotel] = [world.root.did, world.verifier.did]
    for (const [kind, ns, name] of [
      ['registration', 'ver', `${root} ${hotel}`],
      ['query', 'qry', `${root} ${hotel} hotel-check-in`],
    ] as const) {
      await world.log.stamp(world.now - 100)
      const older = world.log.proofBytes(ns, name)
      await world.log.stamp(world.now)
      expect((await judge(await ask())).asOf).toBe(world.now)
      expect((await judge(await ask(), known({ [kind]: older }))).asOf).toBe(world.now - 100)
    }
  })

  it('tells which entry of the log registers it, and since when', async () => {
    const { entry } = await judge(await ask())
    const state = world.log.find('ver', `${world.root.did} ${world.verifier.did}`)
    expect(entry?.index).toBe(state?.index)
    expect(entry?.sealTime).toBeLessThanOrEqual(world.now)
  })

  it('tells a finding of two proofs once', async () => {
    await world.log.stamp(world.now - 601)
    expect(codes(await judge(await ask()))).toEqual(['evidence.too_old'])
  })

  it('refuses the name of a key that is none', async () => {
    const did = 'did:key:zBroken'
    const judged = await judge(await ask({ clientId: formatClientId({ did }) }, requestHeader({ kid: `${did}#k` })))
    expect(codes(judged)).toContain('verifier.client_mismatch')
    expect(judged.header).toBe('unknown')
    expect(judged.did).toBeUndefined()
  })

  it('leaves undecided a DID that the log proves it does not have', async () => {
    const elsewhere = await World.make()
    const other = await Party.join('nowhere', elsewhere.log, world.now)
    const header = requestHeader({ kid: other.kid() })
    const text = await ask({ clientId: formatClientId({ did: other.did }) }, header, other.signer())
    const bytes = world.log.proofBytes('did', other.did)
    const item = { kind: 'did_state', name: other.did, fetchedAt: world.now, bytes } as const
    const judged = await judge(text, { items: [item] })
    expect(codes(judged)).toEqual(['evidence.missing'])
    expect(judged.registration).toBeUndefined()
  })

  it('makes no finding of what is a fault of ours', async () => {
    const broken: Evidence = {
      get items(): never {
        throw new TypeError('torn')
      },
    }
    await expect(judge(await ask(), broken)).rejects.toThrow('torn')
  })

  it('refuses a deactivated DID', async () => {
    await world.verifier.deactivate(world.now)
    const judged = await judge(await ask())
    expect(codes(judged)).toEqual(['evidence.missing', 'issuer.deactivated'])
    expect(judged.registration).toBeUndefined()
    await world.log.stamp(world.now - 601)
    expect(codes(await judge(await ask()))).toEqual(['evidence.missing', 'evidence.too_old', 'issuer.deactivated'])
  })

  it.each<[string, 'did_state' | 'registration' | 'query', string[]]>([
    ['its DID', 'did_state', ['evidence.missing']],
    ['its registration', 'registration', ['evidence.missing']],
    ['the query of its purpose', 'query', ['evidence.missing']],
  ])('leaves undecided what the log could not be asked of: %s', async (_, kind, found) => {
    const judged = await judge(await ask(), known({ [kind]: null }))
    expect(codes(judged)).toEqual(found)
    expect(judged.header).toBe('unknown')
  })

  it('leaves undecided what is told by a proof that is altered, another name’s, or too old', async () => {
    const bytes = world.log.proofBytes('ver', `${world.root.did} ${world.verifier.did}`)
    const altered = bytes.map((byte, i) => (i === 40 ? byte ^ 1 : byte))
    for (const proof of [altered, world.log.proofBytes('did', world.verifier.did), new Uint8Array()]) {
      const judged = await judge(await ask(), known({ registration: proof }))
      expect(codes(judged)).toEqual(['log.inclusion_invalid'])
      expect(judged.registration).toBeUndefined()
    }
    await world.log.stamp(world.now - 601)
    expect(codes(await judge(await ask()))).toContain('evidence.too_old')
    await world.log.stamp(world.now - 600)
    expect(codes(await judge(await ask()))).toEqual([])
  })

  describe('without registration', () => {
    it('knows who it is and no more, if the log proves there is none', async () => {
      const stranger = await joinStranger()
      const judged = await judgeStranger(stranger)
      expect(codes(judged)).toEqual(['verifier.unregistered'])
      expect(judged.header).toBe('known')
      expect(judged.did).toBe(stranger.did)
      expect(Object.keys(judged).sort()).toEqual(['did', 'excess', 'findings', 'header'])
    })

    it('does not believe a registration that it wrote itself', async () => {
      const stranger = await joinStranger()
      const before = world.log.find('ver', `${world.root.did} ${world.verifier.did}`)?.record.payload
      if (before?.kind !== 'ver') throw new Error('the hotel is not registered')
      await stranger.state('ver', { ...before.body, subject: stranger.did }, world.now)
      const own = { kind: 'registration', name: `${stranger.did} ${stranger.did}`, fetchedAt: world.now } as const
      const bytes = world.log.proofBytes('ver', own.name)
      const judged = await judgeStranger(stranger, [{ ...own, bytes }])
      expect(codes(judged)).toEqual(['verifier.unregistered'])
    })

    it('accepts one by a registrar that a root accredited for verifiers, and not by an issuer', async () => {
      for (const role of ['verifier', 'issuer'] as const) {
        world = await World.make()
        const stranger = await joinStranger()
        const registrar = world.issuer
        await world.accredit({ role })
        const before = world.log.find('ver', `${world.root.did} ${world.verifier.did}`)?.record.payload
        const query = world.log.find('qry', `${world.root.did} ${world.verifier.did} hotel-check-in`)?.record.payload
        if (before?.kind !== 'ver' || query?.kind !== 'qry') throw new Error('the hotel is not registered')
        await registrar.state('ver', { ...before.body, subject: stranger.did }, world.now)
        await registrar.state('qry', { ...query.body, subject: stranger.did }, world.now)
        const items = (
          [
            ['accreditation', 'acc', `${world.root.did} ${registrar.did}`],
            ['registration', 'ver', `${registrar.did} ${stranger.did}`],
            ['query', 'qry', `${registrar.did} ${stranger.did} hotel-check-in`],
          ] as const
        ).map(([kind, ns, name]) => ({ kind, name, fetchedAt: world.now, bytes: world.log.proofBytes(ns, name) }))
        const judged = await judgeStranger(stranger, items)
        expect(judged.header).toBe(role === 'verifier' ? 'accredited' : 'known')
      }
    })

    it.each<[string, object, 'active' | 'suspended' | 'withdrawn', VerifierHeader]>([
      ['that begins now', { notBefore: World.start }, 'active', 'accredited'],
      ['that begins in a second', { notBefore: World.start + 1 }, 'active', 'known'],
      ['that ends now', { notAfter: World.start }, 'active', 'accredited'],
      ['that ended a second ago', { notAfter: World.start - 1 }, 'active', 'known'],
      ['that is suspended', {}, 'suspended', 'known'],
      ['that was ended', { ended: { at: World.start } }, 'withdrawn', 'known'],
    ])('by a registrar with a right %s', async (_what, { ended, ...window }: { ended?: object }, status, header) => {
      const stranger = await joinStranger()
      const type = { vct: 'urn:example:*', owner: world.root.did, regions: ['*'], depth: 0 }
      const types = [{ ...type, notBefore: World.start - day, notAfter: World.start + day, ...window }]
      await world.accredit({ role: 'verifier', types, ...(ended && { ended }) } as never, world.now, status)
      const judged = await judgeStranger(stranger, await registeredBy(world.issuer, stranger))
      expect(judged.header).toBe(header)
    })

    it('does not believe a registrar whom no root accredited', async () => {
      const [stranger, self] = [await joinStranger(), await Party.join('self', world.log, world.now)]
      const type = {
        vct: 'urn:example:*',
        owner: self.did,
        regions: ['*'],
        depth: 0,
        notBefore: world.now,
        notAfter: world.now + day,
      }
      await self.state('acc', { subject: world.issuer.did, role: 'verifier', types: [type] }, world.now)
      const name = `${self.did} ${world.issuer.did}`
      const own = {
        kind: 'accreditation',
        name,
        fetchedAt: world.now,
        bytes: world.log.proofBytes('acc', name),
      } as const
      const items = [own, ...(await registeredBy(world.issuer, stranger)).slice(1)]
      expect((await judgeStranger(stranger, items)).header).toBe('known')
    })

    it('goes by the best of two words on it', async () => {
      await world.accredit({ role: 'verifier' })
      await register({}, 'suspended')
      const items = [...known().items, ...(await registeredBy(world.issuer, world.verifier))]
      for (const each of [items, items.toReversed()]) {
        const judged = await judge(await ask(), { items: each })
        expect(codes(judged)).toEqual([])
        expect(judged.header).toBe('accredited')
      }
    })

    it.each<[string, Partial<OperationDocument>, readonly string[]]>([
      ['of a service', { services: [site('https://hotel.example/vp')] }, []],
      ['of a service elsewhere', { services: [site('https://elsewhere.example/vp')] }, ['verifier.origin_mismatch']],
      ['of another name', { alsoKnownAs: ['https://hotel.example'] }, []],
      ['of another name elsewhere', { alsoKnownAs: ['https://elsewhere.example'] }, ['verifier.origin_mismatch']],
      ['of either', { alsoKnownAs: ['https://elsewhere.example'], services: [site('https://hotel.example')] }, []],
      ['that are none of the web', { alsoKnownAs: ['urn:hotel', 'xhttps://elsewhere.example', 'https://'] }, []],
    ])('is held to the hosts %s that its document names', async (_what, changes, found) => {
      const stranger = await joinStranger()
      await stranger.update({ ...stranger.doc, ...changes }, world.now)
      expect(codes(await judgeStranger(stranger))).toEqual([...found, 'verifier.unregistered'])
    })

    /** A registration of this party by another, with its purpose, as the log proves them. */
    async function registeredBy(registrar: Party, party: Party): Promise<Evidence['items']> {
      const { root, verifier } = world
      const before = world.log.find('ver', `${root.did} ${verifier.did}`)?.record.payload
      const query = world.log.find('qry', `${root.did} ${verifier.did} hotel-check-in`)?.record.payload
      if (before?.kind !== 'ver' || query?.kind !== 'qry') throw new Error('the hotel is not registered')
      await registrar.state('ver', { ...before.body, subject: party.did }, world.now)
      await registrar.state('qry', { ...query.body, subject: party.did }, world.now)
      return (
        [
          ['accreditation', 'acc', `${root.did} ${registrar.did}`],
          ['registration', 'ver', `${registrar.did} ${party.did}`],
          ['query', 'qry', `${registrar.did} ${party.did} hotel-check-in`],
        ] as const
      ).map(([kind, ns, name]) => ({ kind, name, fetchedAt: world.now, bytes: world.log.proofBytes(ns, name) }))
    }

    it('knows did:key by its key, refuses did:web that cannot be had', async () => {
      const signer = testSigner('pocket')
      const did = formatDidKey(signer.publicJwk)
      const kid = `${did}#${did.slice('did:key:'.length)}`
      const judged = await judge(await ask({ clientId: formatClientId({ did }) }, requestHeader({ kid }), signer))
      expect(codes(judged)).toEqual(['verifier.unregistered'])
      const web = 'did:web:hotel.example'
      const byWeb = await judge(
        await ask({ clientId: formatClientId({ did: web }) }, requestHeader({ kid: `${web}#k` }), signer),
      )
      expect(codes(byWeb)).toContain('evidence.missing')
      expect(byWeb.header).toBe('unknown')
    })

    function joinStranger(): Promise<Party> {
      return Party.join('stranger', world.log, world.now)
    }

    async function judgeStranger(stranger: Party, more: Evidence['items'] = []) {
      const clientId = formatClientId({ did: stranger.did })
      const text = await ask({ clientId }, requestHeader({ kid: stranger.kid() }), stranger.signer())
      const name = `${world.root.did} ${stranger.did}`
      const items: Evidence['items'] = [
        {
          kind: 'did_state',
          name: stranger.did,
          fetchedAt: world.now,
          bytes: world.log.proofBytes('did', stranger.did),
        },
        { kind: 'registration', name, fetchedAt: world.now, bytes: world.log.proofBytes('ver', name) },
      ]
      return judge(text, { items: [...items, ...more] })
    }
  })

  describe('a registration that ended', () => {
    it('flags one that is suspended, or withdrawn for a cause', async () => {
      await register({}, 'suspended')
      const suspended = await judge(await ask())
      expect(codes(suspended)).toEqual(['verifier.flagged'])
      expect(suspended.header).toBe('flagged')
      expect(suspended.registration?.names.en).toBe('Zhuli Sample Hotel')
      world = await World.make()
      await register({ ended: { at: world.now, cause: 'sold data' } }, 'withdrawn')
      expect((await judge(await ask())).header).toBe('flagged')
    })

    it('knows no more of one that is withdrawn without cause, not begun, or over', async () => {
      await register({ ended: { at: world.now } }, 'withdrawn')
      expect(codes(await judge(await ask()))).toEqual(['verifier.unregistered'])
      world = await World.make()
      await register({ notBefore: world.now + 1 })
      expect((await judge(await ask())).registration).toBeUndefined()
      await register({ notBefore: world.now - day, notAfter: world.now - 1 })
      expect((await judge(await ask())).header).toBe('known')
      await register({ notAfter: world.now })
      expect((await judge(await ask())).header).toBe('accredited')
    })
  })

  describe('hosts', () => {
    it('refuses an answer outside the registered hosts, and accepts one inside', async () => {
      await register({ hosts: ['other.example'] })
      const judged = await judge(await ask())
      expect(codes(judged)).toEqual(['verifier.origin_mismatch'])
      await register({ hosts: ['other.example', 'hotel.example'] })
      expect(codes(await judge(await ask()))).toEqual([])
    })

    it('reads a port as part of the host', async () => {
      const responseUri = 'https://hotel.example:8443/r'
      const request = parseRequest(await ask({ responseUri }))
      const occasion = { clientId: byDid(), requestUri: 'https://hotel.example:8443/q', now: world.now }
      const at = async () => codes(await judgeVerifier(request, occasion, known(), world.policy()))
      await register({ hosts: ['hotel.example:8443'] })
      expect(await at()).toEqual([])
      await register({ hosts: ['hotel.example:8444'] })
      expect(await at()).toEqual(['verifier.origin_mismatch'])
    })
  })

  describe('purpose', () => {
    const asking = (claims: JsonObject[], members: JsonObject = {}): JsonObject => ({
      credentials: [{ ...(world.query().credentials as JsonObject[])[0], claims, ...members }],
    })

    it.each<[string, JsonObject[], JsonObject]>([
      ['a claim of the query', [{ path: ['basic', 'name'] }], {}],
      ['a value of a claim of the query', [{ path: ['basic', 'gender'], values: [1] }], {}],
      ['fewer types', [{ path: ['basic', 'name'] }], { meta: { vct_values: ['urn:fujie:cn:resident-id.counter:1'] } }],
    ])('accepts %s', async (_, claims, members) => {
      expect(codes(await judge(await ask({ query: asking(claims, members) })))).toEqual([])
    })

    it.each<[string, JsonObject[], JsonObject]>([
      ['a further claim', [{ path: ['basic', 'name'] }, { path: ['address'] }], {}],
      ['the parent of the claims', [{ path: ['basic'] }], {}],
      [
        'a further type',
        [{ path: ['basic', 'name'] }],
        { meta: { vct_values: ['urn:fujie:cn:resident-id.counter:1', 'urn:x'] } },
      ],
      ['another format', [{ path: ['basic', 'name'] }], { format: 'mso_mdoc', meta: { doctype_value: 'x' } }],
      ['several documents', [{ path: ['basic', 'name'] }], { multiple: true }],
    ])('names over-asking: %s', async (_, claims, members) => {
      const judged = await judge(await ask({ query: asking(claims, members) }))
      expect(judged.findings).toEqual([{ code: 'verifier.over_asking', at: 'query/guest' }])
      expect(judged.header).toBe('over_asking')
      expect([...judged.excess]).toEqual(['guest'])
      expect(judged.registration?.names.en).toBe('Zhuli Sample Hotel')
    })

    it('names only the query that asks too much, which an optional set leaves off', async () => {
      const [guest] = world.query().credentials as JsonObject[]
      const more = { ...guest, id: 'more', claims: [{ path: ['address'] }] }
      const credential_sets = [{ options: [['guest']] }, { options: [['more']], required: false }]
      const query = { credentials: [guest as JsonObject, more], credential_sets }
      expect([...(await judge(await ask({ query }))).excess]).toEqual(['more'])
    })

    it('refuses a purpose that is not registered, and one whose query was withdrawn', async () => {
      const unknown = await judge(await ask({ purpose: 'marketing' }))
      expect(codes(unknown)).toEqual(['verifier.purpose_unknown'])
      expect(unknown.purpose).toBeUndefined()
      const before = world.log.find('qry', `${world.root.did} ${world.verifier.did} hotel-check-in`)?.record.payload
      if (before?.kind !== 'qry') throw new Error('no query')
      await world.root.state('qry', before.body, world.now, 'withdrawn')
      expect(codes(await judge(await ask()))).toEqual(['verifier.purpose_unknown'])
    })

    it('measures a request that names no purpose by all of them', async () => {
      const without = { purpose: undefined as never }
      const judged = await judge(await ask(without))
      expect(codes(judged)).toEqual([])
      expect(judged.purpose).toBeUndefined()
      expect((await judge(await ask({ ...without, query: asking([{ path: ['address'] }]) }))).header).toBe(
        'over_asking',
      )
    })
  })

  describe('by certificate', () => {
    async function certify(did = world.verifier.did, identifier = 'https://hotel.example') {
      const terms = { serial: '01', notBefore: world.now - day, notAfter: world.now + 300 * day }
      const authority = await makeAuthority({ ...terms, name: 'Sample CA', key: privateKey('authority') })
      const { publicJwk } = world.verifier.signer()
      const [leaf] = await makeLeaf(authority, { ...terms, serial: '02', name: 'Hotel', publicJwk, did, identifier })
      const { digest } = await parseCertificate(leaf)
      return {
        digest,
        clientId: formatClientId({ certificate: digest }),
        header: requestHeader({ x5c: [encodeBase64(leaf)] }),
      }
    }

    it('accepts one whose digest is registered, without asking for its DID', async () => {
      const { digest, clientId, header } = await certify()
      await register({ certs: [digest] })
      const judged = await judge(await ask({ clientId }, header), known({ did_state: null }))
      expect(judged.findings).toEqual([])
      expect(judged.header).toBe('accredited')
      expect(judged.did).toBe(world.verifier.did)
    })

    it('knows no more of one whose digest is not, whatever DID it names', async () => {
      const { clientId, header } = await certify()
      const judged = await judge(await ask({ clientId }, header))
      expect(codes(judged)).toEqual(['verifier.unregistered'])
      expect(judged.header).toBe('known')
      expect(judged.registration).toBeUndefined()
    })

    it('holds one that is not registered to the hosts of its certificate', async () => {
      const { clientId, header } = await certify(world.verifier.did, 'https://elsewhere.example')
      expect(codes(await judge(await ask({ clientId }, header)))).toContain('verifier.origin_mismatch')
    })

    it('is nobody of the log with a certificate of two DIDs', async () => {
      const { digest, clientId, header } = await certify(world.verifier.did, 'did://hotel.example')
      await register({ certs: [digest] })
      const judged = await judge(await ask({ clientId }, header))
      expect(codes(judged)).toContain('verifier.unregistered')
      expect('did' in judged).toBe(false)
    })

    it('refuses another client than the link named', async () => {
      const { digest, clientId, header } = await certify()
      await register({ certs: [digest] })
      const judged = await judge(await ask({ clientId }, header), known(), { clientId: byDid() })
      expect(codes(judged)).toEqual(['verifier.client_mismatch'])
      expect(judged.registration).toBeUndefined()
    })
  })
})

describe('headerOf', () => {
  it.each<[VerifierHeader, readonly FindingCode[]]>([
    ['accredited', []],
    ['accredited', ['evidence.old', 'issuer.key_rotated']],
    ['known', ['verifier.unregistered']],
    ['known', ['verifier.unregistered', 'evidence.old']],
    ['over_asking', ['verifier.over_asking']],
    ['over_asking', ['verifier.issuer_disallows', 'verifier.over_asking', 'verifier.unregistered']],
    ['issuer_disallows', ['verifier.issuer_disallows']],
    ['issuer_disallows', ['verifier.unregistered', 'verifier.issuer_disallows']],
    ['unknown', ['verifier.over_asking', 'evidence.missing']],
    ['unknown', ['verifier.signature_invalid', 'verifier.issuer_disallows']],
    ['unknown', ['verifier.unregistered', 'verifier.purpose_unknown']],
    ['flagged', ['verifier.flagged']],
    ['flagged', ['verifier.signature_invalid', 'evidence.missing', 'verifier.over_asking', 'verifier.flagged']],
  ])('says %s of %j', (header, found) => {
    for (const order of [found, found.toReversed()])
      expect(headerOf(order.map((code) => ({ code, at: 'request' })))).toBe(header)
  })
})

describe('judgeShowTo', () => {
  const query = parseDcqlQuery({
    credentials: [{ id: 'a', format: 'dc+sd-jwt', meta: { vct_values: ['urn:x', 'urn:y'] } }],
  })

  it.each<[string, readonly string[] | undefined, string | undefined, boolean]>([
    ['everybody', undefined, undefined, true],
    ['a purpose that is listed', ['hotel', 'age'], 'age', true],
    ['a purpose that is not', ['hotel'], 'age', false],
    ['no purpose', ['hotel'], undefined, false],
    ['nobody', [], 'age', false],
  ])('%s', (_, showTo, purpose, allowed) => {
    const types = [{ vct: 'urn:y', ...(showTo === undefined ? {} : { showTo }) }]
    const findings = judgeShowTo(query, types, purpose)
    expect(findings).toEqual(allowed ? [] : [{ code: 'verifier.issuer_disallows', at: 'query/a' }])
  })

  it('asks each type that is asked for, and no document of another format', () => {
    const refusing = { vct: 'urn:x', showTo: [] }
    const findings = [{ code: 'verifier.issuer_disallows', at: 'query/a' }]
    for (const types of [
      [refusing, { vct: 'urn:y' }],
      [{ vct: 'urn:y' }, refusing],
    ])
      expect(judgeShowTo(query, types, 'age')).toEqual(findings)
    const mdoc = parseDcqlQuery({ credentials: [{ id: 'a', format: 'mso_mdoc', meta: { doctype_value: 'urn:x' } }] })
    expect(judgeShowTo(mdoc, [refusing], 'age')).toEqual([])
  })

  it('ignores types that are not asked for', () => {
    expect(judgeShowTo(query, [{ vct: 'urn:z', showTo: [] }], 'age')).toEqual([])
  })
})
