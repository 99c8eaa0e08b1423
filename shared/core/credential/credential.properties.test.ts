import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { testSigner } from '../../../tests/fixtures/party.ts'
import { World } from '../../../tests/fixtures/world.ts'
import { patience, runs } from '../../../tests/house/runs.ts'
import { jwsClaims, parseJws, verifyJws, type Jws } from '../crypto/jws.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import type { JsonObject } from '../encoding/json.ts'
import { limits } from '../limits.ts'
import { parseRecord } from '../record/record.ts'
import { verifyRecord } from '../record/verify.ts'
import { digestOfDisclosure, formatDisclosure, isReserved, readDisclosure } from './disclosure.ts'
import { judgeKeyBinding } from './key-binding.ts'
import { presentDisclosures } from './present.ts'
import { joinSdJwt, parseSdJwt, type UnverifiedSdJwt } from './sd-jwt.ts'

const world = await World.make()
let full: UnverifiedSdJwt
let jwt = ''
beforeAll(async () => {
  full = await world.issue({ edition: 'full' })
  jwt = full.jws.text
})
const texts = () => full.disclosures.map(({ text }) => text)
const reading = (disclosures: readonly string[]) => parseSdJwt(joinSdJwt(jwt, disclosures))

describe('a disclosure', () => {
  const name = fc.string({ maxLength: 20 }).filter((each) => !isReserved(each))
  const salt = fc.uint8Array({ maxLength: 24 })
  const value = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.integer(), { maxLength: 5 }),
  )

  it('is read as it was written, with the digest of its text', () => {
    fc.assert(
      fc.property(salt, fc.option(name, { nil: undefined }), value, (salted, named, valued) => {
        const text = formatDisclosure(salted, named, valued)
        const members = named === undefined ? {} : { name: named }
        expect(readDisclosure(text)).toEqual({ text, digest: digestOfDisclosure(text), value: valued, ...members })
      }),
      runs.usual,
    )
  })

  it('has another digest for any other text', () => {
    fc.assert(
      fc.property(salt, name, fc.nat(), fc.constantFrom('A', 'B', '-'), (salted, named, place, letter) => {
        const text = formatDisclosure(salted, named, 1)
        const at = place % text.length
        const other = text.slice(0, at) + letter + text.slice(at + 1)
        return other === text || digestOfDisclosure(other) !== digestOfDisclosure(text)
      }),
      runs.usual,
    )
  })
})

describe('the disclosures of a credential', () => {
  it('give the same claims in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 64, maxLength: 64 }), (weights) => {
        const order = texts().map((text, i) => [weights[i % 64] ?? 0, text] as const)
        const shuffled = reading(order.toSorted(([a], [b]) => a - b).map(([, text]) => text))
        expect(shuffled.claims).toEqual(full.claims)
        expect(shuffled.defects).toEqual([])
      }),
      runs.signing,
    )
  })

  it('that are left out hide what they hold and nothing else', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 64, maxLength: 64 }), (mask) => {
        const shown = full.places.filter((_, i) => mask[i % 64] === true).map(({ path }) => path)
        const { claims, defects, places } = parseSdJwt(presentDisclosures(full, shown))
        expect(defects).toEqual([])
        // What is shown needs what it stands in; nothing beside comes with it.
        for (const { path } of places)
          expect(shown.some((each) => path.every((step, i) => each[i] === step))).toBe(true)
        expect(isPartOf(claims, full.claims)).toBe(true)
      }),
      runs.signing,
    )
  })

  const isPartOf = (part: unknown, whole: unknown): boolean => {
    if (Array.isArray(part))
      return Array.isArray(whole) && part.every((each) => whole.some((other) => isPartOf(each, other)))
    if (typeof part !== 'object' || part === null) return part === whole
    return Object.entries(part).every(([name, value]) => isPartOf(value, (whole as JsonObject | undefined)?.[name]))
  }

  it('are refused if one stands twice', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (which, where) => {
        const all = texts()
        const doubled = all.toSpliced(where % (all.length + 1), 0, all[which % all.length] as string)
        expect(reading(doubled).defects).toContain('disclosure.duplicate')
      }),
      runs.signing,
    )
  })

  it('are refused if a foreign one is among them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.string(), fc.nat(), (salt, name, where) => {
        fc.pre(!isReserved(name))
        const all = texts()
        const foreign = formatDisclosure(salt, name, 'foreign')
        expect(reading(all.toSpliced(where % (all.length + 1), 0, foreign)).defects).toContain(
          'disclosure.unreferenced',
        )
      }),
      runs.signing,
    )
  })

  it('are refused with any letter of one changed', () => {
    const letters = fc.constantFrom(...'ABCDwxyz0189-_')
    fc.assert(
      fc.property(fc.nat(), fc.nat(), letters, (which, place, letter) => {
        const all = texts()
        const old = all[which % all.length] as string
        const at = place % old.length
        const changed = old.slice(0, at) + letter + old.slice(at + 1)
        fc.pre(changed !== old)
        const { defects } = reading(all.with(which % all.length, changed))
        expect(
          defects.some(
            (code) =>
              code === 'disclosure.unreferenced' ||
              code === 'disclosure.malformed' ||
              code === 'disclosure.reserved_name',
          ),
        ).toBe(true)
      }),
      runs.usual,
    )
  })

  it('are the same after they were presented once more', () => {
    fc.assert(
      fc.property(fc.nat(), (which) => {
        const { path } = full.places[which % full.places.length] ?? { path: [] }
        const once = parseSdJwt(presentDisclosures(full, [path]))
        expect(
          presentDisclosures(
            once,
            once.places.map((place) => place.path),
          ),
        ).toBe(once.presented)
      }),
      runs.signing,
    )
  })
})

/** Any letter of a token changed to another of its alphabet. */
const change = fc.tuple(fc.nat(), fc.constantFrom(...'ABCDEFwxyz019-_.~'))
function changed(text: string, [place, letter]: readonly [number, string]): string {
  const at = place % text.length
  return text.slice(0, at) + letter + text.slice(at + 1)
}

async function codesOf(judge: () => Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await judge()
  } catch (thrown) {
    return [String(thrown)]
  }
}

describe('a signature', () => {
  const credential = (text: string) =>
    codesOf(async () =>
      verifyJws(parse(text), world.issuer.signer().publicJwk, { types: ['dc+sd-jwt'], purpose: 'credential' }),
    )
  const parse = (text: string): Jws => parseJws(text, { maxBytes: limits.sdJwt })

  it(
    'of a credential covers every letter',
    async () => {
      expect(await credential(jwt)).toEqual([])
      await fc.assert(
        fc.asyncProperty(change, async (edit) => {
          const text = changed(jwt, edit)
          fc.pre(text !== jwt)
          expect(await credential(text)).not.toEqual([])
        }),
        runs.signing,
      )
    },
    patience,
  )

  it(
    'of a key binding covers every letter of it, and of what is presented',
    async () => {
      const { request, credentials } = await world.present(await world.issue())
      const { keyBinding, presented } = credentials[0]?.credential as UnverifiedSdJwt
      const binding = keyBinding?.text ?? ''
      const judge = (text: string, shown = presented) =>
        codesOf(async () => judgeKeyBinding(parse(text), shown, world.holder.publicJwk, request, world.now))
      expect(await judge(binding)).toEqual([])
      await fc.assert(
        fc.asyncProperty(change, async (edit) => {
          const [text, shown] = [changed(binding, edit), changed(presented, edit)]
          if (text !== binding) expect(await judge(text)).not.toEqual([])
          if (shown !== presented) expect(await judge(binding, shown)).toEqual(['key_binding.wrong_hash'])
        }),
        runs.signing,
      )
    },
    patience,
  )

  it(
    'of a status list covers every letter',
    async () => {
      const token = Buffer.from(world.statusToken).toString()
      const judge = (text: string) =>
        codesOf(async () => {
          const jws = parseJws(text, { maxBytes: 2 * limits.statusListPacked })
          jwsClaims(jws, { string: limits.statusListPacked * 2 })
          return verifyJws(jws, world.issuer.signer().publicJwk, { types: ['statuslist+jwt'], purpose: 'credential' })
        })
      expect(await judge(token)).toEqual([])
      await fc.assert(
        fc.asyncProperty(change, async (edit) => {
          const text = changed(token, edit)
          fc.pre(text !== token)
          expect(await judge(text)).not.toEqual([])
        }),
        runs.signing,
      )
    },
    patience,
  )

  it(
    'of a record covers every letter, and its id every byte of the payload',
    async () => {
      const record = world.log.find('did', world.verifier.did)?.record
      const text = record?.text ?? ''
      const keys = record !== undefined && 'keys' in record.payload ? record.payload.keys : []
      const judge = (each: string) => codesOf(async () => verifyRecord(parseRecord(each), keys))
      expect(await judge(text)).toEqual([])
      await fc.assert(
        fc.asyncProperty(change, async (edit) => {
          const other = changed(text, edit)
          fc.pre(other !== text)
          expect(await judge(other)).not.toEqual([])
        }),
        runs.signing,
      )
    },
    patience,
  )

  it(
    'of one key is none of another',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.string(), async (name) => {
          const { publicJwk } = testSigner(`stranger ${encodeBase64url(new TextEncoder().encode(name))}`)
          expect(await verifyJws(parse(jwt), publicJwk, { types: ['dc+sd-jwt'], purpose: 'credential' })).toEqual([
            'jws.signature_invalid',
          ])
        }),
        { numRuns: 50 },
      )
    },
    patience,
  )
})
