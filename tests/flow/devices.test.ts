import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { WalletEngine } from '@fujie/wallet/engine/wallet.ts'
import { startRoles, type Roles } from './roles.ts'

let roles: Roles
beforeAll(async () => {
  roles = await startRoles()
}, 60_000)
afterAll(() => roles?.stop())

const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (thrown: unknown) => (thrown instanceof Fault ? thrown.code : String(thrown)),
  )

async function newWallet() {
  const engine = roles.wallet()
  const { words } = await engine.wallet['vault.create']({ demo: true, language: 'en' })
  onTestFinished(() => void engine.wallet['vault.lock']({}))
  return { engine, words: words.join(' ') }
}

/** An organisation's wallet. */
async function newOwner(name: string) {
  const { engine, words } = await newWallet()
  const { id } = await engine.wallet['identities.create']({ name, class: 'organisation' })
  return { engine, words, id, did: (await engine.wallet['identities.view']({ id })).technical.did }
}

async function enrol(owner: { engine: WalletEngine; id: string }) {
  const device = (await newWallet()).engine
  const { text } = await device.wallet['device.invite']({ name: 'Front door' })
  expect(await owner.engine.wallet['device.greet']({ text })).toEqual({ name: 'Front door' })
  const answer = await owner.engine.wallet['device.enrol']({ owner: owner.id, text })
  const { identity } = await device.wallet['device.join']({ text: answer.text })
  return { device, identity, greeting: text, answer: answer.text }
}

async function documentOf(did: string): Promise<{ controller?: readonly string[] }> {
  const answer = await fetch(`${roles.registry}/1.0/identifiers/${did}`)
  return ((await answer.json()) as { didDocument: { controller?: readonly string[] } }).didDocument
}

describe('a device', () => {
  it('registers itself under its owner, who finds it in the log and by words alone', async () => {
    const owner = await newOwner('Zhuli Locks')
    const { device, identity } = await enrol(owner)
    const own = await device.wallet['identities.view']({ id: identity })
    expect(own).toMatchObject({ state: 'registered', class: 'device', words: 'none', changeable: true })
    expect((await documentOf(own.technical.did)).controller).toEqual([owner.did])
    const { devices } = await owner.engine.wallet['device.list']({})
    expect(devices).toMatchObject([{ name: 'Front door', state: 'enrolled', owner: owner.id }])
    const { found } = await owner.engine.wallet['identities.find']({ words: owner.words })
    expect(found.map(({ class: of }) => of).toSorted()).toEqual(['device', 'organisation'])
  })

  it('is waited for until it has registered', async () => {
    const owner = await newOwner('Zhuli Locks')
    const device = (await newWallet()).engine
    const { text } = await device.wallet['device.invite']({ name: 'Lift' })
    await owner.engine.wallet['device.enrol']({ owner: owner.id, text })
    expect((await owner.engine.wallet['device.list']({})).devices).toMatchObject([{ name: 'Lift', state: 'waiting' }])
  })

  it('changes its own keys and stays its owner’s', async () => {
    const owner = await newOwner('Zhuli Locks')
    const { device, identity } = await enrol(owner)
    const [listed] = (await owner.engine.wallet['device.list']({})).devices
    await device.wallet['identities.rotate']({ id: identity, why: 'routine' })
    await owner.engine.wallet['identities.look']({ id: listed?.id as string })
    const view = await owner.engine.wallet['identities.view']({ id: listed?.id as string })
    expect([view.state, view.versions.length, view.changeable, view.words]).toEqual(['registered', 2, false, 'own'])
  })

  it('is ended by its owner’s words, without being asked, and not by its own', async () => {
    const owner = await newOwner('Zhuli Locks')
    const { device, identity } = await enrol(owner)
    const words = (await newWallet()).words
    const end = { id: identity, typed: 'Front door', words }
    expect(await code(device.wallet['identities.deactivate'](end))).toBe('vault.wrong_passphrase')
    const [listed] = (await owner.engine.wallet['device.list']({})).devices
    const id = listed?.id as string
    await owner.engine.wallet['identities.deactivate']({ id, typed: 'Front door', words: owner.words })
    expect((await owner.engine.wallet['device.list']({})).devices).toMatchObject([{ state: 'ended' }])
    await device.wallet['identities.look']({ id: identity })
    expect(await device.wallet['identities.view']({ id: identity })).toMatchObject({ state: 'closed' })
  })

  it('is handed to another owner, who alone can end it then', async () => {
    const [seller, buyer] = [await newOwner('Seller'), await newOwner('Buyer')]
    const { device, identity } = await enrol(seller)
    const [listed] = (await seller.engine.wallet['device.list']({})).devices
    const id = listed?.id as string
    const { text } = await seller.engine.wallet['device.offer']({ id })
    const answer = await buyer.engine.wallet['device.enrol']({ owner: buyer.id, text })
    const give = { id, text: answer.text }
    expect(await code(seller.engine.wallet['device.handover']({ ...give, words: buyer.words }))).toBe(
      'vault.wrong_passphrase',
    )
    await seller.engine.wallet['device.handover']({ ...give, words: seller.words })
    expect((await seller.engine.wallet['device.list']({})).devices).toEqual([])
    expect((await buyer.engine.wallet['device.list']({})).devices).toMatchObject([{ state: 'enrolled' }])
    const { technical } = await device.wallet['identities.view']({ id: identity })
    expect((await documentOf(technical.did)).controller).toEqual([buyer.did])
    // It goes on with the keys it has.
    await device.wallet['identities.look']({ id: identity })
    expect(await device.wallet['identities.view']({ id: identity })).toMatchObject({ changeable: true })
    await device.wallet['identities.rotate']({ id: identity, why: 'routine' })
    expect((await buyer.engine.wallet['identities.find']({ words: seller.words })).found).toHaveLength(1)
  })

  it('refuses an answer to another device, one that is over, and one by nobody the log knows', async () => {
    const owner = await newOwner('Zhuli Locks')
    const { answer } = await enrol(owner)
    const other = (await newWallet()).engine
    await other.wallet['device.invite']({ name: 'Window' })
    expect(await code(other.wallet['device.join']({ text: answer }))).toBe('pairing.unknown')
    const over = answer.replace(/e=[0-9]+/, 'e=1000')
    expect(await code(other.wallet['device.join']({ text: over }))).toBe('pairing.owner_unproven')
    const nobody = answer.replace(/k=[^&]+/, 'k=k9')
    expect(await code(other.wallet['device.join']({ text: nobody }))).toBe('pairing.owner_unproven')
    expect(await code(other.wallet['device.join']({ text: 'fujie://owner?d=x' }))).toBe('pairing.malformed')
    expect(await code(owner.engine.wallet['device.greet']({ text: answer }))).toBe('pairing.malformed')
  })

  it('is answered by a registered identity alone', async () => {
    const { engine } = await newWallet()
    const { id } = await engine.wallet['identities.create']({ name: '王小明', class: 'person' })
    const device = (await newWallet()).engine
    const { text } = await device.wallet['device.invite']({ name: 'Lift' })
    expect(await code(engine.wallet['device.enrol']({ owner: id, text }))).toBe('pairing.owner_unproven')
  })
})
