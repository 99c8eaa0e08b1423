import { describe, expect, it } from 'vitest'
import { encodeBase64url } from '../encoding/base64url.ts'
import { utf8 } from '../encoding/bytes.ts'
import { parseJsonObject, type Json } from '../encoding/json.ts'
import { faultCode } from '../fault.ts'
import { digestOfDisclosure } from './disclosure.ts'
import { holderKey } from './holder-key.ts'
import { presentDisclosures } from './present.ts'
import { parseSdJwt } from './sd-jwt.ts'

const b64 = (text: string) => encodeBase64url(utf8(text))
const sealed = (value: unknown) => b64(JSON.stringify(value))
const digest = digestOfDisclosure

const name = sealed(['salt1', 'name', '王小明'])
const gender = sealed(['salt2', 'gender', '1'])
const red = sealed(['salt3', 'red'])
const blue = sealed(['salt4', 'blue'])
const street = sealed(['salt5', 'street', '1 Road'])
const address = sealed(['salt6', 'address', { city: 'C', _sd: [digest(street)] }])

function text(payload: object, disclosures: readonly string[], binding = ''): string {
  const jwt = [sealed({ alg: 'ES256', typ: 'dc+sd-jwt' }), sealed(payload), 'AA'].join('.')
  return [jwt, ...disclosures, binding].join('~')
}

const defects = (payload: object, disclosures: readonly string[], binding?: string) =>
  parseSdJwt(text(payload, disclosures, binding)).defects

const refusal = (work: () => unknown) => {
  try {
    work()
    return 'accepted'
  } catch (thrown) {
    return faultCode(thrown)
  }
}

describe('parseSdJwt', () => {
  it('puts claims, elements and nested claims in their places', () => {
    const payload = {
      vct: 'x',
      _sd: [digest(name), digest(address), 'decoy'],
      colours: ['white', { '...': digest(red) }, { '...': digest(blue) }, { '...': 'another decoy' }],
    }
    const credential = parseSdJwt(text(payload, [name, blue, address, street]))
    expect(credential.defects).toEqual([])
    expect(credential.claims).toEqual({
      vct: 'x',
      colours: ['white', 'blue'],
      name: '王小明',
      address: { city: 'C', street: '1 Road' },
    })
    expect(credential.places.map(({ path }) => path)).toEqual([
      ['colours', 1],
      ['name'],
      ['address'],
      ['address', 'street'],
    ])
  })

  it('keeps the text that the holder signs', () => {
    const credential = parseSdJwt(text({ _sd: [digest(name)] }, [name], `${sealed({ alg: 'ES256' })}.e30.AA`))
    expect(credential.presented.endsWith(`~${name}~`)).toBe(true)
    expect(credential.keyBinding?.header.alg).toBe('ES256')
  })

  it('keeps claims without a prototype', () => {
    const { claims } = parseSdJwt(text({ _sd: [digest(sealed(['s', 'toString', 1]))] }, [sealed(['s', 'toString', 1])]))
    expect(claims.toString).toBe(1)
    expect(claims.constructor).toBeUndefined()
  })
})

/** What is wrong, the code, the bad one, and its twin: the same but for that. */
type Parts = readonly [payload: object, disclosures: readonly string[]]
const cases: readonly (readonly [what: string, code: string, bad: Parts, twin: Parts])[] = [
  [
    'a disclosure sent twice',
    'disclosure.duplicate',
    [{ _sd: [digest(name)] }, [name, name]],
    [{ _sd: [digest(name)] }, [name]],
  ],
  [
    'a digest twice in one _sd',
    'disclosure.duplicate',
    [{ _sd: [digest(name), digest(name)] }, [name]],
    [{ _sd: [digest(name), 'd'] }, [name]],
  ],
  ['a decoy twice', 'disclosure.duplicate', [{ _sd: ['d', 'd'] }, []], [{ _sd: ['d', 'e'] }, []]],
  [
    'a digest in two objects',
    'disclosure.duplicate',
    [{ a: { _sd: [digest(name)] }, b: { _sd: [digest(name)] } }, [name]],
    [{ a: { _sd: [digest(name)] }, b: { _sd: ['d'] } }, [name]],
  ],
  [
    'a digest twice in an array',
    'disclosure.duplicate',
    [{ a: [{ '...': digest(red) }, { '...': digest(red) }] }, [red]],
    [{ a: [{ '...': digest(red) }, { '...': digest(blue) }] }, [red]],
  ],
  [
    'a digest in an array and in _sd',
    'disclosure.duplicate',
    [{ a: [{ '...': 'd' }], _sd: ['d'] }, []],
    [{ a: [{ '...': 'd' }], _sd: ['e'] }, []],
  ],
  [
    'a digest in the payload and in a disclosure',
    'disclosure.duplicate',
    [{ _sd: [digest(address), digest(street)] }, [address, street]],
    [{ _sd: [digest(address), 'd'] }, [address, street]],
  ],
  [
    'a disclosure nothing refers to',
    'disclosure.unreferenced',
    [{ _sd: [digest(name)] }, [name, gender]],
    [{ _sd: [digest(name), digest(gender)] }, [name, gender]],
  ],
  ['a disclosure with no digest at all', 'disclosure.unreferenced', [{ vct: 'x' }, [name]], [{ vct: 'x' }, []]],
  [
    'a nested disclosure without its parent',
    'disclosure.unreferenced',
    [{ _sd: [digest(address)] }, [street]],
    [{ _sd: [digest(address)] }, [address, street]],
  ],
  [
    'one digit changed in a disclosure',
    'disclosure.unreferenced',
    [{ _sd: [digest(name)] }, [sealed(['salt1', 'name', '王小名'])]],
    [{ _sd: [digest(name)] }, [name]],
  ],
  [
    'a disclosure respelled with blanks',
    'disclosure.unreferenced',
    [{ _sd: [digest(name)] }, [b64('["salt1", "name", "王小明"]')]],
    [{ _sd: [digest(b64('["salt1", "name", "王小明"]'))] }, [b64('["salt1", "name", "王小明"]')]],
  ],
  [
    'a digest inside a claim value that is text',
    'disclosure.unreferenced',
    [{ note: digest(name) }, [name]],
    [{ note: digest(name), _sd: [digest(name)] }, [name]],
  ],
  [
    'an element disclosure among members',
    'disclosure.malformed',
    [{ _sd: [digest(red)] }, [red]],
    [{ a: [{ '...': digest(red) }] }, [red]],
  ],
  [
    'a member disclosure in an array',
    'disclosure.malformed',
    [{ a: [{ '...': digest(name) }] }, [name]],
    [{ a: { _sd: [digest(name)] } }, [name]],
  ],
  ['_sd as a string', 'disclosure.malformed', [{ _sd: digest(name) }, []], [{ _sd: [digest(name)] }, []]],
  ['_sd as an object', 'disclosure.malformed', [{ _sd: { 0: 'd' } }, []], [{ _sd: ['d'] }, []]],
  ['_sd null', 'disclosure.malformed', [{ _sd: null }, []], [{ _sd: [] }, []]],
  ['a number in _sd', 'disclosure.malformed', [{ _sd: [1] }, []], [{ _sd: ['1'] }, []]],
  ['an array in _sd', 'disclosure.malformed', [{ _sd: [['d']] }, []], [{ _sd: ['d'] }, []]],
  ['a number behind ...', 'disclosure.malformed', [{ a: [{ '...': 1 }] }, []], [{ a: [{ '...': '1' }] }, []]],
  ['null behind ...', 'disclosure.malformed', [{ a: [{ '...': null }] }, []], [{ a: [null] }, []]],
  [
    'a member beside ...',
    'disclosure.malformed',
    [{ a: [{ '...': digest(red), b: 1 }] }, [red]],
    [{ a: [{ '...': digest(red) }, { b: 1 }] }, [red]],
  ],
  ['_sd broken inside a disclosure', 'disclosure.malformed', nested({ _sd: 'd' }), nested({ _sd: ['d'] })],
  ['a disclosure of one', 'disclosure.malformed', odd(['s']), odd(['s', 'n', 1])],
  ['a disclosure of four', 'disclosure.malformed', odd(['s', 'n', 1, 2]), odd(['s', 'n', 1])],
  ['a disclosure of none', 'disclosure.malformed', odd([]), odd(['s', 'n', []])],
  ['a disclosure that is an object', 'disclosure.malformed', odd({ salt: 's' }), odd(['s', 'n', { salt: 's' }])],
  ['a salt that is a number', 'disclosure.malformed', odd([1, 'n', 1]), odd(['1', 'n', 1])],
  ['a salt that is null', 'disclosure.malformed', odd([null, 'n', 1]), odd(['', 'n', 1])],
  ['a name that is a number', 'disclosure.malformed', odd(['s', 1, 1]), odd(['s', '1', 1])],
  ['a name that is null', 'disclosure.malformed', odd(['s', null, 1]), odd(['s', 'null', 1])],
  [
    'a doubled member in a value',
    'disclosure.malformed',
    raw('["s","n",{"a":1,"a":2}]'),
    raw('["s","n",{"a":1,"b":2}]'),
  ],
  [
    'a lone surrogate in a value',
    'disclosure.malformed',
    raw('["s","n","\\ud800"]'),
    raw('["s","n","\\ud800\\udc00"]'),
  ],
  ['text behind a disclosure', 'disclosure.malformed', raw('["s","n",1]x'), raw('["s","n",1]')],
  ['a number too large', 'disclosure.malformed', raw('["s","n",9007199254740993]'), raw('["s","n",9007199254740991]')],
  ['__proto__ in a value', 'disclosure.malformed', raw('["s","n",{"__proto__":1}]'), raw('["s","n",{"proto":1}]')],
  ['padding', 'disclosure.malformed', spelled(`${name}=`), spelled(name)],
  ['stray bits in the last letter', 'disclosure.malformed', spelled(respelled(gender)), spelled(gender)],
  ['a letter outside the alphabet', 'disclosure.malformed', spelled(`${name.slice(0, -1)}+`), spelled(name)],
  [
    'an empty disclosure',
    'disclosure.malformed',
    [{ _sd: [digest(name)] }, [name, '']],
    [{ _sd: [digest(name)] }, [name]],
  ],
  ['a claim named _sd', 'disclosure.reserved_name', odd(['s', '_sd', ['d']]), odd(['s', '_sdx', ['d']])],
  ['a claim named ...', 'disclosure.reserved_name', odd(['s', '...', 'd']), odd(['s', '..', 'd'])],
  [
    'a member named ... outside arrays',
    'disclosure.reserved_name',
    [{ a: { '...': 'd' } }, []],
    [{ a: { '..': 'd' } }, []],
  ],
  [
    'a claim that is there already',
    'disclosure.name_clash',
    [{ name: 'x', _sd: [digest(name)] }, [name]],
    [{ names: 'x', _sd: [digest(name)] }, [name]],
  ],
  [
    'two disclosures of one name',
    'disclosure.name_clash',
    both(['s', 'n', 1], ['t', 'n', 2]),
    both(['s', 'n', 1], ['t', 'm', 2]),
  ],
  [
    'a nested claim that is there already',
    'disclosure.name_clash',
    nested({ street: 'x', _sd: [digest(street)] }, [street]),
    nested({ road: 'x', _sd: [digest(street)] }, [street]),
  ],
  [
    'another digest algorithm',
    'disclosure.digest_algorithm',
    [{ _sd_alg: 'sha-512' }, []],
    [{ _sd_alg: 'sha-256' }, []],
  ],
  ['a weak digest algorithm', 'disclosure.digest_algorithm', [{ _sd_alg: 'md5' }, []], [{}, []]],
  [
    'the digest algorithm in capitals',
    'disclosure.digest_algorithm',
    [{ _sd_alg: 'SHA-256' }, []],
    [{ _sd_alg: 'sha-256' }, []],
  ],
  [
    'a digest algorithm that is no text',
    'disclosure.digest_algorithm',
    [{ _sd_alg: null }, []],
    [{ _sd_alg: 'sha-256' }, []],
  ],
  [
    '_sd_alg below the top',
    'disclosure.digest_algorithm',
    [{ a: { _sd_alg: 'sha-256' } }, []],
    [{ _sd_alg: 'sha-256', a: {} }, []],
  ],
  [
    '_sd_alg in an array',
    'disclosure.digest_algorithm',
    [{ a: [{ _sd_alg: 'sha-256' }] }, []],
    [{ a: [{ sd_alg: 'sha-256' }] }, []],
  ],
  [
    '_sd_alg inside a disclosure',
    'disclosure.digest_algorithm',
    nested({ _sd_alg: 'sha-256' }),
    nested({ sd_alg: 'sha-256' }),
  ],
  ['_sd_alg disclosed below the top', 'disclosure.digest_algorithm', below('_sd_alg'), below('sd_alg')],
  ...['iss', 'nbf', 'exp', 'cnf', 'vct', 'vct#integrity', 'aka_vcts', 'status', '_sd_alg'].map(
    (claim) =>
      [
        `${claim} in a disclosure`,
        'disclosure.claim_hidden',
        odd(['s', claim, 1]),
        odd(['s', `${claim}_`, 1]),
      ] as const,
  ),
  [
    'a hidden member of cnf',
    'disclosure.claim_hidden',
    [{ cnf: { _sd: [digest(name)] } }, [name]],
    [{ cnf_: { _sd: [digest(name)] } }, [name]],
  ],
  [
    'a digest in cnf that nobody discloses',
    'disclosure.claim_hidden',
    [{ cnf: { _sd: ['d'] } }, []],
    [{ cnf: {}, _sd: ['d'] }, []],
  ],
  [
    'a hidden index of the status',
    'disclosure.claim_hidden',
    [{ status: { status_list: { uri: 'u', _sd: ['d'] } } }, []],
    [{ status: { status_list: { uri: 'u', idx: 1 } } }, []],
  ],
  [
    'a hidden further type',
    'disclosure.claim_hidden',
    [{ aka_vcts: ['a', { '...': 'd' }] }, []],
    [{ aka_vcts: ['a'] }, []],
  ],
]

function odd(value: unknown): Parts {
  return raw(JSON.stringify(value))
}
function raw(json: string): Parts {
  return [{ _sd: [digest(b64(json))] }, [b64(json)]]
}
function spelled(disclosure: string): Parts {
  return [{ _sd: [digest(disclosure)] }, [disclosure]]
}
function both(a: unknown, b: unknown): Parts {
  return [{ _sd: [digest(sealed(a)), digest(sealed(b))] }, [sealed(a), sealed(b)]]
}
function nested(value: Json, more: readonly string[] = []): Parts {
  const outer = sealed(['s', 'n', value])
  return [{ _sd: [digest(outer)] }, [outer, ...more]]
}
function below(claim: string): Parts {
  const inner = sealed(['s', claim, 'sha-256'])
  return nested({ _sd: [digest(inner)] }, [inner])
}
/** The same bytes with other bits behind the last of them. */
function respelled(disclosure: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return disclosure.slice(0, -1) + letters.charAt(letters.indexOf(disclosure.slice(-1)) ^ 1)
}

describe('RFC 9901, 7.1', () => {
  it.each(cases)('refuses %s as %s and accepts its twin', (_what, code, bad, twin) => {
    const found = defects(...bad)
    // What is no disclosure, or of no place, may leave its digest or itself behind.
    expect(found.filter((each) => each !== 'disclosure.unreferenced' || each === code)).toEqual([code])
    expect(defects(...twin)).toEqual([])
  })

  it('has at least sixty of them', () => {
    expect(cases.length).toBeGreaterThanOrEqual(60)
  })

  it('names all that is wrong at once', () => {
    const payload = { _sd: [digest(name), 'd', 'd', 1], a: [{ '...': 'e', b: 1 }], _sd_alg: 'sha-1' }
    expect([...defects(payload, [name, name, gender, 'AA'], 'junk')].sort()).toEqual([
      'disclosure.digest_algorithm',
      'disclosure.duplicate',
      'disclosure.malformed',
      'disclosure.unreferenced',
      'key_binding.signature_invalid',
    ])
  })

  it.each(['junk', '.', 'a.b', 'e30.e30', `${b64('{"alg":1')}.e30.AA`, 'e30.e30.AA.AA', 'é.é.é'])(
    'finds no key binding in %s, and says so',
    (binding) => {
      const { keyBinding, defects: found } = parseSdJwt(text({}, [], binding))
      expect(keyBinding).toBeUndefined()
      expect(found).toEqual(['key_binding.signature_invalid'])
    },
  )
})

describe('an SD-JWT without key binding', () => {
  it('has none, not even an unread one', () => {
    expect('keyBinding' in parseSdJwt(text({}, []))).toBe(false)
    expect('keyBinding' in parseSdJwt(text({}, [], 'junk'))).toBe(false)
  })
})

describe('the longest SD-JWT', () => {
  it('is read, and one letter more is not', () => {
    const of = (length: number, vct: number) => {
      const disclosure = sealed(['s', 'p', 'x'.repeat(length)])
      return text({ vct: 'x'.repeat(vct), _sd: [digest(disclosure)] }, [disclosure])
    }
    const most = 256 * 1024
    const lengths = [0, 1, 2, 3, 4].flatMap((vct) => [0, 1, 2, 3].map((less) => [196_340 - less, vct] as const))
    const sized = (wanted: number) => {
      for (const [length, vct] of lengths) {
        const off = wanted - of(length, vct).length
        const fitted = of(length + Math.floor((off * 3) / 4), vct)
        if (fitted.length === wanted) return fitted
      }
      throw new Error('no such length')
    }
    expect(parseSdJwt(sized(most)).defects).toEqual([])
    expect(refusal(() => parseSdJwt(sized(most + 1)))).toBe('limit.exceeded')
  })
})

describe('what is no SD-JWT', () => {
  const good = text({ vct: 'x' }, [])
  it.each([
    ['nothing', ''],
    ['no tilde', good.slice(0, -1)],
    ['only tildes', '~~'],
    ['two parts', 'e30.e30~'],
    ['a payload that is no object', [sealed({ alg: 'ES256' }), sealed([1]), 'AA~'].join('.')],
    ['a payload with a doubled member', [sealed({ alg: 'ES256' }), b64('{"vct":"a","vct":"b"}'), 'AA~'].join('.')],
    ['a payload that is not JSON', [sealed({ alg: 'ES256' }), b64('{'), 'AA~'].join('.')],
    ['a payload that is not UTF-8', [sealed({ alg: 'ES256' }), '_w', 'AA~'].join('.')],
    ['a header that is not JSON', [b64('x'), 'e30', 'AA~'].join('.')],
    ['padding in the token', good.replace('~', '=~')],
    ['a blank', good.replace('.', ' .')],
    ['the JSON form', '{"payload":"e30"}~'],
  ])('refuses %s', (_what, bad) => {
    expect(refusal(() => parseSdJwt(bad))).toBe('credential.malformed')
    expect(parseSdJwt(good).defects).toEqual([])
  })

  it('refuses more than it will read', () => {
    const many = Array.from({ length: 257 }, (_, i) => sealed(['s', `n${i}`, i]))
    expect(refusal(() => parseSdJwt(text({}, many)))).toBe('limit.exceeded')
    expect(defects({ _sd: many.slice(1).map(digest) }, many.slice(1))).toEqual([])
    expect(refusal(() => parseSdJwt(text({ a: 'x'.repeat(70_000) }, [])))).toBe('limit.exceeded')
    expect(refusal(() => parseSdJwt(text({}, ['A'.repeat(262_144)])))).toBe('limit.exceeded')
    expect(refusal(() => parseSdJwt(text({}, [], 'A'.repeat(8_193))))).toBe('limit.exceeded')
  })

  it('refuses disclosures in disclosures beyond eight', () => {
    const chain = (depth: number) => {
      let inner: Json = 'end'
      const all: string[] = []
      for (let i = 0; i < depth; i++) {
        const one = sealed(['s', 'n', inner])
        all.unshift(one)
        inner = { _sd: [digest(one)] }
      }
      return [inner as object, all] as const
    }
    expect(defects(...chain(9))).toEqual([])
    expect(refusal(() => parseSdJwt(text(...chain(10))))).toBe('limit.exceeded')
  })
})

describe('presentDisclosures', () => {
  const payload = {
    _sd: [digest(name), digest(gender), digest(address)],
    a: [{ '...': digest(red) }, { '...': digest(blue) }],
  }
  const credential = parseSdJwt(text(payload, [name, gender, address, street, red, blue]))

  it.each([
    ['nothing', [], []],
    ['one claim', [['gender']], [gender]],
    ['a claim and what is in it', [['address']], [address, street]],
    ['a claim with what it stands in', [['address', 'street']], [address, street]],
    ['what is clear inside something hidden', [['address', 'city']], [address]],
    ['one element', [['a', 1]], [blue]],
    ['a whole array', [['a']], [red, blue]],
    ['what is not there', [['nationality']], []],
    ['claims in the order of issuance', [['gender'], ['name']], [name, gender]],
  ])('shows %s and nothing beside', (_what, paths, shown) => {
    const presented = presentDisclosures(credential, paths)
    expect(presented.split('~').slice(1, -1)).toEqual(shown)
    expect(parseSdJwt(presented).defects).toEqual([])
  })
})

describe('holderKey', () => {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: 'iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w' }
  const kid = 'did:key:z6Mkon3Necd6NkkyfoGoHxid2znGc59LU3K7mubaRcFbLfLX'
  const key = (cnf: Json) => holderKey(parseJsonObject(JSON.stringify({ cnf })))

  it('takes the required members and leaves foreign ones', () => {
    expect(key({ jwk: { ...jwk, use: 'sig', kid: 'x' } })).toEqual(jwk)
  })

  it('takes a did:key or did:jwk, alone or equal to the key', () => {
    expect(key({ kid })).toEqual(jwk)
    expect(key({ kid: `${kid}#${kid.slice(8)}`, jwk })).toEqual(jwk)
    expect(key({ kid: `did:jwk:${sealed(jwk)}#0` })).toEqual(jwk)
  })

  it.each<[string, Json]>([
    ['no cnf', null],
    ['an empty one', {}],
    ['a private key', { jwk: { ...jwk, d: jwk.x } }],
    ['a symmetric key', { jwk: { kty: 'oct', k: 'AA' } }],
    ['a key of another curve', { jwk: { kty: 'EC', crv: 'P-521', x: 'AA', y: 'AA' } }],
    ['two that differ', { kid, jwk: { ...jwk, x: 'A'.repeat(43) } }],
    ['a DID of another method', { kid: 'did:web:a.example#k' }],
    ['a kid that is no DID', { kid: 'key-1' }],
    ['a kid that is an object', { kid: {} }],
    ['a kid that is an object beside a key', { kid: {}, jwk }],
    ['a key whose type is an object', { jwk: { ...jwk, kty: {} } }],
  ])('finds none in %s', (_what, cnf) => {
    expect(key(cnf)).toBeUndefined()
  })
})
