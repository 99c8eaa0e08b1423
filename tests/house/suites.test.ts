import { globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { residentId } from '@fujie/issuer/catalogue/resident-id.ts'
import { issuerMetadata, serverMetadata } from '@fujie/issuer/desk/metadata.ts'
import { generateSuiteJwk } from '@fujie/shared/adapters/signer-suite.ts'
import { algorithmOfHeader, headersFor, type Purpose } from '@fujie/shared/core/crypto/algorithms.ts'
import { parsePublicJwk } from '@fujie/shared/core/crypto/key.ts'
import { faultCode } from '@fujie/shared/core/fault.ts'
import { formatRequest } from '@fujie/shared/core/presentation/request.ts'
import { suiteNames, suites } from '@fujie/shared/core/suites/known.ts'
import { usualPolicy } from '@fujie/shared/core/trust/policy.ts'
import { describe, expect, it } from 'vitest'
import { testSigner } from '../fixtures/party.ts'
import { root } from './planted.ts'

const folder = 'shared/core/suites'

/** Names that no registry has, or that are a suite's alone. Written out, so that the house is kept without suites too. */
const privateNames = ['X-SM2', 'X-SM2SM3', 'x-sm3', 'x-fujie-gm', 'ML-DSA', 'AKP']

/** The platforms know ML-DSA by its name, whoever asks for it. */
const platforms = ['shared/core/crypto/primitive.node.ts', 'shared/core/crypto/primitive.web.ts']

function privateNamesIn(text: string): string[] {
  return privateNames.filter((name) => new RegExp(`['"\`]${name}`).test(text))
}

const purposes: readonly Purpose[] = [
  ...(['credential', 'status', 'key-binding', 'possession', 'dpop'] as const),
  ...(['request', 'metadata', 'record', 'id-token'] as const),
]

describe('the suites', () => {
  it('stand in a folder and a line of the table each, and nowhere else', () => {
    const folders = readdirSync(join(root, folder), { withFileTypes: true }).filter((each) => each.isDirectory())
    const lines = readFileSync(join(root, folder, 'table.ts'), 'utf8').match(/^export .* from .*$/gm) ?? []
    expect(lines).toEqual(folders.map(({ name }) => `export { ${name} } from './${name}/${name}.ts'`).sort())
    expect(suiteNames).toEqual(folders.map(({ name }) => name))
    const files = globSync('{shared,wallet,verifier,registry,issuer}/**/*.{ts,svelte}', {
      cwd: root,
      exclude: ['**/node_modules/**', '**/*.test.ts'],
    }).filter((file) => !file.startsWith(`${folder}/`) && !platforms.includes(file))
    expect(files.length).toBeGreaterThan(100)
    const imported = /from '[^']*suites\/(?!(?:known|suite|table)\.ts')/
    const found = files.filter((file) => {
      const text = readFileSync(join(root, file), 'utf8')
      return privateNamesIn(text).length > 0 || imported.test(text)
    })
    expect(found).toEqual([])
  })

  it.each(["const alg = 'X-SM2SM3'", 'crv: "X-SM2"', "['x-sm3']", "'x-fujie-gm+sd-jwt'", "'ML-DSA-44'", "kty: 'AKP'"])(
    'refuses %s outside',
    (text) => expect(privateNamesIn(text)).not.toEqual([]),
  )

  it('are off unless a policy names them', () => {
    expect(usualPolicy.suites).toEqual([])
  })
})

describe('what others are told', () => {
  it('names no suite', () => {
    const identifier = 'https://police.example'
    const { publicJwk: key } = testSigner('answer')
    const told = [
      issuerMetadata({ identifier, name: { zh: '警察', en: 'Police' }, catalogue: [residentId] }),
      serverMetadata(identifier),
      formatRequest({
        clientId: 'decentralized_identifier:did:fujie:x',
        responseUri: `${identifier}/answer`,
        nonce: 'n',
        issuedAt: 0,
        expires: 60,
        query: {},
        encryption: { key },
      } as Parameters<typeof formatRequest>[0]),
      purposes.map(headersFor),
    ]
    const text = JSON.stringify(told)
    expect(text).toContain('dc+sd-jwt')
    expect(privateNamesIn(text)).toEqual([])
    expect(text).not.toContain('x_fujie_second')
  })
})

describe('each suite', () => {
  it('has no algorithm for any usual purpose', () => {
    const taken = suites.flatMap(({ algorithm }) => purposes.filter((each) => algorithmOfHeader(algorithm, each)))
    expect(taken).toEqual([])
    expect(suites.map(({ name, algorithm }) => algorithmOfHeader(algorithm, `suite:${name}`))).toEqual(
      suites.map(({ algorithm }) => algorithm),
    )
  })

  it('has keys that nobody reads who does not name it', () => {
    const refusals = suites.map(({ name, secretMember }) => {
      const { [secretMember]: _secret, ...jwk } = generateSuiteJwk(name)
      expect(parsePublicJwk(jwk, [name])).toBeDefined()
      try {
        return parsePublicJwk(
          jwk,
          suiteNames.filter((other) => other !== name),
        )
      } catch (thrown) {
        return faultCode(thrown)
      }
    })
    expect(refusals).toEqual(suites.map(() => 'key.unsupported'))
  })
})
