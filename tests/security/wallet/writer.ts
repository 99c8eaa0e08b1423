// A process that owns the vault of a folder and commits to it until it is no more. Says a line for each commit that was
// acknowledged: its number. {"busy":true}: another process owns the vault.
import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { systemRandom as random } from '@fujie/shared/adapters/random-system.ts'
import { utf8, utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { createMirrorFile } from '@fujie/wallet/adapters/mirror-file.ts'
import { createVaultFile } from '@fujie/wallet/adapters/vault-file.ts'
import { openVault } from '@fujie/wallet/engine/vault.ts'

const [folder = '', weak = ''] = process.argv.slice(2)
const store = createVaultFile(join(folder, 'vault'))
const say = (line: string | number) => writeSync(1, `${line}\n`)

if (!(await store.claim())) {
  say('busy')
  process.exit(0)
}
const ports = { store, mirror: createMirrorFile(join(folder, 'state/mirror.json')), random }
const vault = await openVault(ports, { kind: 'recovery', entropy: new Uint8Array(32).fill(9) })
say('open')
for (let n = Number(utf8Text(vault.get('settings', 'n') ?? utf8('0'))) + 1; ; n++) {
  const done = vault.commit([
    { store: 'history', id: `${n}`, value: utf8('x'.repeat(2_000)) },
    { store: 'settings', id: 'n', value: utf8(`${n}`) },
  ])
  // The control: acknowledged before it is written.
  if (weak === 'early') say(n)
  await done
  if (weak !== 'early') say(n)
}
