import { describe, expect, it } from 'vitest'
import { derivePrivateJwk, signerOfJwk } from '../../adapters/signer-file.ts'
import { Fault } from '../fault.ts'
import { formatVerifierKey, noteTypes, parseVerifierKey, verifierKey, type NoteType } from './note.ts'
import { timeOfQuorum } from './quorum.ts'
import { formatTrustPolicy, parseTrustPolicy } from './trust-policy.ts'

const vkey = (name: string, type: NoteType = noteTypes.cosignature, key = name) =>
  formatVerifierKey(verifierKey(name, type, signerOfJwk(derivePrivateJwk('policy', key, 'Ed25519')).publicJwk))

const log = `log ${vkey('log.test', noteTypes.ed25519)}`
const witnesses = ['w1', 'w2', 'w3', 'a1', 'a2'].map((name) => `witness ${name} ${vkey(name)} https://${name}.test/`)
const production = [
  ...[log, ...witnesses],
  ...['group W 2 w1 w2 w3', 'group A any a1 a2', 'group both all W A', 'quorum both', ''],
].join('\n')

const stamped = (...names: readonly string[]) =>
  names.map((name, i) => ({ key: parseVerifierKey(vkey(name)), time: 100 + i }))

const refusal = (text: string) => {
  try {
    parseTrustPolicy(text)
    return 'accepted'
  } catch (thrown) {
    return thrown instanceof Fault ? thrown.code : 'unexpected'
  }
}

describe('a trust policy', () => {
  it('is read with its logs, witnesses, addresses and quorum', () => {
    const policy = parseTrustPolicy(`# ours\n\n \t${production}`)
    expect(policy.logs).toEqual([{ vkey: vkey('log.test', noteTypes.ed25519) }])
    expect(policy.witnesses.map(({ name, url }) => `${name} ${url}`)).toEqual(
      ['w1', 'w2', 'w3', 'a1', 'a2'].map((name) => `${name} https://${name}.test/`),
    )
  })

  it.each([
    [['w1', 'w2'], undefined],
    [['a1', 'a2', 'w1'], undefined],
    [['w1', 'w3', 'a2'], 100],
    [['w1', 'w2', 'w3', 'a1'], 101],
  ] as const)('takes %s for a quorum at %s: two of three and one of two', (names, time) => {
    const { quorum } = parseTrustPolicy(production)
    expect(quorum && timeOfQuorum(quorum, stamped(...names))).toBe(time)
  })

  it('needs nobody where the quorum is none', () => {
    expect(parseTrustPolicy(`${log}\nquorum none\n`).quorum).toBeUndefined()
  })

  it('is written so that reading it back gives the same', () => {
    const policy = parseTrustPolicy(production)
    const text = formatTrustPolicy(policy)
    expect(parseTrustPolicy(text)).toEqual(policy)
    expect(formatTrustPolicy(parseTrustPolicy(text))).toBe(text)
    expect(formatTrustPolicy(parseTrustPolicy(`${log}\nquorum none\n`))).toBe(`${log}\nquorum none\n`)
  })

  const w1 = witnesses[0] as string
  it.each([
    ['has no quorum', log],
    ['has two quorums', `${w1}\nquorum w1\nquorum w1`],
    ['names a witness only later', `quorum w1\n${w1}`],
    ['names nobody it knows', `${w1}\nquorum w2`],
    ['gives a name twice', `${w1}\nwitness w1 ${vkey('other')}\nquorum w1`],
    ['counts one key under two names', `${w1}\nwitness again ${vkey('again', 4, 'w1')}\nquorum w1`],
    ['counts a witness in two groups', `${w1}\ngroup a any w1\ngroup b any w1\nquorum b`],
    ['counts a witness twice in a group', `${w1}\ngroup a 2 w1 w1\nquorum a`],
    ['asks for more than there are', `${w1}\ngroup a 2 w1\nquorum a`],
    ['asks for nobody', `${w1}\ngroup a 0 w1\nquorum a`],
    ['has an empty group', `${w1}\ngroup a all\nquorum a`],
    ['puts nobody into a group', `${w1}\ngroup a 1 none\nquorum a`],
    ['takes the name of nobody', `witness none ${vkey('w1')}\nquorum none`],
    ['has a log key for a witness', `witness w1 ${vkey('w1', noteTypes.ed25519)}\nquorum w1`],
    ['has a witness key for a log', `log ${vkey('log.test')}\nquorum none`],
    ['has a key that is none', `witness w1 w1+00000000+AAAA\nquorum none`],
    ['has words left over', `${log} https://log.test/ more\nquorum none`],
    ['has a line of another kind', `${log}\nlogs none\nquorum none`],
    ['has a character of control', `${log}\rquorum none`],
    [
      'has more witnesses than anybody counts',
      `${Array.from({ length: 33 }, (_, i) => `witness w${i} ${vkey(`w${i}`)}`).join('\n')}\nquorum none`,
    ],
  ])('is refused if it %s', (_why, text) => {
    expect(refusal(text)).toBe('policy.malformed')
  })
})
