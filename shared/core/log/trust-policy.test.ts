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
    expect(policy.logs).toStrictEqual([{ vkey: vkey('log.test', noteTypes.ed25519) }])
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
    ['has a character of control at its end', `${log}\nquorum none\u007f`],
    ['has a character of control at its beginning', `\u0000${log}\nquorum none`],
    ['has a quorum without a name', `${w1}\nquorum`],
    ['has a quorum of two names', `${w1}\nquorum w1 w1`],
    ['has a quorum, and nobody beside it', `${w1}\nquorum w1\nquorum none`],
    ['has a witness without a key', `witness w1\nquorum none`],
    ['has words left over behind a witness', `${w1} more\nquorum w1`],
    ['has a log without a key', `log\nquorum none`],
    ['counts the key of a log twice', `${log}\n${log} https://log.test/\nquorum none`],
    ['has a group without a name', `${w1}\ngroup\nquorum w1`],
    ['asks for a number that is spelled otherwise', `${w1}\ngroup a 01 w1\nquorum a`],
    ['asks for a number with a sign', `${w1}\ngroup a +1 w1\nquorum a`],
    ['asks for a number of three digits', `${w1}\ngroup a 100 w1\nquorum a`],
    ['asks for a word that is no number', `${w1}\ngroup a toString w1\nquorum a`],
    ['asks for a word that belongs to every object', `${w1}\ngroup a constructor w1\nquorum a`],
    ['gives a group the name of a witness', `${w1}\ngroup w1 any w1\nquorum w1`],
    ['puts a group into itself', `${w1}\ngroup a any a\nquorum a`],
    ['is empty', ''],
    ['has a character of control in a comment', `# \u0000\n${log}\nquorum none`],
    ['has a line of another kind in place of a quorum', `${log}\nlogs none`],
    ['has a quorum of nobody it knows before one of nobody', `${log}\nquorum w1\nquorum none`],
    ['asks for a number with a letter behind it', `${w1}\ngroup a 1x w1\nquorum a`],
    [
      'has more witnesses than anybody counts',
      `${Array.from({ length: 33 }, (_, i) => `witness w${i} ${vkey(`w${i}`)}`).join('\n')}\nquorum none`,
    ],
  ])('is refused if it %s', (_why, text) => {
    expect(refusal(text)).toBe('policy.malformed')
  })

  const many = (count: number, line: (i: number) => string) => Array.from({ length: count }, (_, i) => line(i))
  const logLine = (i: number) => `log ${vkey(`l${i}`, noteTypes.ed25519)}`
  const witnessLine = (i: number) => `witness w${i} ${vkey(`w${i}`)}`
  const chain = (i: number) => `group g${i} any ${i === 0 ? 'w0' : `g${i - 1}`}`

  it.each<[string, readonly string[], string]>([
    ['32 logs', many(32, logLine), 'accepted'],
    ['33 logs', many(33, logLine), 'policy.malformed'],
    ['32 witnesses', many(32, witnessLine), 'accepted'],
    ['33 witnesses', many(33, witnessLine), 'policy.malformed'],
    ['64 names', [...many(32, witnessLine), ...many(32, chain)], 'accepted'],
    ['65 names', [...many(32, witnessLine), ...many(33, chain)], 'policy.malformed'],
  ])('may have so many and no more: %s', (_what, lines, expected) => {
    expect(refusal([...lines, 'quorum none', ''].join('\n'))).toBe(expected)
  })

  it('has blanks and tabs between its words, and comments in any language', () => {
    const spaced = `\t# 见证\n\n ${log}\t https://log.test/ \n#quorum w1\n\tquorum \t none\t`
    expect(parseTrustPolicy(spaced)).toEqual({
      logs: [{ vkey: vkey('log.test', noteTypes.ed25519), url: 'https://log.test/' }],
      witnesses: [],
    })
  })

  it.each([
    ['all', 3],
    ['any', 1],
    ['1', 1],
    ['3', 3],
  ])('takes %s of three for %i', (word, threshold) => {
    const policy = parseTrustPolicy([...many(3, witnessLine), `group a ${word} w0 w1 w2`, 'quorum a'].join('\n'))
    const members = many(3, (i) => `w${i}`).map((name) => ({ vkey: vkey(name) }))
    expect(policy.quorum).toEqual({ threshold, members })
  })

  it('may count up to thirty-two', () => {
    const group = `group a 32 ${many(32, (i) => `w${i}`).join(' ')}`
    const { quorum } = parseTrustPolicy([...many(32, witnessLine), group, 'quorum a'].join('\n'))
    expect(quorum).toMatchObject({ threshold: 32 })
  })

  it('is written with the address of a log', () => {
    const text = `${log} https://log.test/\nquorum none\n`
    expect(formatTrustPolicy(parseTrustPolicy(text))).toBe(text)
  })

  it('may have one key sign as log and as witness', () => {
    const both = `log ${vkey('a', noteTypes.ed25519)}\nwitness a ${vkey('a')}\nquorum a\n`
    expect(refusal(both)).toBe('accepted')
    expect(formatTrustPolicy(parseTrustPolicy(both))).toBe(both)
  })

  it('is written as one reads it, each group behind its members', () => {
    expect(formatTrustPolicy(parseTrustPolicy(production))).toBe(
      [log, ...witnesses, 'group g1 2 w1 w2 w3', 'group g2 1 a1 a2', 'group g3 2 g1 g2', 'quorum g3', ''].join('\n'),
    )
  })

  it('is written so that it can be read where witnesses have the names of groups', () => {
    const named = ['g1', 'g2', 'x'].map((name) => `witness ${name} ${vkey(name)}`)
    const policy = parseTrustPolicy([...named, 'group a any g1 g2', 'group b all a x', 'quorum b'].join('\n'))
    expect(parseTrustPolicy(formatTrustPolicy(policy))).toEqual(policy)
    expect(formatTrustPolicy(policy)).toContain('\nquorum g4\n')
  })

  it('is not written with a quorum of somebody it does not name', () => {
    const { quorum, ...policy } = parseTrustPolicy(production)
    expect(() => formatTrustPolicy({ ...policy, witnesses: [], ...(quorum && { quorum }) })).toThrow('policy.malformed')
  })

  it('keeps why a key is none', () => {
    try {
      parseTrustPolicy('log a+00000000+AAAA\nquorum none')
      expect.unreachable()
    } catch (thrown) {
      expect((thrown as Fault).cause).toBeInstanceOf(Fault)
    }
  })
})
