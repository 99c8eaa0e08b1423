import { join } from 'node:path'
import { signerOfJwk } from '@fujie/shared/adapters/signer-file.ts'
import { formatVerifierKey, noteTypes, verifierKey } from '@fujie/shared/core/log/note.ts'
import type { Quorum } from '@fujie/shared/core/log/quorum.ts'
import { formatTrustPolicy, type TrustPolicy } from '@fujie/shared/core/log/trust-policy.ts'
import type { Http } from '@fujie/shared/ports/http.ts'
import { auditorDefaults } from '@fujie/registry/auditor/config.ts'
import { startAuditor } from '@fujie/registry/auditor/main.ts'
import { startWitness } from '@fujie/registry/witness/main.ts'
import { demoKey } from './identities.ts'

/** Who watches over the demonstration's log, and on which port after the workbench's. */
const witnesses = [
  { name: 'w1', offset: 6 },
  { name: 'w2', offset: 7 },
  { name: 'w3', offset: 8 },
] as const
const auditor = { name: 'a1', offset: 9 } as const

/** Folders of theirs in the demonstration's. */
export const watcherFolders = [...witnesses, auditor].map(({ name }) => name)

const keyOf = (name: string) => signerOfJwk(demoKey(`watcher/${name}`, 'Ed25519'))
const nameOf = (name: string) => `${name}.demo.fujie.example`
const vkeyOf = (name: string) =>
  formatVerifierKey(verifierKey(nameOf(name), noteTypes.cosignature, keyOf(name).publicJwk))

/** The rule by which the demonstration's checkpoints are trusted: two of three witnesses, and the auditor. */
export function demoTrust(logKeys: readonly string[], port: number): TrustPolicy & { readonly quorum: Quorum } {
  const all = [...witnesses, auditor].map(({ name, offset }) => ({
    name,
    vkey: vkeyOf(name),
    url: `http://127.0.0.1:${port + offset}`,
  }))
  const members = (of: readonly { readonly name: string }[]) => of.map(({ name }) => ({ vkey: vkeyOf(name) }))
  const groups: Quorum[] = [
    { threshold: 2, members: members(witnesses) },
    { threshold: 1, members: members([auditor]) },
  ]
  return { logs: [{ vkey: logKeys[0] as string }], witnesses: all, quorum: { threshold: 2, members: groups } }
}

/** The same rule as the log's policy carries it. */
export function demoTrustText(logKeys: readonly string[], port: number): string {
  return formatTrustPolicy(demoTrust(logKeys, port))
}

interface Watched {
  readonly port: number
  readonly folder: string
  readonly origin: string
  readonly logKeys: readonly string[]
}

/** Starts the witnesses; each answers with how it is stopped. */
export function startWitnesses({
  port,
  folder,
  origin,
  logKeys,
}: Watched): Promise<readonly { stop(): Promise<void> }[]> {
  return Promise.all(
    witnesses.map(({ name, offset }) =>
      startWitness(
        { folder: join(folder, name), port: port + offset, name: nameOf(name), logs: [{ origin, logKeys }] },
        { key: keyOf(name) },
      ),
    ),
  )
}

/** Starts the auditor of the log of this id, which it reads at the registry's own address. */
export function startDemoAuditor(
  { port, folder, origin, logKeys }: Watched,
  { log, registry, http }: { readonly log: string; readonly registry: string; readonly http: Http },
): Promise<{ stop(): Promise<void> }> {
  return startAuditor(
    {
      ...auditorDefaults,
      ...{ folder: join(folder, auditor.name), port: port + auditor.offset, name: nameOf(auditor.name) },
      ...{ log, origin, logKeys, registry },
    },
    { key: keyOf(auditor.name), http },
  )
}
