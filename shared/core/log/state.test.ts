import { describe, expect, it } from 'vitest'
import { sha256 } from '../crypto/hash.ts'
import { utf8 } from '../encoding/bytes.ts'
import { namespaces } from '../record/record.ts'
import { mapKey, nameText } from './state.ts'

const bareKey = (ns: string, name: string) => sha256(utf8(`fujie/key/v1\n${ns}\n${name}`))

describe('the key of a name', () => {
  /** Anyone may ask for any text as the name of a DID, and for the same text by another namespace before or after. */
  const spelled = namespaces.filter((ns) => ns !== 'did').map((ns, i) => ({ ns, name: `did:x:${i} did:y:${i}` }))

  it('keeps a name that is spelled like one of another namespace apart from that one, whichever is asked for first', () => {
    for (const [i, { ns, name }] of spelled.entries()) {
      const both = [
        { ns: 'did', name: `${ns} ${name}` },
        { ns, name },
      ] as const
      for (const each of i % 2 === 0 ? both : both.toReversed())
        expect(mapKey(each.ns, each.name)).toEqual(bareKey(each.ns, each.name))
    }
  })

  it('keeps the texts of names apart that are spelled alike', () => {
    const names = spelled.flatMap(({ ns, name }) => [
      { ns, name },
      { ns: 'did' as const, name },
      { ns: 'did' as const, name: `${ns} ${name}` },
      { ns: 'did' as const, name: `did ${name}` },
      { ns, name: `${ns} ${name}` },
    ])
    expect(new Set(names.map(({ ns, name }) => nameText(ns, name))).size).toBe(names.length)
  })

  it('has the name in its text, of a DID the name alone', () => {
    expect(nameText('did', 'did:x:y')).toBe('did:x:y')
    expect(nameText('did', 'x did:')).toBe('did x did:')
    expect(nameText('acc', 'did:x:y')).toBe('acc did:x:y')
  })

  it('is known again', () => {
    expect(mapKey('did', 'did:x:again')).toBe(mapKey('did', 'did:x:again'))
    expect(mapKey('did', 'did:x:again')).toEqual(bareKey('did', 'did:x:again'))
  })
})
