// node scripts/run.mjs NAME [ARG]...: installs what the lock files ask for, then runs scripts/NAME.ts under Node 24.
// Plain JavaScript without packages: it has to start on a bare clone under Node 18.
import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const LEAST = [24, 15]
const ALSO = { bench: ['tests/oracles'], others: ['tests/oracles'], pack: ['.ci/release'] }
const CI = [
  'ci',
  '--ignore-scripts',
  '--include=dev',
  '--include=optional',
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
]
const read = (...name) => JSON.parse(fs.readFileSync(path.join(ROOT, ...name), 'utf8'))

/** Why node_modules is not what the lock file says; undefined if it is. */
function stale(dir) {
  let installed
  try {
    installed = read(dir, 'node_modules/.package-lock.json').packages
  } catch {
    return 'nothing is installed yet'
  }
  for (const [where, wanted] of Object.entries(read(dir, 'package-lock.json').packages)) {
    if (!where.includes('node_modules/') || wanted.link) continue
    const found = installed[where]
    if (!found && !wanted.optional) return `${where} is missing`
    if (found && (found.version !== wanted.version || found.integrity !== wanted.integrity))
      return `${where} is another version`
    if (found && !fs.existsSync(path.join(ROOT, dir, where))) return `${where} was deleted`
  }
}

/** The package.json whose wishes the lock file does not know. No install can mend that. */
function unlocked() {
  const kinds = ['dependencies', 'devDependencies', 'optionalDependencies']
  const same = (a = {}, b = {}) =>
    Object.keys(a).length === Object.keys(b).length && Object.keys(a).every((name) => a[name] === b[name])
  for (const [where, locked] of Object.entries(read('package-lock.json').packages)) {
    if (where.includes('node_modules/')) continue
    const declared = read(where, 'package.json')
    if (!kinds.every((kind) => same(declared[kind], locked[kind]))) return path.join(where, 'package.json')
  }
}

/** The Node that comes with the install, where one is published for this machine. */
function packagedNode() {
  const system = { linux: 'linux', win32: 'win' }[process.platform]
  if (!system) return undefined
  return path.join(
    ROOT,
    'node_modules',
    `node-${system}-${process.arch}`,
    'bin',
    system === 'win' ? 'node.exe' : 'node',
  )
}

/** Asks the binary: on Alpine the package installs a file that exists and cannot start. */
function usable(node) {
  const env = { ...process.env, NODE_OPTIONS: '' }
  const asked = node && spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8', env })
  const [major, minor] = asked && asked.status === 0 ? asked.stdout.trim().split('.').map(Number) : [0, 0]
  return major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1])
}

function install(dir, why) {
  console.error(`Installing ${dir || 'packages'}: ${why}`)
  const options = { cwd: path.join(ROOT, dir), stdio: ['inherit', 2, 2] }
  const npm = process.env.npm_execpath ?? ''
  const done = /npm-cli\.c?js$/.test(npm)
    ? spawnSync(process.execPath, [npm, ...CI], options)
    : spawnSync('npm', CI, { ...options, shell: process.platform === 'win32' }) // npm.cmd needs a shell; the words are constants
  return done.status === 0
}

/** One install at a time: a second `npm ci` would delete what the first is writing. */
function alone(work) {
  const lock = path.join(ROOT, '.install.lock')
  for (let waited = 0; ;) {
    try {
      fs.writeFileSync(lock, String(process.pid), { flag: 'wx' })
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      if (!running(lock)) fs.rmSync(lock, { force: true })
      else if (waited++ === 0) console.error(`Another install is running; waiting. If none is, delete ${lock}`)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)
    }
  }
  try {
    return work()
  } finally {
    fs.rmSync(lock, { force: true })
  }
}

function running(lock) {
  try {
    return process.kill(Number(fs.readFileSync(lock, 'utf8')) || 0x7fffffff, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function stop(message) {
  console.error(message)
  process.exit(1)
}

const [name, ...args] = process.argv.slice(2)
if (!name || !/^[a-z][a-z0-9/-]*$/.test(name) || !fs.existsSync(path.join(ROOT, 'scripts', `${name}.ts`))) {
  stop(
    `Usage: node scripts/run.mjs NAME [ARG]..., where scripts/NAME.ts exists; there is no scripts/${name ?? 'NAME'}.ts`,
  )
}
const also = (args.includes('--no-peers') ? [] : (ALSO[name] ?? [])).filter((dir) =>
  fs.existsSync(path.join(ROOT, dir, 'package-lock.json')),
)
const nodeMissing = () => {
  const packaged = packagedNode()
  return packaged && !fs.existsSync(packaged) && !usable(process.execPath) && 'Node 24 is missing'
}
const reason = () => stale('') || nodeMissing()
if (reason() || also.some(stale)) {
  const installed = alone(() => {
    const why = reason()
    if (why && !install('', why)) return false
    for (const dir of also) {
      const missing = stale(dir)
      if (missing && !install(dir, missing))
        console.error(`WARNING: ${dir} is not installed; what needs it will be reported as skipped.`)
    }
    return true
  })
  if (!installed)
    stop('npm ci failed. Check the network and `npm config get registry`, then run the same command again.')
}
const strange = unlocked()
if (strange)
  console.error(
    `WARNING: ${strange} and package-lock.json disagree. Run \`node scripts/run.mjs deps install\` and commit both.`,
  )

const node = [packagedNode(), process.execPath].find(usable)
if (!node) {
  stop(
    `This needs Node ${LEAST.join('.')} or newer; here is ${process.version}, and no packaged Node runs on ` +
      `${process.platform}-${process.arch}. Install the version named in .node-version and run the same command again.`,
  )
}

const key = Object.keys(process.env).find((each) => each.toUpperCase() === 'PATH') ?? 'PATH'
const PATH = [path.dirname(node), path.join(ROOT, 'node_modules', '.bin'), process.env[key]].join(path.delimiter)
const child = spawn(node, [path.join(ROOT, 'scripts', `${name}.ts`), ...args], {
  stdio: 'inherit',
  env: { ...process.env, [key]: PATH, npm_node_execpath: node },
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
// npm's shell dies of a signal without passing it on: orphaned, end what was started. `nohup node scripts/run.mjs …` stays.
const parent = process.ppid
if (process.env.npm_lifecycle_event) {
  setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 500).unref()
}
child.on('exit', (code, signal) => process.exit(signal ? 128 + os.constants.signals[signal] : code))
