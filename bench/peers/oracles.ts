import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '../../tests/oracles')
const requireThere = createRequire(join(folder, 'package.json'))

/**
 * A package of `tests/oracles`. Whoever asks says in a type of their own what they use of it: its types are installed
 * only where figures are made.
 *
 * @throws Error if it is not installed
 */
export function loadOracle<Library>(name: string): Library {
  // Else a package of that name in a folder above would do, whatever its version.
  fileOfOracle(name, 'package.json')
  return requireThere(name) as Library
}

/**
 * A file of a package of `tests/oracles`, also one that its `exports` do not name.
 *
 * @throws Error if it is not there
 */
export function fileOfOracle(name: string, path: string): string {
  const file = join(folder, 'node_modules', name, path)
  if (!existsSync(file)) throw new Error(`no ${path} of ${name}; is tests/oracles installed?`)
  return file
}
