import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readVectors, vectorsFolder } from '../../../tests/house/vectors.ts'
import { encodeBase64url } from '../encoding/base64url.ts'
import { utf8 } from '../encoding/bytes.ts'
import { isJsonArray, isJsonObject, type Json } from '../encoding/json.ts'
import { digestOfDisclosure, formatDisclosure } from './disclosure.ts'
import { presentDisclosures } from './present.ts'
import type { ClaimPath } from './resolve.ts'
import { joinSdJwt, parseSdJwt } from './sd-jwt.ts'

/** What to hide: `_sd` names members or indices of this level, every other member is a level below. */
type Frame = { readonly _sd?: readonly (string | number)[]; readonly _sd_decoy?: number } & {
  readonly [member: string]: Json
}

interface Case {
  readonly claims: Json
  readonly disclosureFrame?: Frame
  readonly presentationFrames: Json
  readonly presentedClaims: Json
}

let counter = 0
const salt = () => Uint8Array.from({ length: 16 }, () => counter++ % 251)
const decoys = (count = 0) => Array.from({ length: count }, () => digestOfDisclosure(`decoy ${counter++}`))

function hide(value: Json, frame: Frame | undefined, disclosures: string[]): Json {
  if (frame === undefined) return value
  const hidden = (name: string | undefined, inner: Json) => {
    const text = formatDisclosure(salt(), name, inner)
    disclosures.push(text)
    return digestOfDisclosure(text)
  }
  const below = (key: string, inner: Json) => hide(inner, frame[key] as Frame | undefined, disclosures)
  if (isJsonArray(value)) {
    const elements = value.map((element, i): Json => {
      const inner = below(String(i), element)
      return frame._sd?.includes(i) ? { '...': hidden(undefined, inner) } : inner
    })
    return [...elements, ...decoys(frame._sd_decoy).map((digest) => ({ '...': digest }))]
  }
  if (!isJsonObject(value)) return value
  const shown: Record<string, Json> = {}
  const digests: string[] = decoys(frame._sd_decoy)
  for (const [name, member] of Object.entries(value)) {
    const inner = below(name, member)
    if (frame._sd?.includes(name)) digests.push(hidden(name, inner))
    else shown[name] = inner
  }
  return digests.length === 0 ? shown : { ...shown, _sd: digests.sort() }
}

function pathsOf(frame: Json, claims: Json, path: ClaimPath = []): ClaimPath[] {
  if (!isJsonObject(frame)) return [path]
  return Object.entries(frame).flatMap(([name, inner]) => {
    const step = isJsonArray(claims) ? Number(name) : name
    return pathsOf(inner, (claims as Record<string, Json>)[name] ?? {}, [...path, step])
  })
}

/** RFC 9901, 7.1 takes digests out of an object and leaves the object; the case expects it gone. */
const deviations: Readonly<Record<string, Json>> = { 'array_none_disclosed.json': { is_over: {} } }

const folder = vectorsFolder('sd-jwt-js-cases')
const files = folder === undefined ? [] : readdirSync(folder).filter((file) => file.endsWith('.json'))

describe.skipIf(folder === undefined)('the cases of sd-jwt-js', () => {
  it.each(files)('%s comes back as it was presented', (file) => {
    const { claims, disclosureFrame, presentationFrames, presentedClaims } = readVectors<Case>(
      'sd-jwt-js-cases',
      file,
    ) as Case
    const disclosures: string[] = []
    const payload = hide(claims, disclosureFrame, disclosures)
    const jwt = ['{"alg":"ES256","typ":"dc+sd-jwt"}', JSON.stringify(payload), 'x'].map((part) =>
      encodeBase64url(utf8(part)),
    )
    const issued = parseSdJwt(joinSdJwt(jwt.join('.'), disclosures))
    expect(issued.defects).toEqual([])
    expect(issued.claims).toEqual(claims)
    const presented = parseSdJwt(presentDisclosures(issued, pathsOf(presentationFrames, claims)))
    expect(presented.defects).toEqual([])
    expect(presented.claims).toEqual(deviations[file] ?? presentedClaims)
  })

  it('are all seventeen', () => {
    expect(files).toHaveLength(17)
  })
})
