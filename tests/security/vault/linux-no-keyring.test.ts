import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { systemRandom } from '@fujie/shared/adapters/random-system.ts'
import { createKeyring } from '@fujie/wallet/electron/keyring.ts'
import { fake, reset } from '../../fixtures/fake-electron.ts'

let folder: string
beforeEach(async () => {
  reset()
  folder = await mkdtemp(join(tmpdir(), 'fujie-keyring-'))
})

const keyring = (platform: NodeJS.Platform = 'linux') =>
  createKeyring(fake.storage, join(folder, 'device'), systemRandom, platform)

describe('a keyring of Linux', () => {
  it.each(['basic_text', 'unknown'])('%s is given nothing, and nothing is stored', async (backend) => {
    fake.storage.backend = backend
    expect(await keyring().secret()).toBeUndefined()
    expect(await readdir(folder)).toEqual([])
    expect(fake.storage.encrypted).toEqual([])
  })

  it('of worth keeps one secret, encrypted', async () => {
    const secret = await keyring().secret()
    expect(secret).toHaveLength(32)
    expect(await keyring().secret()).toEqual(secret)
    expect(await readdir(folder)).toEqual(['device'])
    expect((await readFile(join(folder, 'device'))).toString('utf8')).toMatch(/^box:/)
    expect(fake.storage.encrypted).toHaveLength(1)
  })

  it('that is taken away later yields nothing, and what it kept stays', async () => {
    const secret = await keyring().secret()
    fake.storage.backend = 'basic_text'
    expect(await keyring().secret()).toBeUndefined()
    fake.storage.backend = 'gnome_libsecret'
    expect(await keyring().secret()).toEqual(secret)
  })
})

describe('any keyring', () => {
  it.each(['linux', 'darwin', 'win32'] as const)('on %s that cannot encrypt is given nothing', async (platform) => {
    fake.storage.available = false
    expect(await keyring(platform).secret()).toBeUndefined()
    expect(await readdir(folder)).toEqual([])
  })

  it('that opens its box no more is told of, and nothing is put in its place', async () => {
    await keyring().secret()
    const kept = await readFile(join(folder, 'device'))
    fake.storage.broken = true
    await expect(keyring().secret()).rejects.toMatchObject({ code: 'signer.unavailable' })
    fake.storage.broken = false
    await writeFile(join(folder, 'device'), 'box:00')
    await expect(keyring().secret()).rejects.toMatchObject({ code: 'signer.unavailable' })
    await writeFile(join(folder, 'device'), kept)
    expect(await keyring().secret()).toHaveLength(32)
  })

  it('has the same secret encrypted again when its key changed', async () => {
    const secret = await keyring().secret()
    fake.storage.reEncrypt = true
    expect(await keyring().secret()).toEqual(secret)
    expect(fake.storage.encrypted).toHaveLength(2)
    expect(fake.storage.encrypted[0]).toBe(fake.storage.encrypted[1])
  })
})
