import { judgeKeyBinding } from '@fujie/shared/core/credential/key-binding.ts'
import { readDisclosure } from '@fujie/shared/core/credential/disclosure.ts'
import { holderKey } from '@fujie/shared/core/credential/holder-key.ts'
import { statusReference } from '@fujie/shared/core/credential/credential.ts'
import { presentDisclosures } from '@fujie/shared/core/credential/present.ts'
import { parseSdJwt } from '@fujie/shared/core/credential/sd-jwt.ts'
import { parseTypeMetadata } from '@fujie/shared/core/credential/type-metadata.ts'
import { openJwe } from '@fujie/shared/core/crypto/jwe.ts'
import { joinJws, judgeJwsHeader, jwsClaims, parseJws } from '@fujie/shared/core/crypto/jws.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import { openStatusList, statusAt, countEntries, packStatusList } from '@fujie/shared/core/status/list.ts'
import { judgeStatusToken, parseStatusToken, refetchAfter } from '@fujie/shared/core/status/token.ts'
import { parseCertificate, parseCertificateChain } from '@fujie/shared/core/x509/certificate.ts'
import { judgeChain } from '@fujie/shared/core/x509/chain.ts'
import { parseJson } from '@fujie/shared/core/encoding/json.ts'
import { text, type Target } from '../target.ts'
import { keptKeys } from './kept-keys.ts'
import { same } from './same.ts'

const now = 1_795_392_000
const jwsWords = ['alg', 'typ', 'kid', 'x5c', 'crit', 'b64', 'jku', 'x5u', 'jwk', 'none', 'ES256', 'EdDSA', 'HS256']
const sdWords = [
  ...jwsWords,
  '_sd',
  '...',
  '_sd_alg',
  'sha-256',
  'cnf',
  'jwk',
  'status',
  'status_list',
  'vct',
  'iss',
  'exp',
]

export const tokenTargets: readonly Target[] = [
  {
    name: 'jws',
    words: jwsWords,
    read(input) {
      const jws = parseJws(text(input), { maxBytes: limits.request })
      judgeJwsHeader(jws, { types: ['dc+sd-jwt'], purpose: 'credential' })
      if (jws.defects.length === 0) same('jws', joinJws(jws.signedText, jws.signature), text(input))
      jwsClaims(jws)
    },
  },
  {
    name: 'sd-jwt',
    words: sdWords,
    most: 48 * 1024,
    read(input) {
      const credential = parseSdJwt(text(input))
      holderKey(credential.claims)
      statusReference(credential.claims)
      const whole = presentDisclosures(
        credential,
        credential.places.map(({ path }) => path),
      )
      if (credential.defects.length > 0) return
      same('claims', parseSdJwt(whole).claims, credential.claims)
      same('nothing withheld is shown', parseSdJwt(presentDisclosures(credential, [])).places, [])
    },
  },
  {
    name: 'disclosure',
    words: sdWords,
    read: (input) => readDisclosure(text(input)),
  },
  {
    name: 'key-binding',
    words: [...jwsWords, 'kb+jwt', 'sd_hash', 'nonce', 'aud', 'iat', 'transaction_data_hashes'],
    read(input) {
      const jws = parseJws(text(input), { maxBytes: limits.keyBinding })
      const occasion = { audience: 'a', nonce: 'n' }
      return judgeKeyBinding(jws, 'token~', keptKeys.holder, occasion, now)
    },
  },
  {
    name: 'jwe',
    words: [...jwsWords, 'zip', 'DEF', 'enc', 'A256GCM', 'ECDH-ES', 'epk', 'apu', 'apv', 'PBES2-HS256+A128KW', 'p2c'],
    async read(input) {
      same('not for us', await openJwe(text(input), keptKeys.stranger, { maxBytes: 4_096 }), undefined)
    },
  },
  {
    name: 'type-metadata',
    words: ['vct', 'claims', 'path', 'sd', 'always', 'never', 'extends', 'extends#integrity', 'display', 'lang'],
    read: (input) => parseTypeMetadata(input),
  },
  {
    name: 'certificate',
    most: 4_096,
    async read(input) {
      const certificate = await parseCertificate(input)
      same('der', certificate.der, input)
    },
  },
  {
    name: 'certificate-chain',
    most: 16_384,
    async read(input) {
      const chain = await parseCertificateChain(parseJson(text(input), { string: limits.certificateChainBytes * 2 }))
      await judgeChain(chain, [chain[0]], now)
    },
  },
  {
    name: 'status-list',
    most: 16_384,
    async read(input) {
      for (const bits of [1, 2, 4, 8] as const) {
        const list = await openStatusList(bits, input)
        if (list === undefined) continue
        const count = Math.min(countEntries(list), 64)
        const values = Array.from({ length: count }, (_, i) => statusAt(list, i) as number)
        same('packed', packStatusList(bits, values).bytes, list.bytes.slice(0, (count * bits) / 8))
        same('beyond the end', statusAt(list, countEntries(list)), undefined)
      }
    },
  },
  {
    name: 'status-token',
    words: [...jwsWords, 'status_list', 'lst', 'bits', 'ttl', 'sub', 'iat', 'exp', 'aggregation_uri'],
    most: 32 * 1024,
    async read(input) {
      const token = await parseStatusToken(text(input))
      judgeStatusToken(token, { uri: 'https://police.example/status/1', offlineGrace: 0 }, now)
      refetchAfter(token)
    },
  },
]
