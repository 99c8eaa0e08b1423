import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const usual = 'https://github.com/electron/electron/releases/download/'

/** Where Electron's own package keeps its program, and what it is called in a release. */
export interface ElectronPlace {
  /** node_modules/electron. */
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  readonly arch: string
}

/** The program, if it was fetched. Nothing at an install does that. */
export function findElectron({ folder, env }: ElectronPlace): string | undefined {
  const own = join(folder, 'dist')
  const named = existsSync(join(folder, 'path.txt')) ? readFileSync(join(folder, 'path.txt'), 'utf8') : undefined
  const program = join(env.ELECTRON_OVERRIDE_DIST_PATH ?? own, named ?? 'electron')
  return existsSync(program) ? program : undefined
}

/** Where it would be fetched from. */
export function electronUrl({ folder, env, platform, arch }: ElectronPlace): string {
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly version: string }
  return `${env.ELECTRON_MIRROR ?? usual}v${version}/electron-v${version}-${platform}-${arch}.zip`
}

/** How much that is, in words; the server is asked, and where it does not say, what past ones weighed. */
export async function sizeOf(url: string): Promise<string> {
  const answer = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(10_000) }).catch(() => undefined)
  const length = Number(answer?.ok === true ? answer.headers.get('content-length') : Number.NaN)
  return length > 0 ? `${Math.round(length / 1_000_000)} MB` : 'about 120 MB'
}

/** Fetches it by its package's own installer, which compares the digest that the package came with. */
export function fetchElectron(place: ElectronPlace): string | undefined {
  const ran = spawnSync(process.execPath, [join(place.folder, 'install.js')], {
    stdio: ['ignore', 'inherit', 'pipe'],
    env: { ...process.env, ...place.env },
    timeout: 600_000,
  })
  if (ran.status !== 0)
    console.error(
      String(ran.stderr)
        .split('\n')
        .find((line) => /Error/.test(line)) ?? 'no answer',
    )
  return findElectron(place)
}
