// node scripts/mutants/shard.ts FILE: one process of a score; FILE is a Shard as JSON.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startVitest, type CliOptions } from 'vitest/node'
import type { Trial } from './trial.ts'

/** A part of a score: its trial, and the text of each module with the mutants in it. */
export interface Shard {
  readonly trial: Trial
  readonly texts: Readonly<Record<string, string>>
}

const root = join(import.meta.dirname, '../..')
const { trial, texts } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Shard

const collect = join(import.meta.dirname, 'collect.ts')
const plugin = {
  name: 'fujie-mutants',
  enforce: 'pre' as const,
  load: (id: string) => texts[id],
  /** A worker answers the import of vitest itself, whatever a plugin resolves it to. */
  transform: (code: string, id: string) =>
    id.endsWith('.test.ts') ? code.replace("from 'vitest'", `from ${JSON.stringify(collect)}`) : undefined,
}
// Without our own configuration, whose projects would not ask the plugin, and without a cache, which goes by the file on disk.
const options: CliOptions & { readonly provide: { readonly trial: Trial } } = {
  ...{ config: false, root, watch: false, fsModuleCache: false, maxWorkers: 1 },
  include: ['scripts/mutants/trial.ts'],
  provide: { trial },
}
const vitest = await startVitest('test', [], options, { plugins: [plugin], logLevel: 'error' })
await vitest.close()
