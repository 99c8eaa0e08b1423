import { Fault } from '@fujie/shared/core/fault.ts'
import type { Target } from '../target.ts'

/** Where nothing is wrong: it refuses all with a fault of our own. */
export const sound: Target = {
  name: 'sound',
  read() {
    throw new Fault('json.malformed')
  },
}

/** A letter at a time: only who sees how far each input came gets to the end, where it stumbles. */
export const stumbling: Target = {
  name: 'stumbling',
  most: 64,
  read(input) {
    if (input[0] !== 0x66) throw new Fault('json.malformed')
    if (input[1] !== 0xab) throw new Fault('json.malformed')
    if (input[2] !== 0x13) throw new Fault('json.malformed')
    if (input[3] !== 0xe7) throw new Fault('json.malformed')
    const nothing: { readonly at?: Uint8Array } = {}
    return (nothing.at as Uint8Array).length
  },
}

/** Beneath base64url and JSON: a change of the text as it stands does not get there. */
export const hidden: Target = {
  name: 'hidden',
  read(input) {
    const json: unknown = parseHidden(Buffer.from(input).toString())
    if (typeof json === 'object' && json !== null && 'a' in json && Array.isArray(json.a) && json.a.length > 40)
      throw new TypeError('too many')
  },
}

function parseHidden(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString())
  } catch {
    throw new Fault('json.malformed')
  }
}

/** Some inputs keep the processor busy. */
export const slow: Target = {
  name: 'slow',
  read(input) {
    if (input.length % 7 !== 3) return
    const { user: before } = process.cpuUsage()
    while (process.cpuUsage().user - before < 8_000);
  },
}

/** Remembers everything. */
export function leaking(): Target {
  const all: Uint8Array[] = []
  return { name: 'leaking', read: () => all.push(new Uint8Array(64 * 1024).fill(all.length)) }
}

/** A fault of ours, of the kind that says the fault is in us. */
export const confessing: Target = {
  name: 'confessing',
  read() {
    throw new Fault('unexpected')
  },
}

/** What it reads does not come back. */
export const lossy: Target = {
  name: 'lossy',
  async read(input) {
    const { same } = await import('../targets/same.ts')
    if (input.length > 3) same('bytes', input.slice(1), input)
  },
}
