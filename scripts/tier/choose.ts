import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

export const tiers = ['commit', 'nightly', 'release', 'journeys'] as const
export type Tier = (typeof tiers)[number]

interface Tiers {
  /** Where the tests of an area are. */
  readonly areas: Readonly<Record<string, readonly string[]>>
  /** Test files too slow for a commit. */
  readonly nightly: readonly string[]
  /** Test files that only a release needs. */
  readonly release: readonly string[]
}

const table = JSON.parse(readFileSync(join(root, 'tests/tiers.json'), 'utf8')) as Tiers

/** Test files left out of a tier. Without a tier, as in an editor, the commit tier holds. */
export function leftOut(tier: string | undefined): readonly string[] {
  if (tier === 'release') return []
  return tier === 'nightly' ? table.release : [...table.nightly, ...table.release]
}

export interface Choice {
  readonly projects: readonly string[]
  /** Absolute beginnings of the paths of the test files; none means all. */
  readonly paths: readonly string[]
}

/** What `--only AREA[/TEST]` stands for; undefined if there is no such area. */
export function chooseTests(tier: Tier, only: string | undefined): Choice | undefined {
  if (only === undefined) return { projects: ['node', 'chromium', 'journeys'], paths: [] }
  const [area, ...rest] = only.split('/')
  const folders = Object.hasOwn(table.areas, area ?? '') ? table.areas[area ?? ''] : undefined
  if (folders === undefined) return undefined
  return {
    projects: tier === 'journeys' || area === 'journeys' ? ['journeys'] : ['node', 'chromium'],
    paths: area === 'unit' && rest.length > 0 ? [join(root, ...rest)] : folders.map((each) => within(each, rest)),
  }
}

/** With a trailing slash where it is a folder, so that `wallet` does not stand for `wallet-old` too. */
function within(folder: string, rest: readonly string[]): string {
  const path = join(root, folder, ...rest)
  return existsSync(path) && rest.length === 0 ? `${path}/` : path
}
