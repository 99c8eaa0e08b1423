// node scripts/run.mjs dictionary: prints the words a compressor of QR answers starts with, made of sample credentials:
// the text, its bytes and its digest. What `core/qr/answer-dictionary.ts` holds was printed once and stays as it is.
import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { presentDisclosures } from '@fujie/shared/core/credential/present.ts'
import { decodeBase64url, encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8, utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { offlineAudience } from '@fujie/shared/core/qr/request.ts'
import { signJws } from '@fujie/shared/ports/sign-jws.ts'
import { formatKeyBinding } from '@fujie/shared/core/credential/key-binding.ts'
import { World } from '../tests/fixtures/world.ts'

/** What differs from one credential to the next, and what is left of it. */
const varying: readonly (readonly [RegExp, string])[] = [
  [/\bciq[a-z2-7]{50,}/g, 'ciq'],
  // Digests, keys, salts; times and numbers; hosts and paths.
  [/[A-Za-z0-9_-]{43}|[A-Za-z0-9+/]{43}=|(?<=\[")[A-Za-z0-9_-]{22}/g, ''],
  [/\d{6,}|(?<="idx":)\d+/g, ''],
  [/[a-z.]+\.example/g, ''],
  // The person of the sample.
  [/王小明|示例省[^"]*|x{20,}/g, ''],
  [/\d{4}-\d\d-\d\d/g, '19'],
]

const world = await World.make()
const pieces = new Map<string, number>()
for (const paths of [[['basic']], [['age_equal_or_over']], [['address']], [['portrait_hash']], []])
  for (const piece of piecesOf(await answerOf(paths))) pieces.set(piece, (pieces.get(piece) ?? 0) + 1)

// A compressor reaches what stands last with the fewest bits.
const words = [...pieces].toSorted(([, a], [, b]) => a - b).map(([piece]) => piece)
const printed = words.join('')
console.log(printed)
console.log(`${utf8(printed).length} bytes, SHA-256 ${encodeBase64url(sha256(utf8(printed)))}`)

async function answerOf(paths: readonly (readonly string[])[]): Promise<string> {
  const presented = presentDisclosures(await world.issue(), paths)
  const occasion = { audience: offlineAudience({ verifier: '' }), nonce: '' }
  const { header, payload } = formatKeyBinding(presented, occasion, world.now)
  return presented + (await signJws(world.holder, header, payload))
}

/** The JSON texts of a token, without what varies. */
function piecesOf(token: string): readonly string[] {
  const parts = token.split(/[.~]/).map((part) => utf8Text(decodeBase64url(part) ?? new Uint8Array()))
  return parts
    .filter((part) => part !== undefined && /^[[{]/.test(part))
    .map((part) => varying.reduce((rest, [pattern, left]) => rest.replace(pattern, left), part ?? ''))
}
