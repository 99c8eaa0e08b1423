import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Row } from './row.ts'
import { verifyRows } from './verify/rows.ts'

const alone = fileURLToPath(new URL('verify/alone.ts', import.meta.url))

/**
 * Judging, on one thread but where it says otherwise: processor time of one call, beside what nobody can do without and
 * beside others on the same input. The limit of a row is the work of its signatures alone.
 *
 * Each row is taken in a process of its own: what one leaves behind would be walked through by the collector, and what
 * one taught the compiler unlearned, at the cost of the next.
 */
export async function* rows(wanted = Object.keys(verifyRows)): AsyncIterable<Row> {
  for (const name of wanted) {
    const row = await rowAlone(name)
    if (row !== undefined) yield row
  }
}

/** Undefined where it cannot be taken here, which stderr says. */
function rowAlone(name: string): Promise<Row | undefined> {
  const flags = process.argv.filter((argument) => argument === '--no-peers')
  const child = fork(alone, [name, ...flags], { execArgv: ['--expose-gc'] })
  return new Promise((resolve, reject) => {
    child.once('message', (row: Row | null) => resolve(row ?? undefined))
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`row ${name} ended with ${String(code)} before it was taken`)))
  })
}
