import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { vectorsFolder } from '../../../tests/house/vectors.ts'
import { judgeRelatedResources } from './context-digest.ts'
import {
  baseContext,
  baseMembers,
  baseTypes,
  contexts,
  expandTypes,
  knownContexts,
  undefinedTerms,
} from './contexts.ts'

const folder = vectorsFolder('jsonld-contexts')
const files: Readonly<Record<string, string>> = {
  [baseContext]: 'credentials-v2.jsonld',
  [undefinedTerms]: 'credentials-undefined-terms-v2.jsonld',
  'https://www.w3.org/ns/credentials/examples/v2': 'credentials-examples-v2.jsonld',
}
const examples = 'https://www.w3.org/ns/credentials/examples/v2'

type Term = string | { readonly '@id': string; readonly '@context'?: Readonly<Record<string, unknown>> }

function bytesOf(name: string): Buffer {
  return readFileSync(join(folder ?? '', files[name] ?? ''))
}

function termsOf(name: string): Readonly<Record<string, Term>> {
  const { '@context': terms } = JSON.parse(bytesOf(name).toString()) as { '@context': Record<string, Term> }
  return terms
}

describe.skipIf(folder === undefined)('the table of contexts', () => {
  it.each(Object.entries(contexts))('names %s by the digest of its published bytes', (name, { sha256 }) => {
    expect(createHash('sha256').update(bytesOf(name)).digest('hex')).toBe(sha256)
  })

  it.each(Object.entries(contexts))('keeps the vocabulary of %s', (name, { vocabulary }) => {
    expect(termsOf(name)['@vocab']).toBe(vocabulary)
  })

  it('keeps the types the base context defines, and what they stand for', () => {
    const types = Object.entries(termsOf(baseContext)).filter(([name]) => /^[A-Z]/.test(name))
    expect(
      Object.fromEntries(types.map(([name, term]) => [name, typeof term === 'string' ? term : term['@id']])),
    ).toEqual(baseTypes)
  })

  it('keeps the members a credential has by the base context', () => {
    const terms = termsOf(baseContext)
    const credential = terms.VerifiableCredential
    const scoped = typeof credential === 'object' ? Object.keys(credential['@context'] ?? {}) : []
    const forAll = ['id', 'type', 'name', 'description', 'digestMultibase', 'digestSRI', 'mediaType']
    expect(forAll.every((name) => name in terms)).toBe(true)
    const all = ['@context', ...forAll, ...scoped].filter((name) => name !== '@protected')
    expect([...baseMembers].sort()).toEqual([...new Set(all)].sort())
  })
})

describe('expandTypes', () => {
  const expand = (types: string[], names: string[]) => expandTypes(types, knownContexts(names) ?? [])

  it('gives names of the base context their IRI, whatever stands behind it', () => {
    const iri = 'https://www.w3.org/2018/credentials#VerifiableCredential'
    for (const names of [[baseContext], [baseContext, examples], []])
      expect(expand(['VerifiableCredential'], names)).toEqual([iri])
  })

  it('gives other names the last vocabulary, and leaves them as they are without one', () => {
    expect(expand(['Card'], [baseContext])).toEqual(['Card'])
    expect(expand(['Card'], [baseContext, examples])).toEqual(['https://www.w3.org/ns/credentials/examples#Card'])
    expect(expand(['Card'], [baseContext, examples, undefinedTerms])).toEqual([
      'https://www.w3.org/ns/credentials/undefined-term#Card',
    ])
  })

  it('leaves an IRI as it is, and names every object has to themselves', () => {
    const iris = ['urn:fujie:cn:degree:1', 'https://a.example/Card', 'did:a:b']
    expect(expand(iris, [baseContext, examples])).toEqual(iris)
    expect(expand(['constructor', 'toString'], [baseContext])).toEqual(['constructor', 'toString'])
  })

  it('knows no context but those of the table', () => {
    for (const name of ['https://a.example', 'toString', '__proto__', 1, null, {}])
      expect(knownContexts([baseContext, name])).toBeUndefined()
  })
})

describe('judgeRelatedResources', () => {
  const hex = contexts[examples]?.sha256 ?? ''
  const bytes = Buffer.from(hex, 'hex')
  const multihash = Buffer.concat([Buffer.from([0x12, 0x20]), bytes]).toString('base64url')

  it.each([
    { digestSRI: `sha256-${bytes.toString('base64')}` },
    { digestMultibase: `u${multihash}` },
    { digestSRI: `sha256-${bytes.toString('base64')}`, digestMultibase: `u${multihash}` },
  ])('accepts the digest of the table: %j', (digests) => {
    expect(judgeRelatedResources({ id: examples, ...digests })).toEqual([])
    expect(judgeRelatedResources([{ id: examples, ...digests }, { id: 'https://a.example' }])).toEqual([])
  })

  it.each([
    [{ digestSRI: `sha256-${Buffer.alloc(32).toString('base64')}` }, 'credential.type_metadata_mismatch'],
    [{ digestMultibase: `u${multihash.slice(0, -2)}AA` }, 'credential.type_metadata_mismatch'],
    [
      { digestSRI: `sha256-${bytes.toString('base64')}`, digestMultibase: `u${multihash.slice(0, -2)}AA` },
      'credential.type_metadata_mismatch',
    ],
    [{ digestSRI: `sha384-${bytes.toString('base64')}` }, 'credential.context_unknown'],
    [{ digestSRI: 'sha256-' }, 'credential.context_unknown'],
    [{ digestSRI: 7 }, 'credential.context_unknown'],
    [{ digestMultibase: 'zQm' }, 'credential.context_unknown'],
    [{}, 'credential.context_unknown'],
  ])('names %j', (digests, code) => {
    expect(judgeRelatedResources({ id: examples, ...digests })).toEqual([code])
    expect(judgeRelatedResources([{ id: 'https://a.example' }, { id: examples, ...digests }])).toEqual([code])
  })
})
