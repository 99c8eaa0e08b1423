import { sha256 } from '@fujie/shared/core/crypto/hash.ts'
import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { StatusDigest } from '@fujie/shared/core/record/status-digest.ts'
import { countEntries, openStatusList, statusAt } from '@fujie/shared/core/status/list.ts'
import { judgeStatusValue } from '@fujie/shared/core/status/value.ts'

/** So many squares a picture has at most, and so many in a row. */
export const columns = 64
const mostSquares = 2_048

/** One square of the picture: a stretch of the list, and how much of it is marked. */
export interface Square {
  readonly held: number
  readonly withdrawn: number
  readonly places: number
}

/** What a list says, as counts: never whose. */
export interface StatusPicture {
  /** Whether the bytes are those that the log names. */
  readonly isLogged: boolean
  readonly places: number
  readonly held: number
  readonly withdrawn: number
  readonly squares: readonly Square[]
}

/**
 * Counts a packed status list by the digest that the log has of it.
 *
 * @throws Fault `status_list.malformed` if the bytes are no list
 */
export async function pictureOf({ bits, digest }: StatusDigest, packed: Uint8Array): Promise<StatusPicture> {
  const list = await openStatusList(bits, packed)
  if (list === undefined) throw new Fault('status_list.malformed')
  const places = countEntries(list)
  const count = Math.min(mostSquares, places)
  const squares = Array.from({ length: count }, () => ({ held: 0, withdrawn: 0, places: 0 }))
  for (let i = 0; i < places; i++) {
    const square = squares[Math.floor((i * count) / places)]
    if (square === undefined) continue
    square.places++
    const [code] = judgeStatusValue(statusAt(list, i), true)
    if (code === 'credential.suspended') square.held++
    else if (code !== undefined) square.withdrawn++
  }
  const sum = (of: 'held' | 'withdrawn') => squares.reduce((all, square) => all + square[of], 0)
  const isLogged = encodeBase64url(sha256(packed)) === digest
  return { isLogged, places, held: sum('held'), withdrawn: sum('withdrawn'), squares }
}
