import { argon2id } from 'hash-wasm'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Argon2idParameters } from './vault-header.ts'

const mebibyte = 1024

/** The least and the most a guess may cost; checked before any work, so that no header can cheapen or stall an unlock. */
const floor = { m: 64 * mebibyte, t: 3, p: 1 }
const ceiling = { m: 1024 * mebibyte, t: 10, p: 4 }

export type PassphraseCost = Pick<Argon2idParameters, 'm' | 't' | 'p'>

/** From dear to cheap: the first that a device can allocate and finish in time is its own. */
export const passphraseCosts: readonly PassphraseCost[] = [
  { m: 256 * mebibyte, t: 3, p: 1 },
  { m: 128 * mebibyte, t: 3, p: 1 },
  floor,
]

export const leastCost: PassphraseCost = floor

const longestMilliseconds = 2_500

/**
 * Argon2id (RFC 9106) over the NFKC form of a passphrase: 32 bytes.
 *
 * @throws Fault `vault.parameters_refused`
 */
export async function deriveFromPassphrase(passphrase: string, kdf: Argon2idParameters): Promise<Uint8Array> {
  const { m, t, p, salt } = kdf
  const cheap = m < floor.m || t < floor.t || p < floor.p
  const dear = m > ceiling.m || t > ceiling.t || p > ceiling.p
  if (cheap || dear) throw new Fault('vault.parameters_refused', { m, t, p })
  return argon2id({
    password: passphrase.normalize('NFKC'),
    salt,
    iterations: t,
    parallelism: p,
    memorySize: m,
    hashLength: 32,
    outputType: 'binary',
  })
}

/** The dearest cost this device bears within 2.5 s, tried out; `milliseconds` reads a stopwatch. */
export async function measureCost(milliseconds: () => number): Promise<PassphraseCost> {
  for (const cost of passphraseCosts) {
    if (cost === floor) break
    const before = milliseconds()
    const done = await deriveFromPassphrase('measuring', { name: 'argon2id', ...cost, salt: new Uint8Array(16) }).catch(
      () => undefined,
    )
    if (done !== undefined && milliseconds() - before <= longestMilliseconds) return cost
  }
  return floor
}
