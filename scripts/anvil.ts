import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Fault } from '@fujie/shared/core/fault.ts'

/** A development chain on loopback, of one process. */
export interface Anvil {
  readonly url: string
  readonly chainId: number
  /** Asks it anything, also what only a development node does: `anvil_reorg`, `anvil_setBalance`. */
  ask<T = unknown>(method: string, ...params: readonly unknown[]): Promise<T>
  stop(): Promise<void>
}

export interface AnvilOptions {
  /** 0 takes a free one. */
  readonly port?: number
  /** Seconds between blocks; by default one for each transaction. */
  readonly blockTime?: number
  /** File that keeps the chain from one run to the next. */
  readonly state?: string
}

/** The node of the optional package, or the one that `FUJIE_ANVIL` names. */
export function findAnvil(): string | undefined {
  const named = process.env.FUJIE_ANVIL
  if (named !== undefined && named !== '') return existsSync(named) ? named : undefined
  try {
    const path = createRequire(import.meta.url).resolve('@foundry-rs/anvil-linux-amd64/bin/anvil')
    return existsSync(path) ? path : undefined
  } catch {
    return undefined
  }
}

const chainId = 31_337

/**
 * Starts a chain of its own; nobody outside reaches it, and it reaches nobody.
 *
 * @throws Fault `start.no_ledger_node`, `ledger.unreachable`
 */
export async function startAnvil({ port = 0, blockTime, state }: AnvilOptions = {}): Promise<Anvil> {
  const path = findAnvil()
  if (path === undefined) throw new Fault('start.no_ledger_node')
  const options = [
    ...['--host', '127.0.0.1', '--port', `${port}`, '--chain-id', `${chainId}`, '--accounts', '1'],
    ...(blockTime === undefined ? [] : ['--block-time', `${blockTime}`]),
    ...(state === undefined ? [] : ['--state', state, '--state-interval', '5']),
  ]
  const child = spawnWithUs(path, options)
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const url = await listening(child)
  return {
    url,
    chainId,
    ask: (method, ...params) => ask(url, method, params),
    async stop() {
      if (child.stdin === null) child.kill('SIGTERM')
      else child.stdin.end()
      await ended
    },
  }
}

/** Ends the node when its input does, which it does with us, however we end. */
const keeper = '"$0" "$@" </dev/null & node=$!; trap "" INT TERM HUP; exec >&-; cat >/dev/null; kill $node; wait $node'

function spawnWithUs(path: string, options: readonly string[]): ChildProcess {
  if (process.platform === 'win32') return spawn(path, options, { stdio: ['ignore', 'pipe', 'ignore'] })
  return spawn('/bin/sh', ['-c', keeper, path, ...options], { stdio: ['pipe', 'pipe', 'ignore'] })
}

function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.once('error', (cause) => reject(new Fault('start.no_ledger_node', {}, { cause })))
    child.stdout?.once('end', () => {
      child.stdin?.end()
      reject(new Fault('ledger.unreachable', { reason: 'node ended' }))
    })
    child.stdout?.on('data', (chunk: Buffer) => {
      if (text.length < 64_000) text += chunk.toString()
      const address = /Listening on (127\.0\.0\.1:[0-9]+)/.exec(text)?.[1]
      if (address !== undefined) resolve(`http://${address}`)
    })
  })
}

async function ask<T>(url: string, method: string, params: readonly unknown[]): Promise<T> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const { result, error } = (await response.json()) as { result: T; error?: { message: string } }
  if (error !== undefined) throw new Error(`${method}: ${error.message}`)
  return result
}
