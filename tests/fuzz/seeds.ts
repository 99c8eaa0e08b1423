import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const kept = JSON.parse(readFileSync(join(import.meta.dirname, 'seeds.json'), 'utf8')) as {
  readonly seeds: Readonly<Record<string, readonly string[]>>
}

/** The inputs a target starts from: what the product itself wrote, by scripts/fuzz-seeds.ts. */
export function seedsOf(target: string): readonly Uint8Array[] {
  return (kept.seeds[target] ?? []).map((seed) => new Uint8Array(Buffer.from(seed, 'base64')))
}
