import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { decodeBase64, encodeBase64 } from '@fujie/shared/core/encoding/base64.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { organisations, type OrganisationId } from './cast.ts'
import { demoKey, type Identity } from './identities.ts'
import type { Identities } from './seed.ts'
import { watcherFolders } from './watchers.ts'

const remembered = z.strictObject({
  v: z.literal(3),
  log: z.string(),
  port: z.int(),
  identities: z.record(z.string(), z.strictObject({ did: z.string(), certificates: z.array(z.string()) })),
})

const databases = ['issuer.sqlite', 'hotel.sqlite', 'shop.sqlite']
const remains = ['registry', ...databases, 'anvil.json', 'ledger.json', ...watcherFolders]

/** What a demonstration remembers of its parties between two starts; their keys come from the seed. */
export class DemoMemory {
  readonly #file: string
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
    this.#file = join(folder, 'demo.json')
  }

  /**
   * Makes the folder, empty if it was asked for, or if what is there was not finished or is of other ports:
   * addresses stand in certificates and status lists.
   *
   * @throws Fault `start.folder_not_writable`
   */
  prepare(port: number, reset: boolean): void {
    try {
      if (reset || this.#read()?.port !== port) this.#empty()
      mkdirSync(this.#folder, { recursive: true })
      writeFileSync(join(this.#folder, '.probe'), '')
      rmSync(join(this.#folder, '.probe'))
    } catch (cause) {
      throw new Fault('start.folder_not_writable', { folder: this.#folder }, { cause })
    }
  }

  /** Only what a demonstration wrote; a folder of somebody else's is left as it is. */
  #empty(): void {
    for (const name of [...remains, 'demo.json']) {
      for (const suffix of ['', '-wal', '-shm'])
        rmSync(join(this.#folder, name + suffix), { recursive: true, force: true })
    }
  }

  /** Id of the log that a finished start left; undefined: there is none yet. */
  get log(): string | undefined {
    return this.#read()?.log
  }

  identities(log: string): Identities | undefined {
    const known = this.#read()
    if (known?.log !== log) return undefined
    const entries = Object.keys(organisations).map(
      (id) => [id, identityOf(id as OrganisationId, known.identities[id])] as const,
    )
    return Object.fromEntries(entries) as Record<OrganisationId, Identity>
  }

  keep(log: string, port: number, identities: Identities): void {
    const entries = Object.entries(identities).map(([id, { did, certificates }]) => [
      id,
      { did, certificates: certificates.map(encodeBase64) },
    ])
    const text = JSON.stringify({ v: 3, log, port, identities: Object.fromEntries(entries) as object }, null, 2)
    writeFileSync(`${this.#file}.new`, text)
    renameSync(`${this.#file}.new`, this.#file)
  }

  #read(): z.output<typeof remembered> | undefined {
    if (!existsSync(this.#file)) return undefined
    const read = remembered.safeParse(JSON.parse(readFileSync(this.#file, 'utf8')))
    return read.success ? read.data : undefined
  }
}

function identityOf(id: OrganisationId, known: { did: string; certificates: string[] } | undefined): Identity {
  if (!known) throw new Fault('unexpected', { reason: 'demo memory', id })
  const certificates = known.certificates.map((text) => decodeBase64(text) ?? new Uint8Array())
  return {
    organisation: organisations[id],
    did: known.did,
    keyId: `${known.did}#k1`,
    key: demoKey(`${id}/k1`),
    certificates,
  }
}
