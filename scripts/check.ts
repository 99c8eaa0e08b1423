// npm run check [-- --only types,lint]: everything but the tests, side by side.
import { spawn } from 'node:child_process'
import os from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const root = join(import.meta.dirname, '..')
const folders = ['shared', 'wallet', 'verifier', 'registry', 'issuer', 'scripts', 'tests', 'bench']
const bin = (file: string) => join(root, 'node_modules', file)

interface Step {
  readonly name: string
  readonly command: readonly [file: string, ...args: string[]]
}

/** The longest first, so that none is left alone at the end. */
const steps: readonly Step[] = [
  {
    name: 'lint',
    command: [bin('eslint/bin/eslint.js'), '.'],
  },
  {
    name: 'markup',
    command: [bin('svelte-check/bin/svelte-check'), '--tsconfig', 'tsconfig.page.json', '--fail-on-warnings'],
  },
  { name: 'types', command: [bin('typescript/bin/tsc'), '-b'] },
  { name: 'dead', command: [bin('knip/bin/knip.js'), '--no-progress'] },
  { name: 'format', command: [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '--cache', '.'] },
  { name: 'layers', command: [bin('dependency-cruiser/bin/dependency-cruiser.mjs'), ...folders] },
  { name: 'lock', command: ['scripts/deps.ts', 'check'] },
  { name: 'docs', command: ['scripts/docs.ts', '--check'] },
]

const { values } = parseArgs({ options: { only: { type: 'string' } } })
const wanted = values.only?.split(',')
const queue = steps.filter(({ name }) => wanted === undefined || wanted.includes(name))
const results: boolean[] = []
await Promise.all(Array.from({ length: Math.min(os.availableParallelism(), queue.length) }, work))

const failed = results.filter((ok) => !ok).length
console.log(`${results.length - failed} passed, ${failed} failed`)
process.exit(failed > 0 || results.length === 0 ? 1 : 0)

async function work(): Promise<void> {
  for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
    const start = performance.now()
    const { ok, output } = await runStep(step)
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    console.log(`${ok ? 'ok' : 'FAILED'}  ${step.name}  ${seconds} s${ok ? '' : `\n${output.trimEnd()}`}`)
    results.push(ok)
  }
}

function runStep({ command }: Step): Promise<{ ok: boolean; output: string }> {
  const child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const keep = (chunk: Buffer) => (output += chunk.toString())
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  return new Promise((resolve) => child.on('close', (code) => resolve({ ok: code === 0, output })))
}
