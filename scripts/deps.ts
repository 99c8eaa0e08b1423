// node scripts/run.mjs deps install [NAME@X.Y.Z] [-w ROLE] [-D] [--now] | check
// The only way to change a dependency: npm runs under Node 24, for under 20 it picks older majors whose engines fit.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { judgeLock, judgeManifests, type Lock, type Manifest } from './lockfile.ts'

const root = join(import.meta.dirname, '..')

/** Every folder with a lock, the packages there that may have an install script, and its package.json files. */
const locks = [
  {
    folder: '',
    scripts: [],
    // Its package.json has the older form, a list of licences.
    licences: { memorystream: 'MIT' },
    manifests: ['', 'shared', 'wallet', 'verifier', 'registry', 'issuer'],
  },
  {
    folder: 'tests/oracles',
    scripts: ['@2060.io/ffi-napi', '@2060.io/ref-napi', 'cbor-extract'],
    manifests: ['tests/oracles'],
  },
  { folder: '.ci/release', scripts: ['electron-winstaller'], manifests: ['.ci/release'] },
  { folder: 'shared/adapters/pkcs11', scripts: ['pkcs11js'], manifests: ['shared/adapters/pkcs11'] },
].filter(({ folder }) => existsSync(join(root, folder, 'package-lock.json')))

const [action, ...rest] = process.argv.slice(2)
if (action === 'install') install(rest)
else if (action !== 'check') stop('Usage: deps install [NAME@X.Y.Z] [-w ROLE] [-D] [--now], or deps check')
checkLocks()

function install(asked: readonly string[]): void {
  const wanted = asked.filter((word) => word !== '--now')
  const age = asked.includes('--now') ? [] : ['--min-release-age=7']
  if (runNpm(['install', '--ignore-scripts', '--save-exact', ...age, ...wanted]) !== 0) stop('npm install failed.')
}

function checkLocks(): void {
  const problems = locks.flatMap(({ folder, scripts, manifests, licences }) => [
    ...judgeLock(read<Lock>(folder, 'package-lock.json'), { scripts, ...(licences && { licences }) }),
    ...judgeManifests(manifests.map(readManifest)),
    ...(dryRun(folder) ? [] : [`${folder}/package-lock.json: npm ci refuses it`]),
  ])
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) process.exit(1)
}

function readManifest(folder: string): Manifest {
  return { ...read<Manifest>(folder, 'package.json'), file: join(folder, 'package.json') }
}

function read<T>(folder: string, file: string): T {
  return JSON.parse(readFileSync(join(root, folder, file), 'utf8')) as T
}

/** Whether npm finds lock and package.json in agreement; it fetches nothing for that. */
function dryRun(folder: string): boolean {
  return (
    runNpm(['ci', '--dry-run', '--offline', '--ignore-scripts', '--no-audit', '--loglevel=error'], folder, true) === 0
  )
}

function runNpm(words: readonly string[], folder = '', quiet = false): number {
  const cwd = join(root, folder)
  const stdio = quiet ? (['ignore', 'ignore', 2] as const) : 'inherit'
  const npm = process.env.npm_execpath ?? ''
  const ran = /npm-cli\.c?js$/.test(npm)
    ? spawnSync(process.execPath, [npm, ...words], { cwd, stdio: [...[stdio].flat()] as 'inherit'[] })
    : spawnSync('npm', words, { cwd, stdio: [...[stdio].flat()] as 'inherit'[], shell: process.platform === 'win32' })
  return ran.status ?? 1
}

function stop(message: string): never {
  console.error(message)
  process.exit(1)
}
