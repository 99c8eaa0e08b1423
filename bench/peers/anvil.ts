import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileOfOracle } from './oracles.ts'
import { startTethered } from './tethered.ts'

/** A chain of one process on loopback that makes a block of every transaction. */
export interface Anvil {
  readonly url: string
  ask<T>(method: string, ...params: readonly unknown[]): Promise<T>
}

const binary = 'bin/anvil'
const patience = 60_000

/** Runs `work` on a chain of its own, with so many accounts whose keys the node holds; ends it whatever happens. */
export async function onAnvil<T>(accounts: number, work: (anvil: Anvil) => Promise<T>): Promise<T> {
  const program = fileOfOracle('@foundry-rs/anvil-linux-amd64', binary)
  const home = await mkdtemp(join(tmpdir(), 'fujie-anvil-'))
  const options = ['--host', '127.0.0.1', '--port', '0', '--accounts', `${accounts}`, '--prune-history', '100']
  // It keeps states under its home; the user's is not ours to fill.
  const { output, stop } = startTethered(program, options, { ...process.env, HOME: home })
  try {
    const url = await listening(output)
    return await work({ url, ask: (method, ...params) => ask(url, method, params) })
  } finally {
    await stop()
    await rm(home, { recursive: true, force: true })
  }
}

function listening(output: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('anvil does not listen')), patience)
    let said = ''
    let found = false
    output.once('end', () => reject(new Error('anvil ended')))
    output.on('data', (chunk: Buffer) => {
      // Read on after that: a full pipe would stop it.
      if (found) return
      said += chunk.toString()
      const address = /Listening on (127\.0\.0\.1:\d+)/.exec(said)?.[1]
      if (address === undefined) return
      found = true
      clearTimeout(timer)
      resolve(`http://${address}`)
    })
  })
}

interface Answer {
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

async function ask<T>(url: string, method: string, params: readonly unknown[]): Promise<T> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const { result, error } = (await response.json()) as Answer
  if (error !== undefined) throw new Error(`${method}: ${error.message}`)
  return result as T
}
