import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../house/planted.ts'

interface Entry {
  readonly version?: string
  readonly link?: boolean
  readonly resolved?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Readonly<Record<string, Entry>>
}

/** Everything a role's processes bring along, as name@version: what somebody has to trust. */
function closure(role: string): ReadonlySet<string> {
  const seen = new Map<string, string>()
  const open = [role]
  for (let where = open.pop(); where !== undefined; where = open.pop()) {
    const { dependencies, optionalDependencies } = packages[where] ?? {}
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const found = locate(where, name)
      if (found === undefined || seen.has(found)) continue
      seen.set(found, `${name}@${packages[found]?.version}`)
      open.push(found)
    }
  }
  return new Set(Array.from(seen.values()).filter((name) => !name.startsWith('@fujie/')))
}

/** Where Node would find it: the nearest node_modules on the way up; a workspace stands behind its link. */
function locate(from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const place = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
    if (packages[place]?.link === true) return packages[place].resolved ?? place.replace('node_modules/@fujie/', '')
    if (packages[place] !== undefined) return place
    if (folder === '') return undefined
  }
}

describe('what a role brings along', () => {
  it.each([
    ['shared', 12],
    ['wallet', 36],
    ['registry', 150],
    ['issuer', 170],
    ['verifier', 175],
  ])('keeps %s within %i packages', (role, most) => {
    const all = closure(role)
    expect(all.size).toBeGreaterThan(5)
    expect(all.size, [...all].toSorted().join(' ')).toBeLessThanOrEqual(most)
  })

  it('keeps build tools and browsers out of every role', () => {
    const tools = /^(vite|vitest|playwright|typescript|eslint|svelte|rolldown|electron)@/
    const roles = ['shared', 'wallet', 'registry', 'issuer', 'verifier']
    expect(roles.flatMap((role) => [...closure(role)].filter((name) => tools.test(name)))).toEqual([])
  })
})
