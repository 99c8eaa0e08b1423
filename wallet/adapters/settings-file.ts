import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createHttp } from '@fujie/shared/adapters/fetch-http.ts'
import { writeSynced } from '@fujie/shared/adapters/durable-file.ts'
import { utf8, utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { parseJsonObject } from '@fujie/shared/core/encoding/json.ts'
import { Fault, within } from '@fujie/shared/core/fault.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import { parsePolicy } from '@fujie/shared/core/trust/policy.ts'
import { hostConfig, type HostConfig } from '../engine/host-config.ts'

const settingsFile = 'wallet.json'

/** Which way a wallet in a folder turns, and whom it believes. @throws Fault `vault.absent`, `policy.malformed` */
export async function readSettings(folder: string): Promise<HostConfig> {
  const bytes = await readFile(join(folder, settingsFile)).catch((cause: unknown) => {
    throw new Fault('vault.absent', { folder }, { cause })
  })
  return parseSettings(bytes)
}

/** @throws Fault `start.folder_not_writable` */
export async function keepSettings(folder: string, settings: HostConfig): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeSynced(join(folder, settingsFile), utf8(`${JSON.stringify(settings, undefined, 2)}\n`))
  } catch (cause) {
    throw new Fault('start.folder_not_writable', { folder }, { cause })
  }
}

/**
 * Takes settings from a file, or from the address where a web wallet has its own.
 *
 * Whoever answers there says whom this wallet will believe, as it does for the page it serves.
 *
 * @throws Fault `not_found`, `policy.malformed`, `fetch.*`
 */
export async function fetchSettings(from: string, insecureLoopback: boolean): Promise<HostConfig> {
  const isAddress = /^https?:\/\//.test(from)
  const settings = parseSettings(isAddress ? await fetchBytes(from, insecureLoopback) : await readBytes(from))
  if (settings.insecureLoopback && !insecureLoopback) throw new Fault('fetch.insecure', { option: 'insecure-loopback' })
  return settings
}

async function fetchBytes(url: string, insecureLoopback: boolean): Promise<Uint8Array> {
  const { status, body } = await createHttp({ insecureLoopback }).send({ method: 'GET', url, limit: limits.metadata })
  if (status !== 200) throw new Fault('not_found', { status })
  return body
}

async function readBytes(file: string): Promise<Uint8Array> {
  return readFile(file).catch((cause: unknown) => {
    throw new Fault('not_found', { file }, { cause })
  })
}

/** A page's settings name the workbench around it too; that is of no use here. */
function parseSettings(bytes: Uint8Array): HostConfig {
  const json = within('policy.malformed', () => parseJsonObject(utf8Text(bytes) ?? '', { array: 256 }))
  const read = hostConfig.safeParse(json)
  if (!read.success) throw new Fault('policy.malformed', { at: String(read.error.issues[0]?.path[0] ?? '') })
  const { workbench: _page, ...settings } = read.data
  parsePolicy(JSON.stringify(settings.policy))
  return settings
}
