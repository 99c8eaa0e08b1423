// node scripts/run.mjs fuzz-seeds: makes tests/fuzz/seeds.json anew, by the same code that wallets and agencies use. Its
// signatures are drawn anew each time, so it is kept: a run of the fuzzer repeats itself only from the same seeds.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatKeyBinding } from '@fujie/shared/core/credential/key-binding.ts'
import { parseSdJwt } from '@fujie/shared/core/credential/sd-jwt.ts'
import { derivePrivateJwk } from '@fujie/shared/adapters/signer-file.ts'
import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { x25519Public } from '@fujie/shared/core/crypto/symmetric.ts'
import { formatDidJwk } from '@fujie/shared/core/did/jwk.ts'
import { formatDidKey } from '@fujie/shared/core/did/key.ts'
import { formatFujieLongDid } from '@fujie/shared/core/did/fujie.ts'
import { encodeBase45 } from '@fujie/shared/core/encoding/base45.ts'
import { encodeBase64 } from '@fujie/shared/core/encoding/base64.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { encodeCbor } from '@fujie/shared/core/encoding/cbor.ts'
import { formatOffer } from '@fujie/shared/core/issuance/offer.ts'
import { formatIssuerMetadata } from '@fujie/shared/core/issuance/metadata.ts'
import { formatTokenResponse } from '@fujie/shared/core/issuance/token.ts'
import { formatAddCheckpoint } from '@fujie/shared/core/log/add-checkpoint.ts'
import { formatProofBundle, formatProofBundleCbor, type PresenceBundle } from '@fujie/shared/core/log/bundle-form.ts'
import { formatFork } from '@fujie/shared/core/log/fork.ts'
import { formatMapPath } from '@fujie/shared/core/log/map.ts'
import { parseNote } from '@fujie/shared/core/log/note.ts'
import { formatSeal } from '@fujie/shared/core/log/seal.ts'
import { joinTrustBundle, trustBundleClaims, trustBundleType } from '@fujie/shared/core/log/trust-bundle.ts'
import { formatTrustBody } from '@fujie/shared/core/log/trust-body.ts'
import { formatTrustPolicy } from '@fujie/shared/core/log/trust-policy.ts'
import { formatEvidence } from '@fujie/shared/core/presentation/evidence.ts'
import { formatPresentationFile } from '@fujie/shared/core/presentation/presentation.ts'
import { formatRequest, requestHeader } from '@fujie/shared/core/presentation/request.ts'
import { formatPlainPost, formatResponse } from '@fujie/shared/core/presentation/response.ts'
import { formatEngagement, formatEngagementRequest } from '@fujie/shared/core/qr/engagement.ts'
import { answerHead, formatAnswer, packAnswer } from '@fujie/shared/core/qr/answer.ts'
import { formatOfferLink, formatRequestLink } from '@fujie/shared/core/qr/link.ts'
import {
  counterRequestBody,
  formatCounterRequest,
  offlineAudience,
  offlineNonce,
  parseCounterRequest,
  purposeDigest,
} from '@fujie/shared/core/qr/request.ts'
import { judgePresentation } from '@fujie/shared/core/presentation/judge.ts'
import { redactCredential } from '@fujie/shared/core/presentation/redact.ts'
import { suites } from '@fujie/shared/core/suites/known.ts'
import { formatPolicy } from '@fujie/shared/core/trust/policy.ts'
import { signJws } from '@fujie/shared/ports/sign-jws.ts'
import { signEvidence } from '@fujie/shared/ports/sign-evidence.ts'
import { issueLicence, presentLicence, worldOfLicences } from '../tests/fixtures/mdoc.ts'
import { residentIdMetadata } from '../tests/fixtures/resident-id.ts'
import { testSigner } from '../tests/fixtures/party.ts'
import { World } from '../tests/fixtures/world.ts'

const world = await World.make()
const guest = await world.issue()
const online = await world.present(guest)
const token = online.credentials[0]?.credential.text ?? ''
const now = World.start
const issuerUrl = 'https://police.example'
const hash = (text: string) => sha256(utf8(text))
const b64 = (text: string) => encodeBase64url(hash(text))
const json = (value: unknown) => JSON.stringify(value)

const query = {
  credentials: [
    {
      id: 'guest',
      format: 'dc+sd-jwt',
      meta: { vct_values: ['urn:fujie:cn:resident-id:1'] },
      multiple: true,
      trusted_authorities: [{ type: 'aki', values: ['s9tIpPmhxdiuNkHMEWNpYim8S8Y'] }],
      claims: [
        { id: 'a', path: ['basic', 'name'] },
        { id: 'b', path: ['nationalities', null], values: ['CN', 1, true] },
        { id: 'c', path: ['list', 0, 'deep'] },
      ],
      claim_sets: [['a', 'b'], ['c']],
    },
    {
      id: 'licence',
      format: 'mso_mdoc',
      meta: { doctype_value: 'org.iso.18013.5.1.mDL' },
      claims: [{ path: ['n', 'e'] }],
    },
    {
      id: 'degree',
      format: 'jwt_vc_json',
      meta: { type_values: [['A', 'B']] },
      require_cryptographic_holder_binding: false,
    },
  ],
  credential_sets: [{ options: [['guest'], ['licence', 'degree']] }, { options: [['degree']], required: false }],
}

function candidate(id: string, format: string, claims: object, type = 'urn:fujie:cn:resident-id:1') {
  return { id, query: id, format, types: [type], claims, bound: true, authorityKeyIds: ['s9tIpPmhxdiuNkHMEWNpYim8S8Y'] }
}

const answers = {
  query,
  candidates: [
    candidate('guest', 'dc+sd-jwt', { basic: { name: 'a' }, nationalities: ['CN', 'FR'], list: [{ deep: 1 }] }),
    candidate('licence', 'mso_mdoc', { n: { e: 1 } }, 'org.iso.18013.5.1.mDL'),
    candidate('degree', 'vc+jwt', {}, 'A'),
  ],
  disclosed: [
    ['basic', 'name'],
    ['nationalities', 0],
  ],
}

const requestTerms = {
  clientId: `decentralized_identifier:${world.verifier.did}`,
  responseUri: 'https://hotel.example/vp/responses/BBBBBBBBBBBBBBBBBBBBBB',
  nonce: 'n'.repeat(43),
  state: 's'.repeat(43),
  issuedAt: now,
  expires: now + 300,
  encryption: { key: testSigner('session').publicJwk, kid: 'k' },
  query: world.query(),
  walletNonce: 'w',
  purpose: 'hotel-check-in',
}
const request = await signJws(
  world.verifier.signer(),
  requestHeader({ kid: world.verifier.kid() }),
  formatRequest(requestTerms),
)

const offer = {
  issuer: issuerUrl,
  configurationIds: ['resident-id', 'resident-id.counter'],
  preAuthorized: { code: 'c'.repeat(43), txCode: { inputMode: 'numeric', length: 6, description: '领取码' } },
} as const
const byCode = {
  issuer: issuerUrl,
  configurationIds: ['a'],
  authorizationCode: { issuerState: 's', authorizationServer: 'https://as.example' },
}

const metadata = formatIssuerMetadata({
  issuer: issuerUrl,
  authorizationServers: [issuerUrl],
  credentialEndpoint: `${issuerUrl}/vci/credential`,
  nonceEndpoint: `${issuerUrl}/vci/nonce`,
  deferredEndpoint: `${issuerUrl}/vci/deferred`,
  notificationEndpoint: `${issuerUrl}/vci/notification`,
  batchSize: 20,
  requestEncryption: { keys: [{ key: testSigner('issuer').publicJwk, kid: 'k' }], encs: ['A256GCM'], required: false },
  responseEncryption: { algorithms: ['ECDH-ES'], encs: ['A256GCM'], required: false },
  display: [{ name: '示例市公安局', locale: 'zh-CN' }],
  configurations: new Map([
    [
      'resident-id',
      {
        format: 'dc+sd-jwt',
        scope: 'resident-id',
        types: ['urn:fujie:cn:resident-id:1'],
        bindingMethods: ['jwk', 'did:key', 'did:jwk'],
        signingAlgorithms: ['ES256'],
        proofTypes: { jwt: ['ES256', 'EdDSA'] },
        display: [{ name: '居民身份', locale: 'zh-CN', backgroundColor: '#8C1D18', description: 'd' }],
        claims: [{ path: ['name', null, 0], mandatory: true, display: [{ name: '姓名', locale: 'zh-CN' }] }],
      },
    ],
  ]),
})
const serverMetadata = {
  issuer: issuerUrl,
  token_endpoint: `${issuerUrl}/token`,
  authorization_endpoint: `${issuerUrl}/authorize`,
  pushed_authorization_request_endpoint: `${issuerUrl}/par`,
  grant_types_supported: ['authorization_code'],
  'pre-authorized_grant_anonymous_access_supported': true,
  dpop_signing_alg_values_supported: ['ES256'],
}

/** What a fuzzed answer is sealed to: the private key is known, so that the content can be reached. */
const counterKey = hash('counter')
const counterRequest = parseCounterRequest(
  formatCounterRequest(
    counterRequestBody({
      ...{ plaque: false, algorithm: 'ES256', counter: 3, issuedAt: now, life: 120 },
      ...{ nonce: hash('nonce').slice(0, 16), key: x25519Public(counterKey), verifier: world.verifier.did },
      purpose: purposeDigest(world.verifier.did, 'hotel-check-in'),
      ...{ label: '前台 3', registration: hash('proof') },
    }),
    new Uint8Array(64).fill(9),
  ),
)
const offline = await world.present(guest, {
  audience: offlineAudience(counterRequest),
  nonce: offlineNonce(counterRequest),
})
const packed = packAnswer([{ queryId: 'guest', token: offline.credentials[0]?.credential.text ?? '' }], counterRequest)
const counterText = `FJQ1:${encodeBase45(counterRequest.bytes)}.`
const sealedText = formatAnswer(answerHead(counterRequest), new Uint8Array(packed.length + 48).fill(7))

const proofs = [
  world.log.prove('did', world.issuer.did),
  world.log.prove('acc', `${world.root.did} ${world.issuer.did}`),
  world.log.prove('did', 'did:fujie:nobody'),
]
const { log } = world.log.trust()
const states = proofs.filter((proof): proof is PresenceBundle => proof.present)
const packedBody = await formatTrustBody({
  states,
  blobs: [{ sha256: sha256(residentIdMetadata.counter), bytes: residentIdMetadata.counter }],
  lists: [{ uri: world.statusUri, token: Buffer.from(world.statusToken).toString() }],
})
const scope = { types: ['urn:fujie:*'], regions: ['*'], roots: [world.root.did] }
const trustJws = await signJws(
  world.root.signer(),
  { typ: trustBundleType, kid: world.root.kid() },
  trustBundleClaims({ log, scope, made: now }, packedBody),
)

const created = world.log.find('did', world.verifier.did)?.record
if (created === undefined) throw new Error('no record')
const [firstKey = ''] = world.log.logKeys
const witnesses = ['a', 'b', 'c'].map((name) => ({
  name,
  vkey: world.log.logKeys[1]?.replace(/^/, '') ?? '',
}))
const trustPolicy = formatTrustPolicy({
  logs: [{ vkey: firstKey, url: 'https://log.example/' }],
  witnesses: witnesses.slice(0, 1),
  quorum: { threshold: 1, members: [{ vkey: witnesses[0]?.vkey ?? '' }] },
})
const binding = formatKeyBinding('token~', online.request, now)

const shownCard = parseSdJwt(online.credentials[0]?.credential.text ?? '')
const everySigner = (['P-256', 'Ed25519'] as const).map((curve) => testSigner('keys', curve).publicJwk)
const x25519 = { kty: 'OKP', crv: 'X25519', x: encodeBase64url(x25519Public(hash('agree'))) } as const

const [vc, otherVc] = [await world.issueVc(), await world.issueVc({ id: 'urn:uuid:1', index: null })]
const licences = await worldOfLicences()
const mdoc = await issueLicence(licences)
const shownMdoc = (await presentLicence(licences, mdoc)).credentials[0]?.credential.text ?? ''
const ownState = {
  ...({ kind: 'did_state', name: world.verifier.did, fetchedAt: world.now } as const),
  bytes: world.log.proofBytes('did', world.verifier.did),
}
const basis = { items: [...world.evidence().items, ownState] }
const judged = await judgePresentation(online, basis, world.policy(), world.now)
const occasion = {
  ...{ request: online.request, evidence: basis, policy: world.policy(), at: world.now, policyId: 'fuzz' },
  presented: online.credentials.map(redactCredential),
  verdict: { outcome: judged.outcome, findings: judged.findings },
}
const evidenceSigning = { signer: world.verifier.signer(), header: { kid: world.verifier.kid() }, now: world.now }

const seeds: Readonly<Record<string, readonly (string | Uint8Array)[]>> = {
  'vc-jwt': [vc.text, otherVc.text],
  'vp-jwt': [await world.signVp([vc, otherVc]), vc.text],
  mdoc: [shownMdoc],
  'mdoc-issued': [mdoc.text],
  'evidence-bundle': [await signEvidence(occasion, evidenceSigning)],
  'sealed-disclosures': [json({ disclosures: [guest.disclosures.map(({ text }) => text)] })],
  ...Object.fromEntries(
    suites.flatMap(({ name, sdJwt }) => (sdJwt === undefined ? [] : [[`sd-jwt-${name}`, [token]]])),
  ),
  json: ['{"a":[1,-2.5e3,true,null,"\\u0041\\ud83d\\ude00"],"b":{"c":{}}}', '"x"', json(metadata)],
  base64url: [b64('a'), 'AA', 'AAA', ''],
  base45: [encodeBase45(hash('a')), 'QED8WEX0', ''],
  cbor: [encodeCbor({ a: [1, -1, 70_000, 'text', hash('a'), true, null], b: { c: 1.5 } }), encodeCbor([])],
  jws: [shownCard.jws.text, request],
  'sd-jwt': [token, guest.text, (await world.issue({ edition: 'full' })).text],
  disclosure: guest.disclosures.map(({ text }) => text).slice(0, 4),
  'key-binding': [shownCard.keyBinding?.text ?? '', await signJws(world.holder, binding.header, binding.payload)],
  'dcql-query': [json(query), json(world.query())],
  'dcql-answer': [json(answers)],
  request: [request],
  response: [formatResponse({ vpToken: new Map([['guest', [token]]]), state: 's' })],
  'posted-response': [
    formatPlainPost({ vpToken: new Map([['guest', ['a~']]]), state: 's' }),
    'response=a.b.c.d.e',
    'error=access_denied&state=s',
  ],
  offer: [json(formatOffer(offer)), json(formatOffer(byCode))],
  'issuer-metadata': [json(metadata)],
  'server-metadata': [json(serverMetadata)],
  'token-response': [
    json(
      formatTokenResponse({
        ...{ accessToken: 'a.b', expiresIn: 60, refreshToken: 'r' },
        credentials: [{ configurationId: 'resident-id', identifiers: ['1'] }],
      }),
    ),
  ],
  'type-metadata': [residentIdMetadata.counter, residentIdMetadata.full],
  'did-url': [
    world.issuer.kid(),
    `${formatDidKey(testSigner('k').publicJwk)}#a`,
    'did:web:a.example:b?x=1#y',
    `${formatDidKey(x25519)}/p?q#f`,
  ],
  'did-fujie': [formatFujieLongDid(created)],
  'did-key': [...everySigner, x25519].map(formatDidKey),
  'did-jwk': [...everySigner, x25519].map(formatDidJwk),
  certificate: [world.certificate],
  'certificate-chain': [json([encodeBase64(world.certificate)])],
  'status-list': [
    Buffer.from(
      (
        JSON.parse(
          Buffer.from(Buffer.from(world.statusToken).toString().split('.')[1] ?? '', 'base64url').toString(),
        ) as { status_list: { lst: string } }
      ).status_list.lst,
      'base64url',
    ),
  ],
  'status-token': [world.statusToken],
  link: [
    formatRequestLink({ clientId: requestTerms.clientId, requestUri: 'https://hotel.example/r/1' }),
    formatOfferLink('https://police.example/o/1'),
    `openid-credential-offer://?credential_offer=${encodeURIComponent(json(formatOffer(byCode)))}`,
    formatEngagement({ relay: 'relay.example', mailbox: hash('m').slice(0, 16), key: hash('k') }),
  ],
  engagement: [formatEngagement({ relay: '127.0.0.1:4600', mailbox: hash('m').slice(0, 16), key: hash('k') })],
  'engagement-request': [
    formatEngagementRequest({ clientId: requestTerms.clientId, requestUri: 'https://hotel.example/r' }),
  ],
  'counter-request': [counterText],
  answer: [sealedText],
  'answer-content': [packed],
  note: [world.log.note],
  checkpoint: [parseNote(world.log.note).text],
  'trust-policy': [trustPolicy, `log ${firstKey}\nquorum none\n`],
  seal: [formatSeal({ batch: 2, first: 5, count: 3, mapRoot: hash('r'), leaves: 7, time: now, prev: 4, policy: 0 })],
  'add-checkpoint': [formatAddCheckpoint(3, [hash('a'), hash('b')], world.log.note)],
  fork: [formatFork(utf8(world.log.note), utf8(world.log.note))],
  tile: [world.log.tile({ level: 0, index: 0, width: 4 })],
  'tile-path': ['tile/0/x001/x234/067.p/8', 'tile/entries/000', 'tile/63/000'],
  'entry-bundle': [world.log.tile({ level: 'entries', index: 0, width: 6 })],
  'map-path': proofs.map(({ path }) => formatMapPath(path)),
  'map-bucket': [
    Buffer.concat(
      ['a', 'b', 'c', 'd', 'a'].map((name) => Buffer.concat([Uint8Array.of(1, 2), hash(name).subarray(2), hash('v')])),
    ),
  ],
  'proof-bundle': proofs.flatMap((proof) => [json(formatProofBundle(proof)), formatProofBundleCbor(proof)]),
  'trust-bundle': [joinTrustBundle(trustJws, packedBody)],
  record: proofs.flatMap((proof) => (proof.present ? [proof.record.text] : [])),
  evidence: [json(formatEvidence({ items: world.evidence().items.slice(0, 2) }))],
  policy: [
    json(formatPolicy(world.policy())),
    json(
      formatPolicy(
        world.policy({
          anchors: [
            { did: world.root.did, types: ['*'] },
            { certificate: world.certificate, types: ['a'] },
          ],
          weights: { 'credential.status_old': 'check' },
        }),
      ),
    ),
  ],
  presentation: [json(formatPresentationFile(online))],
}

const texts = Object.fromEntries(
  Object.entries(seeds).map(([target, inputs]) => [
    target,
    inputs.map((input) => encodeBase64(typeof input === 'string' ? utf8(input) : input)),
  ]),
)
const keys = {
  counter: encodeBase64url(counterKey),
  counterRequest: counterText,
  holder: world.holder.publicJwk,
  stranger: derivePrivateJwk('fujie-fuzz', 'jwe', 'P-256'),
}
writeFileSync(
  join(import.meta.dirname, '../tests/fuzz/seeds.json'),
  `${JSON.stringify({ keys, seeds: texts }, undefined, 1)}\n`,
)
