import { deflateSync } from 'fflate'
import { sealHpkeWith } from '@fujie/shared/core/crypto/hpke.ts'
import { jwkMembers } from '@fujie/shared/core/crypto/key.ts'
import { x25519Public } from '@fujie/shared/core/crypto/symmetric.ts'
import { decodeBase45, encodeBase45 } from '@fujie/shared/core/encoding/base45.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { concatBytes, uintBytes, utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import type { Json } from '@fujie/shared/core/encoding/json.ts'
import type { FaultCode } from '@fujie/shared/core/fault.ts'
import { answerHead, answerInfo, packAnswer } from '@fujie/shared/core/qr/answer.ts'
import { formatEngagement } from '@fujie/shared/core/qr/engagement.ts'
import { formatRequestLink } from '@fujie/shared/core/qr/link.ts'
import {
  counterRequestBody,
  counterRequestMessage,
  formatCounterRequest,
  offlineAudience,
  offlineNonce,
  parseCounterRequest,
  purposeDigest,
  type CounterRequest,
} from '@fujie/shared/core/qr/request.ts'
import { testSigner } from '../../tests/fixtures/party.ts'
import { World } from '../../tests/fixtures/world.ts'
import type { HostileCase } from '../../tests/hostile/case.ts'
import type { EntryName } from '../../tests/hostile/entries.ts'
import { fault, finding } from './shown-case.ts'
import { bytesOf, type Stage } from './stage.ts'

const now = World.start
const product = 'product, 6'

function made(
  entry: EntryName,
  reason: string,
  expect: HostileCase['expect'],
  bad: Json,
  good: Json,
  at = now,
): HostileCase {
  const twin = { input: good, expect: { kind: 'accepted' } } as const
  return { reason, rule: product, entry, input: bad, evidence: 'none', policy: 'none', now: at, expect, twin }
}

/** The counter's question, by what it says. */
async function question(
  stage: Stage,
  members: Partial<CounterRequest> = {},
  change: (body: Uint8Array) => Uint8Array = (body) => body,
): Promise<Uint8Array> {
  const { did: verifier } = stage.world.verifier
  const body = change(
    counterRequestBody({
      ...{ plaque: false, algorithm: 'ES256', counter: 2, issuedAt: now, life: 120, nonce: bytesOf('nonce', 16) },
      ...{ key: x25519Public(counterKey), verifier, purpose: purposeDigest(verifier, 'hotel-check-in'), label: '2' },
      registration: new Uint8Array(),
      ...members,
    }),
  )
  return concatBytes(body, await testSigner('counter').sign(counterRequestMessage(body)))
}

const counterKey = bytesOf('counter key')
const key: Json = jwkMembers(testSigner('counter').publicJwk)
const spelled = (bytes: Uint8Array, prefix = 'FJQ1:', end = '.') => `${prefix}${encodeBase45(bytes)}${end}`

const put =
  (at: number, ...bytes: readonly number[]) =>
  (body: Uint8Array) => {
    const changed = body.slice()
    changed.set(bytes, at)
    return changed
  }

async function questions(stage: Stage): Promise<readonly HostileCase[]> {
  const good = await question(stage)
  const input = (text: string, by: Json = key): Json => ({ text, key: by })
  const text = spelled(good)
  const malformed = (reason: string, bad: string, twin = text) =>
    made('counterRequest', reason, fault('request.malformed'), input(bad), input(twin))
  const judged = (reason: string, code: Parameters<typeof finding>[0], bad: Json, twin: Json = input(text), at = now) =>
    made('counterRequest', reason, finding(code, 'request'), bad, twin, at)
  const changed = async (...change: Parameters<typeof put>) => spelled(await question(stage, {}, put(...change)))
  const plaque = (days: number) => question(stage, { plaque: true, life: 400 * 86_400 }, put(9, days >> 8, days & 255))
  const labelled = async (label: Uint8Array) =>
    spelled(
      await question(stage, {}, (body) =>
        concatBytes(body.subarray(0, 107), Uint8Array.of(label.length), label, body.subarray(109)),
      ),
    )
  return [
    malformed('a question of a later version', await changed(0, 2)),
    malformed('a question of version zero', await changed(0, 0)),
    malformed('a question with an unknown flag', await changed(1, 2)),
    malformed('a question by an unknown algorithm', await changed(2, 3)),
    malformed('a question by no algorithm', await changed(2, 0)),
    malformed('a question that lives no time', await changed(9, 0, 0), await changed(9, 0, 1)),
    malformed('a question that lives too long', await changed(9, 2, 89), await changed(9, 2, 88)),
    malformed('a plaque that lives too long', spelled(await plaque(401)), spelled(await plaque(400))),
    malformed('a question with a byte behind it', spelled(Uint8Array.of(...good, 0))),
    malformed('a question cut short', spelled(good.subarray(0, -1))),
    malformed('a question with a label beyond its end', await changed(107, 200)),
    malformed('a question with a registration beyond its end', await changed(109, 255, 255)),
    malformed(
      'a question with a label that is too long',
      await labelled(utf8('a'.repeat(29))),
      await labelled(utf8('a'.repeat(28))),
    ),
    malformed(
      'a question with a label that is not UTF-8',
      await labelled(Uint8Array.of(0xff)),
      await labelled(utf8('2')),
    ),
    malformed('a question with a line feed in its label', await labelled(utf8('a\nb')), await labelled(utf8('a b'))),
    malformed(
      'a question with a registration that is too long',
      spelled(
        await question(stage, {}, (body) =>
          concatBytes(body.subarray(0, 109), uintBytes(4_097, 2), new Uint8Array(4_097)),
        ),
      ),
      spelled(
        await question(stage, {}, (body) =>
          concatBytes(body.subarray(0, 109), uintBytes(4_096, 2), new Uint8Array(4_096)),
        ),
      ),
    ),
    malformed('a question under another name', spelled(good, 'FJQ2:')),
    malformed('a question in small letters', text.toLowerCase()),
    malformed('a question without its end', text.slice(0, -1)),
    malformed('a question with a letter left over', text.replace(/.$/, 'A.').replace(/(.)A\.$/, '$1AA.'), text),
    malformed('a question with letters that exceed their bytes', `FJQ1:${':::'}${text.slice(8)}`),
    malformed('a question in base64', `FJQ1:${encodeBase64url(good)}.`),
    judged('a question altered after it was signed', 'verifier.signature_invalid', input(spelled(put(4, 3)(good)))),
    judged(
      'a question signed by another',
      'verifier.signature_invalid',
      input(text, jwkMembers(testSigner('thief').publicJwk)),
    ),
    judged(
      'a question by an algorithm that is not the key’s',
      'verifier.signature_invalid',
      input(await changed(2, 2)),
    ),
    judged('a question signed under another name', 'verifier.signature_invalid', input(await misnamed(stage))),
    judged(
      'a question past its life',
      'verifier.request_expired',
      input(text),
      input(spelled(await question(stage, { life: 121 }))),
      now + 181,
    ),
    judged(
      'a question of the future',
      'clock.wrong',
      input(spelled(await question(stage, { issuedAt: now + 61 }))),
      input(spelled(await question(stage, { issuedAt: now + 60 }))),
    ),
  ]
}

/** Signed over its bytes alone, without the name of the format. */
async function misnamed(stage: Stage): Promise<string> {
  const body = (await question(stage)).slice(0, -64)
  return formatCounterRequest(body, await testSigner('counter').sign(body))
}

/** The answer of the guest, packed and sealed. */
async function answers(stage: Stage): Promise<readonly HostileCase[]> {
  const asked = spelled(await question(stage))
  const request = parseCounterRequest(asked)
  const shown = await stage.shown((draft) => {
    Object.assign(draft.binding?.payload ?? {}, { aud: offlineAudience(request), nonce: offlineNonce(request) })
  })
  const dictionary = utf8(offlineAudience(request) + offlineNonce(request))
  const packed = packAnswer([{ queryId: 'guest', token: shown }], request, 0)
  const head = answerHead(request, 0)
  const seal = async (content: Uint8Array, of = head, info = answerInfo(request), aad = of, to = request.key) =>
    spelled(concatBytes(of, await sealHpkeWith(bytesOf('ephemeral'), to, content, info, aad)), 'FJP1:')
  const good = await seal(packed)
  const input = (text: Json, question = asked, key = counterKey): Json => ({
    text,
    request: question,
    key: encodeBase64url(key),
  })
  const pack = (plain: Uint8Array) => seal(deflateSync(plain, { level: 9, dictionary }))
  const refused = (reason: string, bad: Json, twin: Json = good, code: FaultCode = 'response.malformed') =>
    made('openAnswer', reason, fault(code), input(bad), input(twin))
  const foreign = (reason: string, bad: Json) =>
    made('openAnswer', reason, finding('key_binding.wrong_audience', 'answer'), bad, input(good))
  const bytes = decodeBase45(good.slice(5, -1)) as Uint8Array
  const other = parseCounterRequest(spelled(await question(stage, { counter: 3 })))
  const piece = (content: Uint8Array) => concatBytes(Uint8Array.of(content.length), content)
  const answer = (id: Uint8Array, format = 1, pieces = 6, count = 1, behind = new Uint8Array()) =>
    concatBytes(
      Uint8Array.of(count, id.length),
      id,
      Uint8Array.of(format, 0),
      ...Array.from({ length: pieces }, () => piece(bytesOf('piece', 4))),
      behind,
    )
  const id = utf8('guest')
  const small = await pack(answer(id))
  const large = (length: number) =>
    concatBytes(answer(id).subarray(0, -5), Uint8Array.of((length & 127) | 128, length >> 7), new Uint8Array(length))
  return [
    refused('an answer of a later version', spelled(put(0, 2)(bytes), 'FJP1:')),
    refused('an answer with an unknown flag', spelled(put(1, 2)(bytes), 'FJP1:')),
    refused('an answer by a dictionary nobody has', spelled(put(2, 200)(bytes), 'FJP1:')),
    refused('an answer of its head alone', spelled(bytes.subarray(0, 7), 'FJP1:')),
    refused('an answer under another name', good.replace('FJP1:', 'FJQ1:')),
    refused('an answer without its end', good.slice(0, -1)),
    refused('an answer in small letters', good.toLowerCase()),
    refused(
      'an answer that is too long',
      { join: ['FJP1:', { repeat: 'AAA', times: 1_537 }, '.'] },
      good,
      'limit.exceeded',
    ),
    refused(
      'an answer longer than its symbol',
      { join: ['FJP1:', { repeat: 'AAA', times: 2_049 }, '.'] },
      good,
      'limit.exceeded',
    ),
    foreign('an answer to another question', input(await seal(packed, answerHead(other, 0)))),
    foreign('an answer to a plaque', input(spelled(put(1, 1)(bytes), 'FJP1:'))),
    foreign('an answer for another counter’s key', input(good, asked, bytesOf('another key'))),
    foreign(
      'an answer whose head was altered under the seal',
      input(await seal(packed, head, answerInfo(request), put(2, 1)(head))),
    ),
    foreign('an answer sealed for another use', input(await seal(packed, head, utf8('show')))),
    foreign(
      'an answer altered in its last byte',
      input(spelled(put(bytes.length - 1, (bytes.at(-1) as number) ^ 1)(bytes), 'FJP1:')),
    ),
    foreign('an answer altered in its ephemeral key', input(spelled(put(8, (bytes[8] as number) ^ 1)(bytes), 'FJP1:'))),
    foreign(
      'an answer by a key of low order',
      input(spelled(concatBytes(head, new Uint8Array(32), bytes.subarray(39)), 'FJP1:')),
    ),
    refused('an answer that is not compressed', await seal(answer(id)), small),
    refused('an answer with bytes behind its stream', await seal(Uint8Array.of(...packed, 0))),
    refused('an answer whose stream breaks off', await seal(packed.subarray(0, -2))),
    refused(
      'an answer that inflates beyond the cap',
      await pack(large(8_192)),
      await pack(large(8_000)),
      'limit.exceeded',
    ),
    refused('an answer of no presentations', await pack(Uint8Array.of(0)), small),
    refused('an answer of five presentations', await pack(answer(id, 1, 6, 5)), small),
    refused('an answer with bytes behind its presentations', await pack(answer(id, 1, 6, 1, Uint8Array.of(0))), small),
    refused('an answer with a piece missing', await pack(answer(id, 1, 5)), small),
    refused('an answer of an unknown format', await pack(answer(id, 2)), small),
    refused('an answer to a query without name', await pack(answer(new Uint8Array())), small),
    refused('an answer to a query with a blank in its name', await pack(answer(utf8('a b'))), small),
    refused(
      'an answer with a length spelled too long',
      await pack(concatBytes(answer(id).subarray(0, -5), Uint8Array.of(0x84, 0), bytesOf('piece', 4))),
      small,
    ),
    refused('an answer with too many disclosures', await pack(Uint8Array.of(1, 5, ...id, 1, 65)), small),
  ]
}

function links(): readonly HostileCase[] {
  const engagement = formatEngagement({ relay: 'hotel.example', mailbox: bytesOf('mailbox', 16), key: bytesOf('key') })
  const shows = (reason: string, bad: string, good = engagement) =>
    made('parseEngagement', reason, fault('engagement.malformed'), { text: bad }, { text: good })
  const message = (reason: string, bad: Json, code: FaultCode = 'engagement.malformed') =>
    made(
      'parseEngagementRequest',
      reason,
      fault(code),
      { content: bad },
      { content: '{"client_id":"x","request_uri":"https://hotel.example/r"}' },
    )
  const request = formatRequestLink({ clientId: 'x509_hash:a', requestUri: 'https://hotel.example/r' })
  const link = (reason: string, bad: Json, good: Json = request, code: FaultCode = 'link.malformed') =>
    made('parseLink', reason, fault(code), { text: bad }, { text: good })
  const asking = (uri: string) => `openid4vp://?client_id=a&request_uri=${encodeURIComponent(uri)}`
  const offer = 'openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fpolice.example%2Foffers%2F1'
  return [
    shows('an engagement with one thing more', `${engagement}&x=1`),
    shows('an engagement with a thing twice', `${engagement}&r=thief.example`),
    shows('an engagement without key', engagement.replace(/&k=.*/, '')),
    shows(
      'an engagement with a relay that is an address',
      engagement.replace('hotel.example', 'https://hotel.example'),
    ),
    shows('an engagement with a user at its relay', engagement.replace('hotel.example', 'a@hotel.example')),
    shows('an engagement with a path at its relay', engagement.replace('hotel.example', 'hotel.example/a')),
    shows('an engagement with a relay in another script', engagement.replace('hotel', 'hоtel')),
    shows('an engagement with a short mailbox', engagement.replace(/m=../, 'm=')),
    shows('an engagement with a padded key', `${engagement}=`),
    shows('an engagement under another door', engagement.replace('show', 'open')),
    shows('an engagement with a fragment', `${engagement}#a`),
    message('a message in the mailbox that is no JSON', 'x'),
    message('a message in the mailbox without address', '{"client_id":"x"}'),
    message('a message in the mailbox with a broken address', '{"client_id":"x","request_uri":"hotel"}'),
    message(
      'a message in the mailbox with a member twice',
      '{"client_id":"x","client_id":"y","request_uri":"https://hotel.example/r"}',
    ),
    message(
      'a message in the mailbox that is too long',
      { join: ['{"client_id":"', { repeat: 'x', times: 4_096 }, '"}'] },
      'limit.exceeded',
    ),
    link('a link of a payment', 'weixin://wxpay/bizpayurl?pr=1'),
    link('a link of a page', 'https://hotel.example/'),
    link('a link of a script', 'javascript:alert(1)'),
    link('a link with the request inside', 'openid4vp://?client_id=a&request=eyJ'),
    link('a link without client', 'openid4vp://?request_uri=https%3A%2F%2Fhotel.example'),
    link('a link with a parameter twice', `${request}&client_id=b`),
    link('a link with a parameter twice behind an escape', `${request}&client%5Fid=b`),
    link('a link with another method', request.replace('=post', '=put')),
    link('a link to a file', asking('file:///etc/passwd'), asking('https://hotel.example')),
    link('a link to a user of a host', asking('https://a@thief.example'), asking('https://thief.example')),
    link('a link to a fragment', asking('https://hotel.example/#a'), asking('https://hotel.example/')),
    link('a link with a blank', `${request} `),
    link('a link without parameters', 'openid4vp://'),
    link('a link with two offers', `${offer}&credential_offer=%7B%7D`, offer),
    link('a link with no offer', 'openid-credential-offer://?a=1', offer),
    link(
      'a link with an offer that is a list',
      'openid-credential-offer://?credential_offer=%5B%5D',
      'openid-credential-offer://?credential_offer=%7B%7D',
    ),
    link(
      'a link that is too long',
      { join: [request, '&x=', { repeat: 'a', times: 32_768 }] },
      request,
      'limit.exceeded',
    ),
  ]
}

/** What can stand in a symbol: the counter's question, the guest's answer, engagements and links. */
export async function makeQrCases(stage: Stage): Promise<readonly HostileCase[]> {
  return [...(await questions(stage)), ...(await answers(stage)), ...links()]
}
